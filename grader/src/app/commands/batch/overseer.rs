//! A batch runs in a process of its own, which another process watches. If a grading ends
//! the grader, by its memory or otherwise, the batch goes on with the rest.
//!
//! Its main function is [`oversee`]. The submission that ended it is found by the
//! marks that it left, see `batch/attempts.rs`.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Resource, Rlimit, Signal};

use super::super::Exit;
use crate::class::batch::Attempts;
use crate::course::aloud;
use crate::drive::interrupt;

/// Tells a started process which process watches it.
const WATCHED: &str = "BETWEEN_AWAITS_BATCH_WATCHED_BY";

/// The memory limit of the process that grades, in bytes: several times what any
/// grading needs, and far less than would take a machine down.
const MEMORY: u64 = 1 << 30;

/// Runs the batch that writes to `out` in another process, to its end. `None` if this is
/// that process.
///
/// # Errors
/// When it cannot be started, or ends for an unknown reason.
pub(super) fn oversee(out: &Path) -> Result<Option<Exit>> {
    let parent = rustix::process::getppid().map(Pid::as_raw_pid);
    let watched = std::env::var(WATCHED).ok().and_then(|pid| pid.parse().ok());
    if watched.is_some() && watched == parent {
        end_with_parent();
        return Ok(None);
    }
    let program = std::env::current_exe().context("cannot find the grader's own program")?;
    let attempts = Attempts::of(out);
    loop {
        let before = attempts.deaths_of_all();
        let mut child = Command::new(&program)
            .args(std::env::args_os().skip(1))
            .env(WATCHED, std::process::id().to_string())
            .spawn()
            .context("cannot start the grader once more")?;
        let pid = Pid::from_child(&child);
        interrupt::at_last(move || {
            // That process prints the messages and cleans up.
            let _ = rustix::process::kill_process(pid, Signal::INT);
            while rustix::process::test_kill_process(pid).is_ok() {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        });
        let status = child.wait()?;
        match status.code() {
            Some(0) => return Ok(Some(Exit::Passed)),
            Some(1) => return Ok(Some(Exit::Failed)),
            Some(code) if code == i32::from(interrupt::EXIT_CODE) => {
                interrupt::end(interrupt::EXIT_CODE)
            }
            Some(_) => return Ok(Some(Exit::CouldNotGrade)),
            None => {}
        }
        let signal = status.signal().unwrap_or_default();
        if attempts.deaths_of_all() <= before {
            bail!(
                "the grader was ended by signal {signal} while nothing was graded; run it again to go on"
            );
        }
        say(signal);
    }
}

/// In any case no process grades unwatched.
#[cfg(target_os = "linux")]
fn end_with_parent() {
    let _ = rustix::process::set_parent_process_death_signal(Some(Signal::KILL));
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent() {}

/// Limits this process to less memory than would hurt the machine. It ends if it needs
/// more; processes that it starts have limits of their own.
pub(super) fn limit_memory() {
    let limit = rustix::process::getrlimit(Resource::Data);
    let current = limit.current.map_or(MEMORY, |now| now.min(MEMORY));
    // Without the limit the system decides which process has to go.
    let _ = rustix::process::setrlimit(
        Resource::Data,
        Rlimit {
            current: Some(current),
            ..limit
        },
    );
}

/// Why a batch begins again.
fn say(signal: i32) {
    aloud::say(&format!(
        "the grader was ended by signal {signal}; it goes on with the rest"
    ));
}
