//! The subcommands, one per file, and what they share: the course and exit codes.

mod audit;
mod batch;
mod book;
mod doctor;
mod grade;
mod hint;
mod latency;
mod learn;
mod list;
mod new;
mod overseer;
mod package;
mod replay;
mod reset;
mod solution;
mod trace;
mod update_check;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::app::cli::{Cli, Command};
use crate::course::Course;
use crate::course::language::Language;
use crate::drills;
use crate::learn::stub::Stub;

/// The program's exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Every submission passed, or the command succeeded.
    Passed = 0,
    /// Everything was graded and something failed.
    Failed = 1,
    /// Something could not be graded: usage, course, sandbox, infrastructure.
    CouldNotGrade = 2,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Runs what the command line asks for.
///
/// # Errors
/// When the command failed; the message says why and what to do next.
pub fn run(cli: Cli) -> Result<Exit> {
    let here = std::env::current_dir()?;
    let course = Course::find(cli.course.as_deref(), &here)?;
    match cli.command {
        Command::Learn(args) => learn::run(course, &args),
        Command::Grade(args) => grade::run(course, args),
        Command::Replay(args) => replay::run(course, &args),
        Command::Latency(args) => latency::run(course, &args),
        Command::Trace(args) => trace::run(course, &args),
        Command::Package(args) => package::run(&course, &args),
        Command::List => list::run(&course),
        Command::Hint(args) => hint::run(&course, &args),
        Command::Reset(args) => reset::run(&course, &args),
        Command::Solution(args) => solution::run(&course, &args),
        Command::New(args) => new::run(&course, &args),
        Command::UpdateCheck(args) => update_check::run(&course, &args),
        Command::Book(args) => book::run(&course, &args),
        Command::Batch(args) => batch::run(course, args),
        Command::Audit(args) => audit::run(course, &args),
        Command::Doctor(args) => doctor::run(course, &args),
    }
}

/// The language that is asked for, or else the one that the drill was begun in.
fn chosen(course: &Course, slug: &str, asked: Option<Language>) -> Result<Language> {
    course.exercise(slug)?;
    let language = asked.unwrap_or_else(|| Stub::begun_in(course, slug));
    match drills::find(slug) {
        Some(drill) if !drills::is_in(drill, language) => bail!(drills::not_in(drill, language)),
        _ => Ok(language),
    }
}
