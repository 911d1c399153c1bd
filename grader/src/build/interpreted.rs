//! Interpreted languages: a submission's one file becomes a worker, by starting the
//! interpreter with our few lines. Its main function is [`prepare`].
//!
//! The worker and the kit are sent to it as text, before anything else: so no file of the
//! course has to be open to the user it runs as. Whether the submission can be loaded is
//! asked of a worker of its own, in the sandbox.

use std::io;
use std::path::Path;

use protocol::{Event, Order, Polled, Step, Value};

use crate::build::compile::{CompileError, Compiled, Workshop};
use crate::build::submission::Submission;
use crate::build::{node, python};
use crate::course::language::Language;
use crate::course::{Course, Exercise};
use crate::drills::Spoken;
use crate::drive::interpreter::Interpreter;
use crate::drive::limits::Limits;
use crate::drive::program::Program;
use crate::drive::sandbox::User;
use crate::drive::stopwatch::Stopwatch;
use crate::drive::supervisor::{LONGEST_TEXT, Worker};
use play::failure::Failure;
use play::text::excerpt;

/// How much of the reason is shown why a submission cannot be loaded, in bytes.
const MOST_SHOWN: usize = LONGEST_TEXT - 1_024;

/// What the worker says when the submission cannot be loaded.
const REFUSED: &str = "refused";

/// What a worker is made of.
pub(super) struct Given<'a> {
    course: &'a Course,
    pub(super) interpreter: &'static Interpreter,
    pub(super) slug: &'a str,
    pub(super) spoken: Spoken,
    pub(super) submission: &'a Submission,
    /// The library that seals a program, where there is a sandbox.
    pub(super) seal: Option<&'a Path>,
}

impl Given<'_> {
    /// A text of the course's.
    pub(super) fn read(&self, path: &str) -> io::Result<String> {
        let path = self.course.root().join(path);
        std::fs::read_to_string(&path).map_err(|error| {
            let path = path.display();
            io::Error::new(
                error.kind(),
                format!("`{path}`: {error}; is the course complete?"),
            )
        })
    }

    /// The texts of these files of the worker, each with its name.
    pub(super) fn workers(
        &self,
        ending: &str,
        names: &[&'static str],
    ) -> io::Result<Vec<(&'static str, String)>> {
        let folder = self.submission.language().folder();
        let read = |name: &&'static str| {
            let text = self.read(&format!("grader/workers/{folder}/{name}.{ending}"))?;
            Ok((*name, text))
        };
        names.iter().map(read).collect()
    }

    /// The submission's text.
    pub(super) fn text(&self) -> Option<&String> {
        self.submission.files().get(self.submission.root_file())
    }
}

/// What a worker is sent first, as one line.
pub(super) fn prelude(told: &serde_json::Value) -> Vec<u8> {
    let mut line = told.to_string().into_bytes();
    line.push(b'\n');
    line
}

/// A worker of `submission`, one file for the drill of that name.
///
/// # Errors
/// [`CompileError::Submission`] carries the interpreter's text.
pub fn prepare(
    workshop: Workshop<'_>,
    slug: &str,
    spoken: Spoken,
    exercise: &Exercise,
    submission: &Submission,
) -> Result<Compiled, CompileError> {
    let language = submission.language();
    let sandbox = workshop.sandbox;
    let given = Given {
        course: workshop.course,
        interpreter: Interpreter::find(language).map_err(io::Error::other)?,
        slug,
        spoken,
        submission,
        seal: sandbox.launcher().map(|_| workshop.prepared.seal()),
    };
    let program = match language {
        Language::Node => node::program(&given)?,
        _ => python::program(&given)?,
    };
    let user = User::next();
    let limits = Limits {
        sandbox: sandbox.clone(),
        user: user.id(),
        stop: workshop.stop.clone(),
        ..Limits::of_drill(&exercise.limits).interpreted()
    };
    match load(&program, &limits)? {
        Some(refused) => Err(CompileError::Submission(refused)),
        None => Ok(Compiled::interpreted(program, user, limits)),
    }
}

/// Loads the submission in a worker: why it cannot be, if so. What else goes wrong there
/// goes wrong in the exam as well, which says so better.
fn load(program: &Program, limits: &Limits) -> io::Result<Option<String>> {
    let mut worker = match Worker::start(program, limits, Stopwatch::start())? {
        Ok(worker) => worker,
        // No line of the submission has run yet.
        Err(Failure::OutOfTime(_)) => return Ok(None),
        Err(failure) => {
            let path = program.path().display();
            let why = format!("the interpreter `{path}` does not start: {failure}");
            return Err(io::Error::other(why));
        }
    };
    let order = Order {
        run: 0,
        steps: vec![Step::New {
            seed: 0,
            arguments: Vec::new(),
            polled: Polled::Alone,
            places: false,
        }],
    };
    let (reports, _) = worker.exchange(&[order]);
    let mut events = reports
        .into_iter()
        .flat_map(|report| report.steps)
        .flatten();
    Ok(events.find_map(|event| match event {
        Event::Noted {
            kind, arguments, ..
        } if kind == REFUSED => {
            let text = arguments.first().and_then(Value::text);
            Some(excerpt(text.unwrap_or_default(), MOST_SHOWN))
        }
        _ => None,
    }))
}
