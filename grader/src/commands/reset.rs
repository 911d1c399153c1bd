//! `reset`: puts a drill's stub back and keeps what was there.

use std::io::Write;

use anyhow::{Context, Result};

use super::Exit;
use crate::course::Course;
use crate::learner::Learner;

pub(super) fn run(course: &Course, slug: &str) -> Result<Exit> {
    course.exercise(slug)?;
    let file = course.exercise_dir(slug).join("src/lib.rs");
    let stub = course.solution_dir(slug).join("stub.rs");
    let stub = std::fs::read(&stub).with_context(|| {
        format!(
            "cannot read the stub `{}`; is the course complete?",
            stub.display()
        )
    })?;
    let mut out = anstream::stdout();
    let shown = format!("exercises/{slug}/src/lib.rs");
    if std::fs::read(&file).is_ok_and(|current| current == stub) {
        writeln!(out, "`{shown}` is the stub already")?;
        return Ok(Exit::Passed);
    }
    // The backup first: if it fails, nothing has been touched.
    let backup = Learner::of(course).back_up(course, slug)?;
    let folder = file.parent().context("the stub has a folder")?;
    std::fs::create_dir_all(folder)?;
    let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
    fresh.write_all(&stub)?;
    fresh
        .persist(&file)
        .with_context(|| format!("cannot write `{shown}`"))?;
    writeln!(out, "`{shown}` is the stub again")?;
    if let Some(backup) = backup {
        let backup = backup.strip_prefix(course.root()).unwrap_or(&backup);
        writeln!(out, "what you had is in `{}`", backup.display())?;
    }
    Ok(Exit::Passed)
}
