//! Courses to run the program in: this repository, and copies of it that a test
//! may change. Its main types are [`Scratch`] and [`Said`].

use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use grader::build::prepared::Prepared;
use grader::course::Course;
use grader::drive::toolchain::Toolchain;
use tempfile::TempDir;

/// The repository this is compiled from.
pub(crate) fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package lies in the course")
}

/// The repository as a course.
pub(crate) fn real() -> Course {
    Course::find(Some(root()), root()).expect("the repository is a course")
}

/// The program, without the settings of the terminal it is started from.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "TERM"] {
        command.env_remove(name);
    }
    command
}

/// The output of a program that has ended.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Runs `command` to its end; it must not be ended by a signal.
    pub(crate) fn by(command: &mut Command) -> Said {
        let output = command.output().expect("the program can be started");
        let text = |bytes| String::from_utf8(bytes).expect("it speaks UTF-8");
        Said {
            code: output.status.code().expect("it ends by itself"),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    /// All output, for a snapshot.
    pub(crate) fn all(&self) -> String {
        let Said { code, out, err } = self;
        format!("exit code {code}\n--- standard output ---\n{out}--- standard error ---\n{err}")
    }
}

/// A copy of the course's files, with nothing built and nothing learnt in it.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    /// A course with what `list`, `hint`, `reset` and `solution` need.
    pub(crate) fn new() -> Scratch {
        let scratch = Scratch(tempfile::tempdir().expect("there is space"));
        for folder in ["exercises", "solutions"] {
            copy(&root().join(folder), &scratch.path(folder));
        }
        fs::create_dir(scratch.path("grader")).expect("it is a new place");
        // The stubs as shipped, whatever a learner's file in this repository holds.
        for drill in real().slugs().expect("the repository is a course") {
            let stub = scratch.path("solutions").join(&drill).join("stub.rs");
            let file = scratch.path("exercises").join(&drill).join("src/lib.rs");
            fs::copy(stub, file).expect("a drill has a stub");
            let stub = scratch
                .path("solutions")
                .join(&drill)
                .join("python/stub.py");
            if stub.is_file() {
                let file = format!("exercises/{drill}/python/{drill}.py");
                fs::copy(stub, scratch.path(&file)).expect("a drill has a stub");
            }
        }
        scratch
    }

    /// A course in which submissions can be graded as well, at once: the crates
    /// they are linked with are the ones built for this repository.
    pub(crate) fn gradable() -> Scratch {
        let scratch = Scratch::new();
        for file in ["Cargo.toml", "Cargo.lock"] {
            fs::copy(root().join(file), scratch.path(file)).expect("it is there");
        }
        for folder in [
            "grader/protocol",
            "grader/sandbox",
            "grader/worker",
            "grader/workers",
        ] {
            copy(&root().join(folder), &scratch.path(folder));
        }
        scratch.stand_in_for_cargo("ln -s");
        scratch
    }

    /// The same with a copy of those crates, for a test that damages them. Each time they
    /// are built, a line is added to `builds`.
    pub(crate) fn with_own_crates() -> Scratch {
        let scratch = Scratch::gradable();
        let builds = scratch.path("builds");
        let copying = format!("echo built >>'{}'; cp -R", builds.display());
        fs::remove_file(scratch.path("toolchain/rustc")).expect("it is ours");
        scratch.stand_in_for_cargo(&copying);
        scratch
    }

    /// A toolchain whose cargo builds nothing: it reports an earlier build.
    fn stand_in_for_cargo(&self, put: &str) {
        let toolchain = Toolchain::find(root()).expect("tests are run by a toolchain");
        let prepared = Prepared::get(&real(), &toolchain).expect("the crates can be built");
        let message = |name: &str| {
            let rlib = prepared.rlib(name).expect("it was built").file_name();
            let rlib = format!("@DEPS@/{}", rlib.expect("it has one").to_string_lossy());
            serde_json::json!({
                "reason": "compiler-artifact",
                "target": { "name": name },
                "filenames": [rlib],
            })
        };
        let mut messages: Vec<String> = ["kit", "tokio", "futures", "rayon", "worker"]
            .map(|name| message(name).to_string())
            .to_vec();
        let launcher = serde_json::json!({
            "reason": "compiler-artifact",
            "target": { "name": "launcher" },
            "filenames": [],
            "executable": "@DEPS@/../launcher",
        });
        let seal = serde_json::json!({
            "reason": "compiler-artifact",
            "target": { "name": "seal" },
            "filenames": ["@DEPS@/../libseal.so"],
        });
        messages.extend([launcher.to_string(), seal.to_string()]);
        let script = format!(
            "#!/bin/sh\nmkdir -p \"$CARGO_TARGET_DIR/release\"\ncd \"$CARGO_TARGET_DIR/release\"\n\
             {put} '{}' deps\ncp '{}' launcher\ncp '{}' libseal.so\nsed \"s|@DEPS@|$PWD/deps|\" <<'END'\n{}\nEND\n",
            prepared.deps().display(),
            prepared.launcher().display(),
            prepared.seal().display(),
            messages.join("\n")
        );
        self.write("toolchain/cargo", &script);
        let cargo = self.path("toolchain/cargo");
        fs::set_permissions(cargo, std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .expect("it is ours");
        symlink(toolchain.rustc(), self.path("toolchain/rustc")).expect("it is a new place");
    }

    /// A place in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The text of one of its files.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect(name)
    }

    /// Makes a file of it say something else.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is below a folder")).expect("it is ours");
        // It may be linked to the repository's own: see `copy`.
        if fs::metadata(&path).is_ok_and(|it| it.nlink() > 1) {
            fs::remove_file(&path).expect("it is ours");
        }
        fs::write(path, text).expect("it is ours");
    }

    /// Copies one of this repository's files into it.
    pub(crate) fn take(&self, from: &str, to: &str) {
        let text = fs::read_to_string(root().join(from)).expect(from);
        self.write(to, &text);
    }

    /// The program, to run in this course.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command
            .current_dir(self.0.path())
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env("CARGO", self.path("toolchain/cargo"))
            .args(arguments);
        command
    }

    /// Another program, with what a grader that it starts needs to grade at once.
    pub(crate) fn outside(&self, program: &Path) -> std::process::Command {
        let mut command = std::process::Command::new(program);
        command
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env("CARGO", self.path("toolchain/cargo"));
        command
    }

    /// Runs the program in this course; in the output the course's path becomes `[course]`.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        self.said(&mut self.command(arguments))
    }

    /// The same for a customised command.
    pub(crate) fn said(&self, command: &mut Command) -> Said {
        let mut said = Said::by(command);
        let place = self.0.path().canonicalize().expect("it is there");
        for text in [&mut said.out, &mut said.err] {
            *text = text.replace(&*place.to_string_lossy(), "[course]");
        }
        said
    }
}

/// Copies a folder without its build results. The many right and wrong solutions are linked where
/// they can be: making so many files in each test takes longer than most tests.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("it is ours");
    let are_many = from.ends_with("right") || from.ends_with("wrong");
    for entry in fs::read_dir(from).expect("it is there") {
        let entry = entry.expect("it can be read");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match entry.file_type().expect("it has one") {
            kind if kind.is_file() && are_many && fs::hard_link(&from, &to).is_ok() => {}
            kind if !kind.is_dir() => drop(fs::copy(from, to).expect("there is space")),
            _ if entry.file_name() == "target" => {}
            _ => copy(&from, &to),
        }
    }
}
