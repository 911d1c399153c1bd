//! Compiling: a submission's files become a worker, by calling rustc directly.
//!
//! Two calls: the submission as a library, which sees only the crates it may use,
//! then the few lines that link it with the puppet. Nothing of the submission but
//! its Rust files and what they include takes part: no manifest, no build script, no
//! configuration. Both
//! calls run in the sandbox. The second one is started with the first, so that it is
//! awake when the library is there, and waits for its few lines.
//!
//! That a submission does not compile is believed only when the machine cannot be the
//! reason: see `compile/said.rs` and `compile/control.rs`.

mod control;
mod hints;
mod room;
mod said;
mod tokens;

use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::build::prepared::{Prepared, shared};
use crate::build::submission::Submission;
use crate::course::{Course, Exercise};
use crate::drills::Drill;
use crate::drive::confined::Confined;
use crate::drive::interrupt::Folder;
use crate::drive::limits::Limits;
use crate::drive::policies::{Calling, Places};
use crate::drive::program::Program;
use crate::drive::sandbox::{Sandbox, User};
use crate::drive::stop::Stop;
use crate::drive::stopwatch;
use crate::drive::supervisor::describe;
use crate::drive::supervisor::output::Output;
use crate::drive::threads;
use crate::drive::tight::tight;
use play::text::one_line;

pub use control::Control;
use said::Said;

/// A compiled worker; dropping it removes its files.
#[derive(Debug)]
pub struct Compiled {
    _folder: Option<Folder>,
    /// Its user, which no other submission has meanwhile.
    _user: User,
    program: Program,
    limits: Limits,
}

impl Compiled {
    /// The worker's program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// One that nothing was written for.
    pub(crate) fn interpreted(program: Program, user: User, limits: Limits) -> Compiled {
        Compiled {
            _folder: None,
            _user: user,
            program,
            limits,
        }
    }

    /// Its limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }
}

/// Why there is no worker.
#[derive(Debug, Error)]
pub enum CompileError {
    /// The submission's fault; this is what rustc said.
    #[error("{0}")]
    Submission(String),
    /// The submission's fault: it contains something that is not allowed.
    #[error("{0}")]
    Rejected(String),
    /// Our fault or the machine's.
    #[error("cannot compile: {0}")]
    Infrastructure(#[from] io::Error),
}

/// The state that all compilations share.
#[derive(Clone, Copy, Debug)]
pub struct Workshop<'a> {
    /// The course.
    pub course: &'a Course,
    /// The crates to link with.
    pub prepared: &'a Prepared,
    /// Where rustc and the linker are.
    pub places: &'a Places,
    /// The sandbox of rustc and the worker.
    pub sandbox: &'a Sandbox,
    /// Whether a worker is still wanted.
    pub stop: &'a Stop,
    /// The control: whether anything compiles here.
    pub control: &'a Control,
    /// How many gradings run at a time.
    pub jobs: usize,
}

/// Whether the machine may be the reason for a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// Lines of the submission are wrong.
    None,
    /// rustc exceeded a limit of ours.
    Limit,
    /// No line of the submission is named.
    Machine,
}

/// Why there is no worker, before any doubt is settled.
enum Failed {
    /// rustc refused the submission, or did not finish.
    Refused { text: String, doubt: Doubt },
    /// Nothing is left to doubt.
    Error(CompileError),
}

impl<E: Into<CompileError>> From<E> for Failed {
    fn from(error: E) -> Failed {
        Failed::Error(error.into())
    }
}

/// Compiles `submission` for `drill`.
///
/// # Errors
/// [`CompileError::Submission`] carries rustc's text.
pub fn compile(
    workshop: Workshop<'_>,
    drill: &dyn Drill,
    exercise: &Exercise,
    submission: &Submission,
) -> Result<Compiled, CompileError> {
    let attempt = || attempt(workshop, drill, exercise, submission);
    let failed = match attempt() {
        Err(Failed::Refused { text, doubt }) => {
            workshop.control.check(workshop, drill, exercise, doubt)?;
            match doubt {
                // The failure may have been temporary.
                Doubt::Machine => attempt(),
                Doubt::None | Doubt::Limit => Err(Failed::Refused { text, doubt }),
            }
        }
        other => other,
    };
    if let Err(Failed::Refused { text, doubt }) = &failed
        && *doubt != Doubt::None
        && !tight().is_empty()
    {
        // It is unclear whose limit was exceeded.
        return Err(io::Error::other(one_line(text.trim(), 300)).into());
    }
    failed.map_err(|failed| match failed {
        Failed::Refused { text, .. } => CompileError::Submission(text),
        Failed::Error(error) => error,
    })
}

