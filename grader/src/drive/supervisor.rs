//! The supervisor: starts a worker, talks to it, and ends it, whatever the worker does.
//!
//! Its main type is [`Worker`]: one process in a process group of its own. What a
//! worker fails to do is a [`Failure`], never a crash of the grader. Nothing here
//! knows what the messages mean.

mod channel;
pub mod output;
mod pulse;
mod signals;
mod threads;

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use play::failure::Failure;
use protocol::{Event, Hello, Order, PROTOCOL, Report};

use crate::drive::confined::Confined;
use crate::drive::limits::Limits;
use crate::drive::policies;
use crate::drive::program::Program;
use crate::drive::stopwatch::Stopwatch;
use channel::{Channel, Received};
use output::Output;
use pulse::Pulse;
pub use threads::Threads;

/// The most events of reports that are received together: many times what honest
/// submissions cause.
const MOST_EVENTS: usize = 100_000;

/// The most values of all reports of one process: many times what honest submissions cause. So
/// no process can make the grader keep more than some hundred megabytes.
const MOST_VALUES: usize = 8_000_000;

/// Longer texts are cut, in bytes: nobody reads them. Why a submission cannot be loaded is the
/// longest that is shown.
pub const LONGEST_TEXT: usize = 16 << 10;

/// No turn has more polls: see [`Settle`](protocol::Step::Settle).
const MOST_POLLS: u32 = 1 << 24;

/// How long a process may take to end after its channel was closed.
const REAPED: Duration = Duration::from_millis(200);

/// One worker process.
#[derive(Debug)]
pub struct Worker {
    process: Confined,
    channel: Channel,
    output: Output,
    pulse: Pulse,
    /// Since the grading began, the process measured as well.
    time: Stopwatch,
    /// The CPU time of the workers before it, and its own when last seen.
    used_before: Duration,
    used: Duration,
    /// How many values its reports had.
    values: usize,
    limits: Limits,
}

impl Worker {
    /// Starts `program` and waits until it says hello; `time` began with the grading.
    ///
    /// # Errors
    /// The outer error is the system's (the program cannot be started); the inner
    /// one the worker's.
    pub fn start(
        program: &Program,
        limits: &Limits,
        time: Stopwatch,
    ) -> io::Result<Result<Worker, Failure>> {
        let (ours, theirs) = UnixStream::pair()?;
        let policy = policies::running(&limits.sandbox, limits, program);
        let input = Stdio::from(OwnedFd::from(theirs));
        let mut process = Confined::spawn(&policy, limits, input)?;
        let output = Output::drain(process.child(), limits.output_bytes);
        let pulse = Pulse::of(process.id());
        let channel = Channel::new(ours)?;
        let limits = limits.clone();
        let time = time.with(process.id());
        let mut worker = Worker {
            process,
            channel,
            output,
            pulse,
            time,
            used_before: Duration::ZERO,
            used: Duration::ZERO,
            values: 0,
            limits,
        };
        if !program.prelude.is_empty() {
            worker.channel.queued().extend(&program.prelude);
            // One that does not take it will not say hello.
            let _ = worker.channel.flush();
        }
        let hello = worker.message(|line| serde_json::from_slice::<Hello>(line));
        if hello.is_err() {
            worker.complain_if_not_started()?;
        }
        Ok(match hello {
            Ok(Hello { protocol: PROTOCOL }) => Ok(worker),
            Ok(Hello { protocol }) => {
                Err(Failure::Garbled(format!("it speaks protocol {protocol}")))
            }
            Err(failure) => Err(failure),
        })
    }

    /// Sends orders. If an order cannot be sent, [`Worker::receive`] notices the
    /// missing answer; messages that come meanwhile are kept for it.
    pub fn send(&mut self, orders: &[Order]) {
        for order in orders {
            order.write(self.channel.queued());
        }
        let _ = self.channel.flush();
    }

    /// Collects the reports on orders that were sent, in the same order. Ends early, with
    /// the reason, at the first order that is not answered.
    pub fn receive(&mut self, orders: &[Order]) -> (Vec<Report>, Option<Failure>) {
        let mut reports = Vec::with_capacity(orders.len());
        let mut events = 0;
        for order in orders {
            match self.answer(order) {
                Ok(report) => {
                    events += report.steps.iter().map(Vec::len).sum::<usize>();
                    reports.push(report);
                    if events > MOST_EVENTS {
                        return (reports, Some(Failure::Restless));
                    }
                }
                Err(failure) => return (reports, Some(failure)),
            }
        }
        (reports, None)
    }

    /// Sends orders and collects the reports.
    pub fn exchange(&mut self, orders: &[Order]) -> (Vec<Report>, Option<Failure>) {
        self.send(orders);
        self.receive(orders)
    }

