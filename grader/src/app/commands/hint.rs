//! `hint`: one more hint each time; how many were shown is remembered.

use std::io::Write;

use anyhow::Result;

use super::Exit;
use crate::course::Course;
use crate::learn::learner::Learner;

pub(super) fn run(course: &Course, slug: &str) -> Result<Exit> {
    let hints = course.exercise(slug)?.hints;
    let shown = Learner::change(course, |learner| {
        learner.begin(course, slug);
        learner.show_one_more_hint(slug, hints.len())
    })?;
    let mut out = anstream::stdout();
    if hints.is_empty() {
        writeln!(out, "drill `{slug}` has no hints")?;
        return Ok(Exit::Passed);
    }
    for (number, hint) in (1..).zip(&hints[..shown]) {
        writeln!(out, "{number}. {hint}")?;
    }
    let left = hints.len() - shown;
    match left {
        0 => writeln!(out, "\nthat was the last one")?,
        1 => writeln!(out, "\none more: ask again")?,
        more => writeln!(out, "\n{more} more: ask again")?,
    }
    Ok(Exit::Passed)
}
