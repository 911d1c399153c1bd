//! `reset`: puts a drill's stub back and keeps the learner's work.

use std::io::Write;

use anyhow::Result;

use super::{Exit, chosen};
use crate::app::cli::OneDrill;
use crate::course::Course;
use crate::learn::put_back::PutBack;
use crate::learn::stub::Stub;

pub(super) fn run(course: &Course, args: &OneDrill) -> Result<Exit> {
    let language = chosen(course, &args.drill, args.language)?;
    let stub = Stub::in_language(course, &args.drill, language)?;
    let shown = stub.shown();
    let mut out = anstream::stdout();
    match stub.put_back(course)? {
        PutBack::Already => writeln!(out, "`{shown}` is the stub already")?,
        PutBack::Done(backup) => {
            writeln!(out, "`{shown}` is the stub again")?;
            if let Some(backup) = backup {
                let backup = backup.strip_prefix(course.root()).unwrap_or(&backup);
                writeln!(out, "what you had is in `{}`", backup.display())?;
            }
        }
    }
    Ok(Exit::Passed)
}
