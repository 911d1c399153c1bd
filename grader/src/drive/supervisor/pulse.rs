//! Whether a worker that does not answer is stuck or merely slow.
//!
//! It decides by what the loop's thread does, not by the wall clock: on a busy
//! machine a good worker may be kept waiting for the processor. A thread is stuck
//! when it sleeps and has not run for a while with no other thread at work, or when
//! it has used far more CPU time than any answer takes. Where other threads take
//! part, a loop is also stuck when it sleeps while every other thread sleeps, for
//! however short a while: there is nothing left that it could wait for.

use std::time::{Duration, Instant};

use super::threads::Threads;
use crate::drive::limits::Limits;
use crate::drive::stopwatch::Stopwatch;
use crate::drive::threads as of_system;

/// The loop thread of one process.
#[derive(Debug)]
pub(super) struct Pulse {
    pid: u32,
    /// Measures since an answer was first found missing.
    waiting: Option<Stopwatch>,
    cpu_at_begin: Option<Duration>,
    nap: Nap,
    /// The state of all threads when they were first seen asleep, and how often
    /// it was seen again.
    all_asleep: Option<(Threads, u32)>,
}

impl Pulse {
    pub(super) fn of(pid: u32) -> Pulse {
        Pulse {
            pid,
            waiting: None,
            cpu_at_begin: None,
            nap: Nap::default(),
            all_asleep: None,
        }
    }

    /// Notes that an answer is awaited from now on.
    pub(super) fn begin(&mut self) {
        self.waiting = None;
        self.cpu_at_begin = None;
        self.nap = Nap::default();
        self.all_asleep = None;
    }

    /// How the thread is stuck, if it is. Call this every few milliseconds.
    pub(super) fn stopped(&mut self, limits: &Limits) -> Option<String> {
        let now = Instant::now();
        let pid = self.pid;
        let waiting = *self
            .waiting
            .get_or_insert_with(|| Stopwatch::start().with(pid));
        if waiting.exceeds(limits.answer_wall) {
            return Some(format!("no answer for {} s", limits.answer_wall.as_secs()));
        }
        // If the system does not say, only the wall clock ends a worker.
        let doing = of_system::doing(pid, pid)?;
        let (asleep, cpu) = (doing.sleeps(), doing.cpu());
        let since_begin = cpu.saturating_sub(*self.cpu_at_begin.get_or_insert(cpu));
        if since_begin > limits.answer_cpu {
            return Some("its thread runs on and on without reaching an await".to_owned());
        }
        if let Some(looks) = limits.looks_all_asleep
            && self.all_sleep(asleep) > looks
        {
            return Some("its thread sleeps, and so does everything else in the process, as when it waits for another thread that is held".to_owned());
        }
        let ran = asleep.then(|| Ran {
            cpu,
            turns: of_system::used(pid, pid).map(|used| used.turns),
        });
        let others_sleep = || Threads::of(self.pid).is_none_or(|others| others.sleep());
        self.nap
            .is_longer_than(limits.answer_asleep, now, ran, others_sleep)
            .then(|| {
                "its thread is asleep, waiting for something that only the loop could bring about"
                    .to_owned()
            })
    }
}

/// A measure of what a thread has done so far: equal as long as it has not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ran {
    cpu: Duration,
    /// How often it was put on a processor, if the system tells.
    turns: Option<u64>,
}

/// How often a thread must be found asleep: between two looks the machine may have
/// kept the grader waiting as well.
const LOOKS: u32 = 20;

/// The loop thread's sleep, while it lasts.
#[derive(Debug, Default)]
struct Nap {
    since: Option<(Instant, Ran)>,
    looks: u32,
}

impl Nap {
    /// Notes a look at the thread: what it had done, if it was asleep. Returns whether it
    /// has slept for longer than `limit` with no other thread at work that may be about to
    /// wake it. A thread that holds a lock and waits for a processor counts as at work.
    fn is_longer_than(
        &mut self,
        limit: Duration,
        now: Instant,
        ran: Option<Ran>,
        others_sleep: impl FnOnce() -> bool,
    ) -> bool {
        match (self.since, ran) {
            (Some((since, then)), Some(ran)) if ran == then => {
                self.looks += 1;
                if now - since <= limit || self.looks < LOOKS {
                    return false;
                }
                if others_sleep() {
                    return true;
                }
            }
            _ => {}
        }
        self.since = ran.map(|ran| (now, ran));
        self.looks = 0;
        false
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

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_millis(300);

    /// Looks at a sleeping thread every tenth of a second.
    fn looks_until_stuck(nap: &mut Nap, others_sleep: bool) -> Option<u32> {
        let begin = Instant::now();
        (0..60).find(|look| {
            let now = begin + *look * Duration::from_millis(100);
            nap.is_longer_than(LIMIT, now, Some(had_run(7)), || others_sleep)
        })
    }

    fn had_run(turns: u64) -> Ran {
        let turns = Some(turns);
        let cpu = Duration::ZERO;
        Ran { cpu, turns }
    }

    #[test]
    fn a_loop_that_sleeps_is_stuck_only_when_nobody_is_at_work() {
        assert_eq!(looks_until_stuck(&mut Nap::default(), true), Some(LOOKS));
        assert_eq!(looks_until_stuck(&mut Nap::default(), false), None);
    }

    #[test]
    fn a_grader_that_was_kept_waiting_has_seen_no_long_sleep() {
        let (mut nap, begin) = (Nap::default(), Instant::now());
        for seconds in [0, 5] {
            let now = begin + Duration::from_secs(seconds);
            assert!(!nap.is_longer_than(LIMIT, now, Some(had_run(7)), || true));
        }
    }

    #[test]
    fn a_loop_that_ran_between_two_looks_has_not_slept_all_the_while() {
        let (mut nap, begin) = (Nap::default(), Instant::now());
        for look in 0..4 * LOOKS {
            let now = begin + look * LIMIT;
            let ran = had_run(u64::from(look / 2));
            assert!(!nap.is_longer_than(LIMIT, now, Some(ran), || true));
        }
    }
}
