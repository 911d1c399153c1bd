//! Sealing a worker: the puppet's first act, before any line of a submission.

use std::fs::OpenOptions;
use std::io;

use crate::policy::{SEALED, SEALED_WHERE_POSSIBLE};
use crate::{files, filters};

/// Seals a process that has loaded this as a library: all its threads, and nothing of
/// standard input, which is its channel. What `how` demands and cannot be had ends it.
#[expect(clippy::print_stderr, reason = "the grader reads it")]
pub fn seal_as_library(how: Option<&str>) {
    let sealed = [files::restrict_to_nothing(), filters::for_a_submission()];
    let sealed: io::Result<()> = sealed.into_iter().collect();
    if let (Some(SEALED), Err(error)) = (how, sealed) {
        eprintln!("the worker gave up: {error}");
        std::process::exit(1);
    }
}

/// From now on this process opens, starts and reaches nothing. `how` is the
/// worker's first argument. Standard input becomes empty; code that needs the
/// original holds a copy.
///
/// # Errors
/// When the sandbox was demanded and is not available.
pub fn seal(how: Option<&str>) -> io::Result<()> {
    let null = OpenOptions::new().read(true).write(true).open("/dev/null");
    let emptied = null.and_then(|null| Ok(nix::unistd::dup2_stdin(null)?));
    let strict = match how {
        Some(SEALED) => true,
        Some(SEALED_WHERE_POSSIBLE) => false,
        _ => return emptied,
    };
    let sealed = [
        emptied,
        files::restrict_to_nothing(),
        filters::for_a_submission(),
    ];
    match strict {
        true => sealed.into_iter().collect(),
        false => Ok(()),
    }
}
