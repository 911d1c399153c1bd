//! `update-check`: which stubs have changed since the learner began. It touches none of
//! the learner's files.

use std::io::Write;

use anyhow::Result;

use super::Exit;
use crate::app::cli::UpdateCheck;
use crate::course::Course;
use crate::learn::learner::Learner;

pub(super) fn run(course: &Course, args: &UpdateCheck) -> Result<Exit> {
    let learner = Learner::of(course);
    let mut behind = course.slugs()?;
    behind.retain(|slug| learner.is_behind(course, slug));
    let mut out = anstream::stdout();
    if behind.is_empty() {
        writeln!(out, "no stub has changed since you began")?;
        return Ok(Exit::Passed);
    }
    if args.accept {
        Learner::change(course, |learner| {
            behind
                .iter()
                .for_each(|slug| learner.begin_anew(course, slug));
        })?;
        let names = behind.join(", ");
        writeln!(
            out,
            "accepted as they are now: {names}; your files are unchanged"
        )?;
        return Ok(Exit::Passed);
    }
    for slug in &behind {
        writeln!(
            out,
            "{slug}: its stub has changed since you began; your file is unchanged"
        )?;
        let old = learner.old_stub(slug);
        if old.is_file() {
            let old = old.strip_prefix(course.root()).unwrap_or(&old);
            let new = format!("solutions/{slug}/stub.rs");
            writeln!(out, "  what changed: diff -u {} {new}", old.display())?;
        }
        writeln!(
            out,
            "  to start over: cargo grader reset {slug} (your work is kept)"
        )?;
    }
    writeln!(
        out,
        "\nwhen your files have what they need of it: cargo grader update-check --accept"
    )?;
    Ok(Exit::Passed)
}
