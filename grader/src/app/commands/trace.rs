//! `trace`: every schedule of a few requests, or the one of a replay key, recorded
//! for the book's figures.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use play::world::World;

use super::{Exit, overseer};
use crate::app::cli::Trace as Args;
use crate::build::submission::Caps;
use crate::course::Course;
use crate::exam::trace::{Code, Freedom, Origin, Trace};
use crate::grade::grading::{GradeError, Grader, read_submission};

/// The user that the requests of the book's figures ask for.
const USER: u32 = 42;

pub(super) fn run(course: Course, args: &Args) -> Result<Exit> {
    let drill = course.drill(&args.drill)?;
    if drill.world().uses_threads() {
        bail!(
            "drill `{}` uses threads, and no figure walks their schedules; this works for the other drills",
            args.drill
        );
    }
    let submission = read_submission(&course, drill, &args.path, &Caps::default())
        .map_err(GradeError::Submission)?;
    let code = match args.marks.is_empty() {
        true => None,
        false => Some(code(&args.path, drill.world(), &args.marks)?),
    };
    let root = course.root().canonicalize()?;
    let grader = Grader::new(course)?;
    overseer::limit_memory();
    let compiled = match grader.compile(drill, &submission)? {
        Ok(compiled) => compiled,
        Err(text) => {
            writeln!(anstream::stderr(), "{text}")?;
            return Ok(Exit::Failed);
        }
    };
    let place = args.path.canonicalize()?;
    let origin = Origin {
        drill: args.drill.clone(),
        source: place
            .strip_prefix(&root)
            .unwrap_or(&args.path)
            .display()
            .to_string(),
        check: match &args.key {
            Some(key) => key.check.clone(),
            None => drill.checks()[0].id.to_owned(),
        },
    };
    let seed = args.key.as_ref().map_or(args.seed, |key| key.seed);
    let mut driver = grader.driver(drill, &compiled, seed);
    let recorded = match &args.key {
        Some(key) => Trace::replay(&mut driver, drill.rules(), &key.turns, origin),
        None => {
            let freedom = Freedom {
                user: USER,
                callers: args.callers,
                errors: args.errors,
                drops: args.drops,
                holds: args.holds,
            };
            Trace::record(&mut driver, drill.rules(), &freedom, origin)
        }
    };
    let trace = match recorded {
        Ok(trace) => trace,
        Err(failure) => bail!("cannot record code whose process ends early: {failure}"),
    };
    let json = match code {
        Some(code) => trace.beside(code).to_json(),
        None => trace.to_json(),
    };
    match &args.out {
        Some(path) => {
            fs::write(path, json).with_context(|| format!("cannot write `{}`", path.display()))?
        }
        None => write!(anstream::stdout(), "{json}")?,
    }
    Ok(Exit::Passed)
}

/// The functions of the file at `path` in which requests are suspended.
fn code(path: &Path, world: &dyn World, marks: &[(String, String)]) -> Result<Code> {
    let source =
        fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    Code::of(&source, world, marks)
        .map_err(|why| anyhow!("cannot mark a line of `{}`: {why}", path.display()))
}
