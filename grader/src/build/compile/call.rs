//! One call of rustc, from its start to its end: [`Call`].

use std::io::{self, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use super::rustc::Rustc;
use super::said::Said;
use super::{Doubt, Failed};
use crate::drive::confined::Confined;
use crate::drive::limits::Limits;
use crate::drive::stopwatch;
use crate::drive::supervisor::describe;
use crate::drive::supervisor::output::Output;
use crate::drive::threads;

/// The time between two looks at whether a call of rustc is still wanted.
const LOOK: Duration = Duration::from_millis(10);

/// What the second call has of the time in any case.
const LEAST: Duration = Duration::from_secs(3);

/// A call of rustc.
pub(super) struct Call<'a> {
    pub(super) rustc: &'a Rustc<'a>,
    pub(super) process: Confined,
    pub(super) output: Output,
    pub(super) limits: Limits,
}

impl Call<'_> {
    /// The same, where another call took so long already.
    pub(super) fn after(mut self, took: Duration) -> Self {
        let left = self.limits.wall.saturating_sub(took);
        self.limits.wall = left.max(LEAST);
        self
    }

    /// Gives it the input that it waits for, and waits for its end.
    pub(super) fn end_given(mut self, text: &str) -> Result<Duration, Failed> {
        if let Some(mut input) = self.process.child().stdin.take() {
            match input.write_all(text.as_bytes()) {
                // It ended early, and its exit status tells why.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
                other => other?,
            }
        }
        self.end()
    }

    /// Waits for its end; returns how long that took.
    pub(super) fn end(mut self) -> Result<Duration, Failed> {
        let mut took = Duration::ZERO;
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.process.wait_for(LOOK)? {
                break status;
            }
            // A busy machine keeps it waiting, which says nothing about the submission.
            let elapsed = began.elapsed();
            let cpu = threads::cpu_of_process(self.process.id());
            // Of a process that has ended nobody knows what it used.
            took = cpu.map_or(elapsed, |cpu| cpu.min(elapsed)).max(took);
            if self.rustc.workshop.stop.is_asked() {
                let why = io::Error::new(
                    io::ErrorKind::Interrupted,
                    "the grading is no longer wanted",
                );
                return Err(why.into());
            }
            let wall = self.limits.wall;
            if took > wall || elapsed > wall * stopwatch::MOST {
                return Err(Failed::Refused {
                    text: format!("rustc was stopped after {} s\n", elapsed.as_secs()),
                    doubt: Doubt::Limit,
                });
            }
        };
        if status.success() {
            return Ok(took);
        }
        self.output.wait();
        if self.limits.sandbox.gave_up(status) {
            return Err(io::Error::other(self.output.text().trim().to_owned()).into());
        }
        let (raw, dropped) = self.output.raw();
        let said = Said::read(&raw, dropped, self.rustc.dir);
        let mut text = self.rustc.shorten(&said.text);
        if status.code() != Some(1) {
            text.push_str(&format!(
                "rustc did not finish: {}\n",
                describe(status, &self.limits)
            ));
        }
        if let Some(why) = said.machine.or_else(|| ended_by_others(status)) {
            let why = format!("rustc failed: {}", self.rustc.shorten(&why));
            return Err(io::Error::other(why).into());
        }
        let doubt = match (status.signal(), said.doubtful) {
            (Some(_), _) => Doubt::Limit,
            (None, true) => Doubt::Machine,
            (None, false) => Doubt::None,
        };
        Err(Failed::Refused { text, doubt })
    }
}

/// Why this exit status is the machine's doing: no limit of ours sends these signals.
/// The first comes when memory runs out, the second when a file has shrunk or a disk
/// is full.
fn ended_by_others(status: ExitStatus) -> Option<String> {
    use rustix::process::Signal;
    let signal = status.signal()?;
    let from_outside = [Signal::KILL, Signal::BUS].map(Signal::as_raw);
    let is_it = from_outside.contains(&signal);
    is_it.then(|| describe(status, &Limits::default()))
}
