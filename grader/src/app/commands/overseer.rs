//! Strangers' code is graded by a process of its own, which another one watches: should a
//! grading end the grader, by its memory or otherwise, the rest is graded all the same.
//!
//! Its main type is [`Watched`]: the process that grades, as the one that watches sees it.
//! What ended a batch is found by the marks it left, see `class/batch/attempts.rs`.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Resource, Rlimit, Signal};

use super::Exit;
use crate::class::batch::Attempts;
use crate::course::aloud;
use crate::drive::interrupt;

/// Tells a started process which process watches it.
const WATCHED: &str = "BETWEEN_AWAITS_BATCH_WATCHED_BY";

/// The memory limit of the process that grades, in bytes: several times what any
/// grading needs, and far less than would take a machine down.
const MEMORY: u64 = 1 << 30;

/// The same program with the same arguments, watched by this one.
pub(super) struct Watched(Child);

/// Whether this is the process that is watched. From then on it ends with the other.
pub(super) fn is_watched() -> bool {
    let parent = rustix::process::getppid().map(Pid::as_raw_pid);
    let watched = std::env::var(WATCHED).ok().and_then(|pid| pid.parse().ok());
    let is_it = watched.is_some() && watched == parent;
    if is_it {
        end_with_parent();
    }
    is_it
}

impl Watched {
    /// Starts it. Ctrl-C ends both.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn start(output: Stdio, variables: &[(&str, String)]) -> Result<Watched> {
        let program = std::env::current_exe().context("cannot find the grader's own program")?;
        let child = Command::new(&program)
            .args(std::env::args_os().skip(1))
            .env(WATCHED, std::process::id().to_string())
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .stdout(output)
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
        Ok(Watched(child))
    }

    /// Its standard output, if that was piped.
    pub(super) fn output(&mut self) -> Option<impl io::Read + use<>> {
        self.0.stdout.take()
    }

    /// Waits for its end. Where somebody ended it with Ctrl-C, this process ends as well.
    ///
    /// # Errors
    /// When the system does not tell.
    pub(super) fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.0.wait()?;
        if status.code() == Some(i32::from(interrupt::EXIT_CODE)) {
            interrupt::end(interrupt::EXIT_CODE);
        }
        Ok(status)
    }
}

/// Runs the batch that writes to `out` in another process, to its end. `None` if this is
/// that process.
///
/// # Errors
/// When it cannot be started, or ends for an unknown reason.
pub(super) fn oversee(out: &Path) -> Result<Option<Exit>> {
    if is_watched() {
        return Ok(None);
    }
    let attempts = Attempts::of(out);
    attempts.forgive_unseen();
    loop {
        let before = attempts.marks();
        let status = Watched::start(Stdio::inherit(), &[])?.wait()?;
        match status.code() {
            Some(0) => return Ok(Some(Exit::Passed)),
            Some(1) => return Ok(Some(Exit::Failed)),
            Some(_) => return Ok(Some(Exit::CouldNotGrade)),
            None => {}
        }
        let signal = status.signal().unwrap_or_default();
        if !attempts.were_left_since(&before) {
            bail!(
                "the grader was ended by signal {signal} while nothing was graded; run it again to go on"
            );
        }
        attempts.confirm();
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

/// Why it begins once more.
pub(super) fn say(signal: i32) {
    aloud::say(&format!(
        "the grader was ended by signal {signal}; it goes on with the rest"
    ));
}