/// Compiles it once.
fn attempt(
    workshop: Workshop<'_>,
    drill: &dyn Drill,
    exercise: &Exercise,
    submission: &Submission,
) -> Result<Compiled, Failed> {
    let folder = Folder::below(&workshop.course.target().join("grader/jobs"))?;
    let dir = folder.path();
    place(submission, dir)?;
    for name in ["out", "tmp"] {
        std::fs::create_dir(dir.join(name))?;
    }
    let user = User::next();
    let rustc = Rustc {
        workshop,
        dir,
        user: user.id(),
        variables: variables(drill),
    };

    if let Some(why) = workshop.prepared.spoilt(drill.slug()) {
        return Err(CompileError::Infrastructure(std::io::Error::other(why)).into());
    }
    let mut crates = vec!["kit".to_owned(), "tokio".to_owned(), "futures".to_owned()];
    crates.extend(exercise.crates.keys().map(|name| name.replace('-', "_")));
    let of_worker = rustc.of_worker(drill)?;
    let of_library = rustc.of_library(drill, &crates, submission);
    workshop.sandbox.give(dir, user.id())?;
    let program = rustc.start(Calling::ToLink, of_worker, Stdio::piped())?;
    let library = rustc.start(Calling::ForLibrary, of_library, Stdio::null())?;
    let compiled = library.end();
    if let Some(refusal) = tokens::refusal(dir, &dir.join(format!("out/{}.d", drill.slug())))? {
        return Err(CompileError::Rejected(refusal).into());
    }
    let explain =
        |failed: Failed, heading| failed.explain(&crates, heading, drill.contract(), submission);
    let took = compiled.map_err(|failed| explain(failed, ""))?;

    let mut contract = drill.contract().to_owned();
    if workshop.places.shared().is_some() {
        contract.push_str(&format!("\nextern crate {} as _;\n", shared::NAME));
    }
    let heading = "the crate compiles, but does not offer what the drill asks for:\n\n";
    let took = took
        + program
            .after(took)
            .end_given(&contract)
            .map_err(|failed| explain(failed, heading))?;
    let program = dir.join("out/worker");
    if !program.is_file() {
        let why = io::Error::other("rustc says that it linked the worker, but there is none");
        return Err(why.into());
    }
    let limits = Limits {
        sandbox: workshop.sandbox.clone(),
        user: user.id(),
        stop: workshop.stop.clone(),
        ..Limits::of_drill(&exercise.limits).after(took)
    };
    Ok(Compiled {
        _folder: Some(folder),
        _user: user,
        program: Program::from(&*program),
        limits,
    })
}

/// Writes the submission to where it is compiled. `gen` stays a name, as before edition
/// 2024, and a file is also found by its name in lower case, as on systems that ignore
/// case.
fn place(submission: &Submission, dir: &Path) -> io::Result<()> {
    submission.write_to(dir)?;
    for (path, text) in submission.in_lower_case() {
        std::fs::write(dir.join(path), text)?;
    }
    let lower = submission.in_lower_case().into_iter();
    let files = submission
        .files()
        .iter()
        .map(|(path, text)| (path.clone(), &**text));
    for (path, text) in files.chain(lower) {
        if let Some(text) = tokens::with_gen_as_a_name(text) {
            std::fs::write(dir.join(path), text)?;
        }
    }
    Ok(())
}

/// The variables that Cargo would set for a package that states only its name. Its folder
/// is given relative to `src`, so that files beside that can be included and nothing of
/// this machine is revealed. `CARGO_CRATE_NAME` is left out: rustc would take it that
/// Cargo calls, and give advice for that.
fn variables(drill: &dyn Drill) -> Vec<(String, String)> {
    let told = [
        ("CARGO_PKG_NAME", drill.slug()),
        ("CARGO_PKG_VERSION", "0.1.0"),
        ("CARGO_PKG_VERSION_MAJOR", "0"),
        ("CARGO_PKG_VERSION_MINOR", "1"),
        ("CARGO_PKG_VERSION_PATCH", "0"),
        ("CARGO_MANIFEST_DIR", ".."),
        ("CARGO_MANIFEST_PATH", "../Cargo.toml"),
    ];
    let untold = [
        "VERSION_PRE",
        "AUTHORS",
        "DESCRIPTION",
        "HOMEPAGE",
        "REPOSITORY",
        "LICENSE",
        "LICENSE_FILE",
        "RUST_VERSION",
        "README",
    ];
    let untold = untold.map(|name| (format!("CARGO_PKG_{name}"), String::new()));
    let told = told.map(|(name, value)| (name.to_owned(), value.to_owned()));
    told.into_iter().chain(untold).collect()
}

