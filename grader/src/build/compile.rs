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

mod call;
mod control;
mod hints;
mod room;
mod rustc;
mod said;
mod tokens;

use std::io;
use std::path::Path;
use std::process::Stdio;

use thiserror::Error;

use crate::build::prepared::{Prepared, shared};
use crate::build::submission::Submission;
use crate::course::{Course, Exercise};
use crate::drills::Drill;
use crate::drive::interrupt::Folder;
use crate::drive::limits::Limits;
use crate::drive::policies::{Calling, Places};
use crate::drive::program::Program;
use crate::drive::sandbox::{Sandbox, User};
use crate::drive::stop::Stop;
use crate::drive::tight::tight;
use play::text::one_line;

pub use control::Control;
use rustc::{Rustc, variables};

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

    /// The same with twice the time.
    #[must_use]
    pub fn patient(self) -> Compiled {
        Compiled {
            limits: self.limits.patient(),
            ..self
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
