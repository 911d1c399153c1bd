//! Python: a submission's one file becomes a worker, by starting the interpreter with our
//! few lines. Its main function is [`prepare`].
//!
//! The worker and the kit are sent to it as text, before anything else: so no file of the
//! course has to be open to the user it runs as. Whether the submission can be loaded is
//! asked of a worker of its own, in the sandbox.

use std::io;
use std::path::PathBuf;

use protocol::{Event, Order, Polled, Step, Value};
use serde_json::json;

use crate::build::compile::{CompileError, Compiled, Workshop};
use crate::build::submission::Submission;
use crate::course::{Course, Exercise};
use crate::drills::Spoken;
use crate::drive::interpreter::Interpreter;
use crate::drive::limits::Limits;
use crate::drive::program::Program;
use crate::drive::sandbox::User;
use crate::drive::stopwatch::Stopwatch;
use crate::drive::supervisor::Worker;
use play::failure::Failure;

/// The worker's modules, each after those it imports.
const MODULES: [&str; 15] = [
    "clock",
    "seal",
    "words",
    "operations",
    "users",
    "accounts",
    "audits",
    "sinks",
    "items",
    "hashes",
    "loop",
    "threads",
    "submission",
    "run",
    "puppet",
];

/// What the worker says when the submission cannot be loaded.
const REFUSED: &str = "refused";

/// A worker of `submission`, a Python file for the drill of that name.
///
/// # Errors
/// [`CompileError::Submission`] carries Python's text.
pub fn prepare(
    workshop: Workshop<'_>,
    slug: &str,
    spoken: Spoken,
    exercise: &Exercise,
    submission: &Submission,
) -> Result<Compiled, CompileError> {
    let interpreter = Interpreter::find().map_err(io::Error::other)?;
    let program = program(workshop.course, interpreter, slug, spoken, submission)?;
    let user = User::next();
    let limits = Limits {
        sandbox: workshop.sandbox.clone(),
        user: user.id(),
        stop: workshop.stop.clone(),
        ..Limits::of_drill(&exercise.limits)
    };
    match load(&program, &limits)? {
        Some(refused) => Err(CompileError::Submission(refused)),
        None => Ok(Compiled::interpreted(program, user, limits)),
    }
}

fn program(
    course: &Course,
    interpreter: &Interpreter,
    slug: &str,
    spoken: Spoken,
    submission: &Submission,
) -> io::Result<Program> {
    let place = |path: &str| course.root().join(path);
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path);
        text.map_err(|error| {
            let path = path.display();
            io::Error::new(
                error.kind(),
                format!("`{path}`: {error}; is the course complete?"),
            )
        })
    };
    // As pairs: what imports another comes after it.
    let mut modules = vec![("kit", read(place("exercises/kit/python/kit.py"))?)];
    for name in MODULES {
        let path = place(&format!("grader/workers/python/{name}.py"));
        modules.push((name, read(path)?));
    }
    let file = format!("{slug}.py");
    let text = submission.files().get(submission.root_file());
    let given = json!({
        "modules": modules,
        "slug": slug,
        "file": file,
        "text": text,
        "contract": spoken.contract,
    });
    let mut prelude = given.to_string().into_bytes();
    prelude.push(b'\n');
    let environment = [
        // Sets of texts keep their order.
        ("PYTHONHASHSEED", "0"),
        ("PYTHONUTF8", "1"),
        ("PYTHONUNBUFFERED", "1"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
    ];
    let boot = read(place("grader/workers/python/boot.py"))?;
    let arguments = ["-s", "-S", "-P", "-c", &boot].map(str::to_owned);
    Ok(Program {
        path: interpreter.path().to_owned(),
        arguments: arguments.to_vec(),
        environment: environment
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        reads: interpreter.folders(),
        prelude,
        is_interpreter: true,
    })
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
            Some(text.unwrap_or_default().to_owned())
        }
        _ => None,
    }))
}