/// As little work for rustc as an honest run allows. Overflow is still checked, as
/// in the learner's own builds. Only `debug_assert!`s are left out: those in the
/// standard library's generic code alone cost an eighth of the time.
const CODEGEN: [&str; 5] = [
    "opt-level=0",
    "debuginfo=0",
    "debug-assertions=off",
    "overflow-checks=on",
    "embed-bitcode=no",
];

struct Rustc<'a> {
    workshop: Workshop<'a>,
    dir: &'a Path,
    user: u32,
    variables: Vec<(String, String)>,
}

impl Rustc<'_> {
    fn arguments(&self, crates: &[String]) -> Vec<String> {
        let prepared = self.workshop.prepared;
        let mut arguments = strings(&[
            "--edition",
            "2024",
            "--error-format",
            "json",
            "-F",
            "unsafe_code",
            "-A",
            "warnings",
        ]);
        for option in CODEGEN {
            arguments.extend(strings(&["-C", option]));
        }
        let deps = format!("dependency={}", prepared.deps().display());
        arguments.extend(["-L".to_owned(), deps]);
        for name in crates {
            if let Some(rlib) = prepared.rlib(name) {
                arguments.extend(["--extern".to_owned(), shared::named(name, rlib)]);
            }
        }
        arguments
    }

    /// How the submission becomes a library.
    fn of_library(
        &self,
        drill: &dyn Drill,
        crates: &[String],
        submission: &Submission,
    ) -> Vec<String> {
        let mut arguments = self.arguments(crates);
        arguments.extend(strings(&[
            "--crate-type",
            "rlib",
            "--crate-name",
            drill.slug(),
            "--emit",
            "link,dep-info",
            "--out-dir",
            "out",
        ]));
        arguments.push(submission.root_file().to_owned());
        arguments
    }

    /// How the library and the contract, which comes through standard input,
    /// become a worker.
    fn of_worker(&self, drill: &dyn Drill) -> io::Result<Vec<String>> {
        let places = self.workshop.places;
        let mut arguments = self.arguments(&["kit".to_owned(), "worker".to_owned()]);
        arguments.extend(places.linking_quickly(self.dir)?);
        arguments.extend(places.shared().map(linking_with).unwrap_or_default());
        arguments.extend(strings(&[
            "--crate-type",
            "bin",
            "--crate-name",
            "worker_of_submission",
            "--extern",
            &format!("submission=out/lib{}.rlib", drill.slug()),
            "-C",
            "strip=debuginfo",
            // The contract is a few lines, not worth a second codegen unit.
            "-C",
            "codegen-units=1",
            "-o",
            "out/worker",
            "-",
        ]));
        Ok(arguments)
    }

    fn start(
        &self,
        calling: Calling,
        arguments: Vec<String>,
        input: Stdio,
    ) -> io::Result<Call<'_>> {
        let sandbox = self.workshop.sandbox;
        let limits = Limits {
            sandbox: sandbox.clone(),
            ..room::limits(self.workshop.jobs)
        };
        let places = self.workshop.places;
        let dir = self.dir;
        let mut policy = places.compiling(sandbox, &limits, self.user, dir, calling, arguments);
        policy.environment.extend(self.variables.iter().cloned());
        let mut process = Confined::spawn(&policy, &limits, input)?;
        let output = Output::drain(process.child(), said::RAW_BYTES);
        Ok(Call {
            rustc: self,
            process,
            output,
            limits,
        })
    }

    /// rustc's text without paths of this machine.
    fn shorten(&self, text: &str) -> String {
        // Text from standard input has no file name.
        let mut short = text.replace("<anon>", "contract.rs");
        let workshop = self.workshop;
        let text_of = |path: &Path| path.to_string_lossy().into_owned();
        for (long, name) in [
            (text_of(self.dir) + "/", ""),
            (text_of(workshop.prepared.deps()), "DEPENDENCIES"),
            (text_of(workshop.prepared.folder()), "PREPARED"),
            (text_of(workshop.places.sysroot()), "RUST"),
            (text_of(&workshop.course.target()), "TARGET"),
            (text_of(workshop.course.root()) + "/", ""),
        ] {
            short = short.replace(&long, name);
        }
        // The text must not reveal whether an unreadable file exists.
        for there in [
            "Permission denied (os error 13)",
            "Is a directory (os error 21)",
        ] {
            short = short.replace(there, "No such file or directory (os error 2)");
        }
        let home = std::env::var("HOME").unwrap_or_default();
        let cargo = std::env::var("CARGO_HOME").unwrap_or_else(|_| home.clone() + "/.cargo");
        for (long, name) in [(cargo, "CARGO_HOME"), (home, "HOME")] {
            if long.len() > 1 && long.starts_with('/') {
                short = short.replace(&long, name);
            }
        }
        short
    }
}

