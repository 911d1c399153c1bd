//! `hint`: one more hint each time; how many were shown is remembered.

use std::io::Write;

use anyhow::Result;

use super::{Exit, chosen};
use crate::app::cli::OneDrill;
use crate::course::Course;
use crate::learn::learner::Learner;

pub(super) fn run(course: &Course, args: &OneDrill) -> Result<Exit> {
    let slug = &*args.drill;
    let language = chosen(course, slug, args.language)?;
    let hints = course.hints_in(slug, language)?;
    let shown = Learner::change(course, |learner| {
        learner.begin_in(course, slug, language);
        learner.show_one_more_hint(&language.of_drill(slug), hints.len())
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
