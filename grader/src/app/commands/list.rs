//! `list`: the drills, and the learner's state in each.

use std::io::Write;

use anyhow::Result;

use super::Exit;
use crate::course::Course;
use crate::drills;
use crate::learn::learner::Learner;

pub(super) fn run(course: &Course) -> Result<Exit> {
    let learner = Learner::of(course);
    let mut out = anstream::stdout();
    let slugs = course.slugs()?;
    let width = slugs.iter().map(String::len).max().unwrap_or(0);
    let mut changed = false;
    for slug in slugs {
        let exercise = course.exercise(&slug)?;
        let word = match drills::find(&slug) {
            None => "no hidden tests yet",
            Some(_) if learner.has_passed(&slug) => "passed",
            Some(_) if learner.has_begun(course, &slug) => "not yet",
            Some(_) => "not started",
        };
        let state = match learner.best(&slug) {
            Some((score, max)) if score > 0 => format!("{word} {score}/{max}"),
            _ => word.to_owned(),
        };
        writeln!(
            out,
            "{slug:width$}  {state:<19}  {} ({} minutes)",
            exercise.title, exercise.minutes
        )?;
        changed |= learner.is_behind(course, &slug);
    }
    if changed {
        writeln!(
            out,
            "\na stub has changed since you began; `cargo grader update-check` says which"
        )?;
    }
    writeln!(
        out,
        "\ngrade one with `cargo grade DRILL`; `cargo grader --help` shows what else there is"
    )?;
    Ok(Exit::Passed)
}
