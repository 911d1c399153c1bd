//! Whether a worker that does not answer is stuck or merely slow.
//!
//! By what its loop thread does, not by the wall clock: on a busy machine a good
//! worker may be kept waiting for the processor. Stuck is a thread that sleeps
//! and has used no CPU time for a while, or one that has used far more CPU time
//! than any answer takes. Where other threads take part, stuck is also a loop that
//! sleeps while every other thread does: nobody is at work whom it could wait for.

use std::time::{Duration, Instant};

use super::threads::Threads;
use crate::limits::Limits;
use crate::stopwatch::Stopwatch;

/// The loop thread of one process.
#[derive(Debug)]
pub(super) struct Pulse {
    pid: u32,
    /// Since an answer was first found missing.
    waiting: Option<Stopwatch>,
    cpu_at_begin: Option<Duration>,
    asleep_since: Option<(Instant, Duration)>,
    /// What all threads had done when all of them were first seen asleep, and how
    /// often that was seen again.
    all_asleep: Option<(Threads, u32)>,
}

impl Pulse {
    pub(super) fn of(pid: u32) -> Pulse {
        Pulse {
            pid,
            waiting: None,
            cpu_at_begin: None,
            asleep_since: None,
            all_asleep: None,
        }
    }

    /// An answer is awaited from now on.
    pub(super) fn begin(&mut self) {
        self.waiting = None;
        self.cpu_at_begin = None;
        self.asleep_since = None;
        self.all_asleep = None;
    }

    /// How the thread is stuck, if it is. To be asked every few milliseconds.
    pub(super) fn stopped(&mut self, limits: &Limits) -> Option<String> {
        let now = Instant::now();
        let pid = self.pid;
        let waiting = *self
            .waiting
            .get_or_insert_with(|| Stopwatch::start().with(pid));
        if waiting.exceeds(limits.answer_wall) {
            return Some(format!("no answer for {} s", limits.answer_wall.as_secs()));
        }
        let (asleep, cpu) = thread_state(self.pid)?;
        let since_begin = cpu.saturating_sub(*self.cpu_at_begin.get_or_insert(cpu));
        if since_begin > limits.answer_cpu {
            return Some("its thread runs on and on without reaching an await".to_owned());
        }
        if let Some(looks) = limits.looks_all_asleep
            && self.all_sleep(asleep) > looks
        {
            return Some("its thread sleeps, and so does all else in the process, as when it waits for another thread that is held".to_owned());
        }
        match self.asleep_since {
            Some((since, cpu_then)) if asleep && cpu == cpu_then => {
                (now - since > limits.answer_asleep).then(|| {
                    "its thread is asleep, waiting for something that only the loop could bring about".to_owned()
                })
            }
            _ => {
                self.asleep_since = asleep.then_some((now, cpu));
                None
            }
        }
    }
}

impl Pulse {
    /// How often in a row every thread was seen asleep, without having run.
    fn all_sleep(&mut self, loop_sleeps: bool) -> u32 {
        let now = loop_sleeps
            .then(|| Threads::with_the_first(self.pid))
            .flatten();
        self.all_asleep = match (self.all_asleep.take(), now) {
            (_, None) => None,
            (Some((before, times)), Some(now)) if before == now => Some((now, times + 1)),
            (_, Some(now)) => Some((now, 0)),
        };
        self.all_asleep.as_ref().map_or(0, |(_, times)| *times)
    }
}

/// Whether the main thread of `pid` sleeps, and the CPU time it has used. `None`
/// where the system does not say; then only the wall clock ends a worker.
fn thread_state(pid: u32) -> Option<(bool, Duration)> {
    // proc(5): "pid (comm) state ppid …"; comm may hold spaces and parentheses.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    let state = fields.next()?;
    // utime and stime are the 14th and 15th field, in ticks.
    let mut ticks = fields.skip(10).map(|field| field.parse::<u64>().ok());
    let used = ticks.next()?? + ticks.next()??;
    let per_second = rustix::param::clock_ticks_per_second();
    // Not "D": who waits for the disk waits for the machine.
    Some((
        state == "S",
        Duration::from_millis(used * 1000 / per_second),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_state_of_our_own_main_thread_can_be_read() {
        let (_, cpu) = thread_state(std::process::id()).expect("proc is there");
        assert!(cpu < Duration::from_secs(3600));
    }
}