    fn answer(&mut self, order: &Order) -> Result<Report, Failure> {
        let mut report = self.message(Report::read)?;
        if report.run != order.run || report.steps.len() != order.steps.len() {
            let what = format!(
                "a report for run {} instead of run {}",
                report.run, order.run
            );
            return Err(Failure::Garbled(what));
        }
        let mut events = report.steps.iter().flatten();
        let is_impossible = |event: &Event| match event {
            Event::Settled {
                polls, of_calls, ..
            } => *polls.max(of_calls) > MOST_POLLS,
            _ => false,
        };
        if events.any(is_impossible) {
            return Err(Failure::Garbled(
                "more polls than a turn can have".to_owned(),
            ));
        }
        self.values += report.cut_texts(LONGEST_TEXT);
        if self.values > MOST_VALUES {
            return Err(Failure::Restless);
        }
        Ok(report)
    }

    /// The process's standard output and error so far.
    pub fn output(&self) -> String {
        self.output.text()
    }

    /// Since the grading began, this process measured as well.
    pub fn time(&self) -> Stopwatch {
        self.time
    }

    /// A stopwatch that starts now and measures this process as well.
    pub fn stopwatch(&self) -> Stopwatch {
        Stopwatch::start().with(self.process.id())
    }

    /// How many threads it has at this moment, including the loop's. `None` if the
    /// system does not say.
    pub fn count_threads(&self) -> Option<usize> {
        crate::drive::threads::of(self.process.id()).map(|ids| ids.len())
    }

    /// The grading ends after `wall`, sooner than its limits say.
    pub fn end_by(&mut self, wall: Duration) {
        self.limits.wall = wall;
    }

    /// The CPU time of the grading's workers before this one.
    pub fn comes_after(&mut self, used: Duration) {
        self.used_before = used;
    }

    /// The CPU time that it has used, as far as is known.
    pub fn cpu_used(&mut self) -> Duration {
        let now = crate::drive::threads::cpu_of_process(self.process.id());
        self.used = self.used.max(now.unwrap_or_default());
        self.used
    }

    /// What its threads do at this moment, the loop's excepted. `None` if the
    /// system does not say.
    pub fn threads(&self) -> Option<Threads> {
        Threads::of(self.process.id())
    }

    fn message<T>(&mut self, read: fn(&[u8]) -> serde_json::Result<T>) -> Result<T, Failure> {
        self.pulse.begin();
        loop {
            match self.channel.receive() {
                Received::Message(_) if self.time.exceeds(self.limits.wall) => {
                    return Err(Failure::OutOfTime(self.limits.wall.as_secs()));
                }
                Received::Message(line) => {
                    return read(&line)
                        .map_err(|error| Failure::Garbled(format!("not a message ({error})")));
                }
                Received::TooLong => {
                    return Err(Failure::Restless);
                }
                Received::Ended => return Err(Failure::Died(self.how_it_ended())),
                Received::Nothing => {
                    if self.time.exceeds(self.limits.wall) || self.limits.stop.is_asked() {
                        return Err(Failure::OutOfTime(self.limits.wall.as_secs()));
                    }
                    if self.used_before + self.cpu_used() > self.limits.cpu_in_all() {
                        return Err(Failure::OutOfTime(self.limits.cpu_in_all().as_secs()));
                    }
                    if let Some(how) = self.pulse.stopped(&self.limits) {
                        return Err(Failure::Blocked(how));
                    }
                }
            }
        }
    }

    /// The words of the launcher or the dynamic linker, if one gave up before the
    /// worker's program started.
    fn complain_if_not_started(&mut self) -> io::Result<()> {
        // The channel closes a moment before the process can be reaped.
        match self.process.wait_for(REAPED)? {
            Some(status) if self.limits.sandbox.gave_up(status) => {
                self.output.wait();
                Err(io::Error::other(self.output.text().trim().to_owned()))
            }
            // The dynamic linker's exit code and words mean that a library is gone or damaged.
            Some(status) if status.code() == Some(127) => {
                self.output.wait();
                let said = self.output.text();
                match said.contains("error while loading shared libraries") {
                    true => Err(io::Error::other(said.trim().to_owned())),
                    false => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Why the channel ended. A process that closed it and lives on is ended.
    fn how_it_ended(&mut self) -> String {
        match self.process.wait_for(REAPED) {
            Ok(Some(status)) => describe(status, &self.limits),
            _ => "it closed its channel and went on".to_owned(),
        }
    }
}

/// How a process ended, naming the limit if it was one.
pub fn describe(status: ExitStatus, limits: &Limits) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("it exited with code {code}"),
        (_, Some(signal)) => format!("it was ended by {}", signals::name(signal, limits)),
        _ => "it ended".to_owned(),
    }
}
