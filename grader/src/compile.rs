//! Compiling: a submission's files become a worker, by calling rustc directly.
//!
//! Two calls: the submission as a library, which sees only the crates it may use,
//! then the few lines that link it with the puppet. Nothing of the submission but
//! its Rust files takes part: no manifest, no build script, no configuration.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use thiserror::Error;

use crate::course::{Course, Exercise};
use crate::drills::Drill;
use crate::interrupt::Folder;
use crate::limits::{Confined, Limits};
use crate::prepared::Prepared;
use crate::submission::Submission;
use crate::supervisor::describe;
use crate::supervisor::output::Output;
use crate::toolchain::Toolchain;

/// A compiled worker; its files go when it does.
#[derive(Debug)]
pub struct Compiled {
    _folder: Folder,
    program: PathBuf,
}

impl Compiled {
    /// The worker's program.
    pub fn program(&self) -> &Path {
        &self.program
    }
}

/// Why there is no worker.
#[derive(Debug, Error)]
pub enum CompileError {
    /// The submission's doing: what rustc said.
    #[error("{0}")]
    Submission(String),
    /// Ours or the machine's.
    #[error("cannot compile: {0}")]
    Infrastructure(#[from] io::Error),
}

/// Compiles `submission` for `drill`.
///
/// # Errors
/// [`CompileError::Submission`] carries rustc's text.
pub fn compile(
    course: &Course,
    toolchain: &Toolchain,
    prepared: &Prepared,
    drill: &dyn Drill,
    exercise: &Exercise,
    submission: &Submission,
) -> Result<Compiled, CompileError> {
    let folder = Folder::below(&course.target().join("grader/jobs"))?;
    let dir = folder.path();
    submission.write_to(dir)?;
    std::fs::create_dir(dir.join("out"))?;
    std::fs::write(dir.join("contract.rs"), drill.contract())?;
    let rustc = Rustc {
        course,
        toolchain,
        prepared,
        dir,
    };

    let mut crates = vec!["kit".to_owned(), "tokio".to_owned(), "futures".to_owned()];
    crates.extend(exercise.crates.keys().map(|name| name.replace('-', "_")));
    let mut library = rustc.command(&crates);
    library
        .args([
            "-F",
            "unsafe_code",
            "-A",
            "warnings",
            "--crate-type",
            "rlib",
            "--crate-name",
            drill.slug(),
        ])
        .args(["-o", "out/libsubmission.rlib"])
        .arg(submission.root_file());
    rustc
        .run(library)
        .map_err(|error| error.explain(&crates, ""))?;

    let mut program = rustc.command(&["kit".to_owned(), "worker".to_owned()]);
    program
        .args([
            "-F",
            "unsafe_code",
            "-A",
            "warnings",
            "--crate-type",
            "bin",
            "--crate-name",
            "worker_of_submission",
        ])
        .args([
            "--extern",
            "submission=out/libsubmission.rlib",
            "-C",
            "strip=debuginfo",
        ])
        .args(["-o", "out/worker", "contract.rs"]);
    let heading = "the crate compiles, but does not offer what the drill asks for:\n\n";
    rustc
        .run(program)
        .map_err(|error| error.explain(&crates, heading))?;
    let program = dir.join("out/worker");
    Ok(Compiled {
        _folder: folder,
        program,
    })
}

/// As little work for rustc as an honest run allows. Overflow is still checked, as
/// in the learner's own builds; only `debug_assert!`s are left out, of the standard
/// library's generic code above all, which costs an eighth of the time.
const CODEGEN: [&str; 5] = [
    "opt-level=0",
    "debuginfo=0",
    "debug-assertions=off",
    "overflow-checks=on",
    "embed-bitcode=no",
];

struct Rustc<'a> {
    course: &'a Course,
    toolchain: &'a Toolchain,
    prepared: &'a Prepared,
    dir: &'a Path,
}

impl Rustc<'_> {
    fn command(&self, crates: &[String]) -> Command {
        let mut command = Command::new(self.toolchain.rustc());
        command
            .current_dir(self.dir)
            .env_clear()
            // For the linker; and a place for what it leaves behind.
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("TMPDIR", self.dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .args([
                "--edition",
                "2024",
                "--error-format",
                "human",
                "--color",
                "never",
            ])
            .args(CODEGEN.iter().flat_map(|option| ["-C", *option]))
            .arg("-L")
            .arg(prefixed("dependency=", self.prepared.deps()));
        for name in crates {
            if let Some(rlib) = self.prepared.rlib(name) {
                command
                    .arg("--extern")
                    .arg(prefixed(&format!("{name}="), rlib));
            }
        }
        command
    }

    fn run(&self, mut command: Command) -> Result<(), CompileError> {
        let limits = Limits::of_compiling();
        let mut process = Confined::spawn(&mut command, &limits)?;
        let mut output = Output::drain(process.child(), limits.output_bytes);
        let deadline = Instant::now() + limits.wall;
        let status = loop {
            if let Some(status) = process.child().try_wait()? {
                break status;
            }
            if Instant::now() > deadline {
                let text = format!("rustc was stopped after {} s\n", limits.wall.as_secs());
                return Err(CompileError::Submission(text));
            }
            std::thread::sleep(std::time::Duration::from_millis(1));
        };
        if status.success() {
            return Ok(());
        }
        output.wait();
        let mut text = self.shorten(&output.text());
        if status.code() != Some(1) {
            text.push_str(&format!("rustc did not finish: {}\n", describe(status)));
        }
        Err(CompileError::Submission(text))
    }

    /// rustc's text without the places of this machine.
    fn shorten(&self, text: &str) -> String {
        let mut short = text.to_owned();
        let cargo_home = self.prepared.deps().to_string_lossy().into_owned();
        for (long, name) in [
            (self.dir.to_string_lossy().into_owned() + "/", ""),
            (cargo_home, "DEPENDENCIES"),
            (self.course.root().to_string_lossy().into_owned() + "/", ""),
        ] {
            short = short.replace(&long, name);
        }
        match std::env::var("CARGO_HOME")
            .or_else(|_| std::env::var("HOME").map(|home| home + "/.cargo"))
        {
            Ok(home) if !home.is_empty() => short.replace(&home, "CARGO_HOME"),
            _ => short,
        }
    }
}

fn prefixed(prefix: &str, path: &Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(prefix);
    text.push(path);
    text
}

impl CompileError {
    /// Adds what rustc cannot know: which crates there are, what was compiled.
    fn explain(self, crates: &[String], heading: &str) -> CompileError {
        let CompileError::Submission(text) = self else {
            return self;
        };
        let unknown_crate = ["unlinked crate", "can't find crate", "unresolved import"]
            .iter()
            .any(|words| text.contains(words));
        let mut explained = format!("{heading}{}", text.trim_end());
        if unknown_crate && heading.is_empty() {
            let names: Vec<String> = crates.iter().map(|name| format!("`{name}`")).collect();
            explained.push_str(&format!(
                "\n\nthe crates a submission may use here: `std`, {}",
                names.join(", ")
            ));
        }
        if text.contains("-F unsafe-code") {
            explained.push_str("\n\nsubmissions are compiled without `unsafe`; no drill needs it");
        }
        CompileError::Submission(explained + "\n")
    }
}
