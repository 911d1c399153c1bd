//! `solution`: shows the reference solution to learners who have their own.

use std::io::Write;

use anyhow::{Context, Result, bail};

use super::{Exit, chosen};
use crate::app::cli::Solution;
use crate::course::Course;
use crate::learn::learner::Learner;

pub(super) fn run(course: &Course, args: &Solution) -> Result<Exit> {
    let slug = &args.drill;
    let language = chosen(course, slug, args.language)?;
    if !args.peek && !Learner::of(course).has_passed_in(slug, language) {
        bail!(
            "you have not passed `{slug}` yet; pass it first, or add `--peek` if you want to give up on it"
        );
    }
    let path = course.reference_in(slug, language);
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read `{}`; is the course complete?", path.display()))?;
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(Exit::Passed)
}
