//! Several submissions, graded by a process that this one watches.
//!
//! Its main function is [`each`]. The other process writes a line for each submission; the
//! one that it did not come to write is the one that ended it.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::super::overseer::{self, Watched};
use crate::grade::verdict::Verdict;

/// Says, to the process that grades, which submission comes first, and the seed of all.
const ASKED: &str = "BETWEEN_AWAITS_GRADE_FROM";

/// What the process that grades writes.
#[derive(Serialize, Deserialize)]
pub(super) enum Line {
    /// What is said of the next submission.
    Said(Said),
    /// Why it grades nothing.
    Cannot(String),
}

/// What is said of one submission.
#[derive(Serialize, Deserialize)]
pub(super) enum Said {
    /// It was graded.
    Graded(Box<Verdict>),
    /// It could not be graded: the verdict that says so, and the line for a person.
    NotGraded(Box<Verdict>, String),
}

/// The first submission to grade and the seed, if this is the process that is watched.
pub(super) fn asked() -> Option<(usize, u64)> {
    let asked = std::env::var(ASKED).ok()?;
    let (first, seed) = asked.split_once(' ')?;
    let asked = (first.parse().ok()?, seed.parse().ok()?);
    overseer::is_watched().then_some(asked)
}

/// Writes a line for the process that watches.
///
/// # Errors
/// When nobody reads it.
pub(super) fn tell(line: &Line) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    let mut out = io::stdout().lock();
    out.write_all(&text)?;
    out.flush()
}

/// Has all of `number` submissions graded, and shows what is said of each in their order:
/// `Err` with a signal for one that ended the grader. Returns why the rest is not graded,
/// if it is not.
///
/// # Errors
/// When it cannot be started, or as `see` says.
pub(super) fn each(
    number: usize,
    seed: u64,
    see: &mut dyn FnMut(usize, Result<Said, i32>) -> Result<()>,
) -> Result<Option<String>> {
    let mut next = 0;
    while next < number {
        let asked = [(ASKED, format!("{next} {seed}"))];
        let mut watched = Watched::start(Stdio::piped(), &asked)?;
        let output = watched.output().context("it is piped")?;
        for line in BufReader::new(output).lines() {
            // A line that was cut short was never said.
            match serde_json::from_str(&line?) {
                Ok(Line::Said(said)) => see(next, Ok(said))?,
                Ok(Line::Cannot(why)) => return Ok(Some(why)),
                Err(_) => break,
            }
            next += 1;
        }
        let status = watched.wait()?;
        if next >= number {
            break;
        }
        let Some(signal) = status.signal() else {
            return Ok(Some(format!(
                "the process that grades ended by itself ({status})"
            )));
        };
        overseer::say(signal);
        see(next, Err(signal))?;
        next += 1;
    }
    Ok(None)
}