/// The arguments that link the prepared crates from one shared library.
fn linking_with(library: &Path) -> Vec<String> {
    let folder = library.parent().unwrap_or(library).display();
    strings(&[
        "--extern",
        &shared::named(shared::NAME, library),
        "-C",
        "prefer-dynamic",
        "-C",
        &format!("link-arg=-Wl,-rpath,{folder}"),
    ])
}

/// The time between two looks at whether a call of rustc is still wanted.
const LOOK: Duration = Duration::from_millis(10);

/// What the second call has of the time in any case.
const LEAST: Duration = Duration::from_secs(3);

/// A call of rustc.
struct Call<'a> {
    rustc: &'a Rustc<'a>,
    process: Confined,
    output: Output,
    limits: Limits,
}

impl Call<'_> {
    /// The same, where another call took so long already.
    fn after(mut self, took: Duration) -> Self {
        let left = self.limits.wall.saturating_sub(took);
        self.limits.wall = left.max(LEAST);
        self
    }

    /// Gives it the input that it waits for, and waits for its end.
    fn end_given(mut self, text: &str) -> Result<Duration, Failed> {
        if let Some(mut input) = self.process.child().stdin.take() {
            match input.write_all(text.as_bytes()) {
                // It ended early, and its exit status tells why.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                other => other?,
            }
        }
        self.end()
    }

    /// Waits for its end; returns how long that took.
    fn end(mut self) -> Result<Duration, Failed> {
        let mut took = Duration::ZERO;
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.process.wait_for(LOOK)? {
                break status;
            }
            // A busy machine keeps it waiting, which says nothing about the submission.
            let elapsed = began.elapsed();
            let cpu = threads::cpu_of_process(self.process.id());
            // Of a process that has ended nobody knows what it used.
            took = cpu.map_or(elapsed, |cpu| cpu.min(elapsed)).max(took);
            if self.rustc.workshop.stop.is_asked() {
                let why = io::Error::new(
                    io::ErrorKind::Interrupted,
                    "the grading is no longer wanted",
                );
                return Err(why.into());
            }
            let wall = self.limits.wall;
            if took > wall || elapsed > wall * stopwatch::MOST {
                return Err(Failed::Refused {
                    text: format!("rustc was stopped after {} s\n", elapsed.as_secs()),
                    doubt: Doubt::Limit,
                });
            }
        };
        if status.success() {
            return Ok(took);
        }
        self.output.wait();
        if self.limits.sandbox.gave_up(status) {
            return Err(io::Error::other(self.output.text().trim().to_owned()).into());
        }
        let (raw, dropped) = self.output.raw();
        let said = Said::read(&raw, dropped, self.rustc.dir);
        let mut text = self.rustc.shorten(&said.text);
        if status.code() != Some(1) {
            text.push_str(&format!(
                "rustc did not finish: {}\n",
                describe(status, &self.limits)
            ));
        }
        if let Some(why) = said.machine.or_else(|| ended_by_others(status)) {
            let why = format!("rustc failed: {}", self.rustc.shorten(&why));
            return Err(io::Error::other(why).into());
        }
        let doubt = match (status.signal(), said.doubtful) {
            (Some(_), _) => Doubt::Limit,
            (None, true) => Doubt::Machine,
            (None, false) => Doubt::None,
        };
        Err(Failed::Refused { text, doubt })
    }
}

/// Why this exit status is the machine's doing: no limit of ours sends these signals.
/// The first comes when memory runs out, the second when a file has shrunk or a disk
/// is full.
fn ended_by_others(status: ExitStatus) -> Option<String> {
    use rustix::process::Signal;
    let signal = status.signal()?;
    let from_outside = [Signal::KILL, Signal::BUS].map(Signal::as_raw);
    let is_it = from_outside.contains(&signal);
    is_it.then(|| describe(status, &Limits::default()))
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

impl Failed {
    /// Adds what rustc cannot know: which crates are available, and what was compiled.
    fn explain(
        self,
        crates: &[String],
        heading: &str,
        contract: &str,
        submission: &Submission,
    ) -> Failed {
        let Failed::Refused { text, doubt } = self else {
            return self;
        };
        let unknown_crate = ["unlinked crate", "can't find crate", "unresolved import"]
            .iter()
            .any(|words| text.contains(words));
        let mut explained = format!("{heading}{}{}", hints::first(&text), text.trim_end());
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
        explained.push_str(&hints::of(&text, contract, submission));
        Failed::Refused {
            text: explained + "\n",
            doubt,
        }
    }
}
