//! Time limits that hold on a busy machine as on an idle one.
//!
//! Its main type is [`Stopwatch`]. It leaves out the time in which the measured threads
//! were ready to run and the machine ran others, since that says nothing about a
//! submission. Linux counts this for each thread; on other systems this is a plain clock.

use std::time::{Duration, Instant};

use crate::drive::threads;

/// After this many times its length a limit holds in any case: a submission can keep
/// itself waiting, by many threads.
pub const MOST: u32 = 4;

/// Measures how long this thread, and the main thread of one process, have been at work.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    began: Instant,
    /// How long this thread had waited by then.
    own: Duration,
    /// Another process, and how long it had waited when it was first measured.
    other: Option<(u32, Duration)>,
    /// How long processes waited that are not measured any more.
    spared: Duration,
}

impl Stopwatch {
    /// Starts now. Only the same thread may ask it.
    pub fn start() -> Stopwatch {
        Stopwatch {
            began: Instant::now(),
            own: own_waited().unwrap_or_default(),
            other: None,
            spared: Duration::ZERO,
        }
    }

    /// The same, measuring process `pid` as well from now on, in place of any other one.
    pub fn with(self, pid: u32) -> Stopwatch {
        let waited = waited(pid).unwrap_or_default();
        Stopwatch {
            other: Some((pid, waited)),
            ..self.alone()
        }
    }

    /// The same, measuring no other process from now on.
    pub fn alone(self) -> Stopwatch {
        Stopwatch {
            other: None,
            spared: self.spared + self.other_waited(),
            ..self
        }
    }

    /// Whether more than `limit` has passed.
    pub fn exceeds(&self, limit: Duration) -> bool {
        let elapsed = self.began.elapsed();
        // The system is asked only when the answer matters.
        elapsed > limit && is_over(elapsed, limit, self.kept_waiting())
    }

    /// How long it has been, without the time in which those measured were kept waiting.
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed().saturating_sub(self.kept_waiting())
    }

    /// How long other processes kept the measured threads waiting.
    fn kept_waiting(&self) -> Duration {
        let own = own_waited().unwrap_or_default();
        own.saturating_sub(self.own) + self.spared + self.other_waited()
    }

    fn other_waited(&self) -> Duration {
        let waited = self
            .other
            .and_then(|(pid, before)| Some((waited(pid)?, before)));
        waited.map_or(Duration::ZERO, |(now, before)| now.saturating_sub(before))
    }
}

fn is_over(elapsed: Duration, limit: Duration, kept_waiting: Duration) -> bool {
    elapsed > limit * MOST || elapsed.saturating_sub(kept_waiting) > limit
}

/// How long the first thread of process `pid` has waited for a processor in all.
fn waited(pid: u32) -> Option<Duration> {
    threads::used(pid, pid).map(|used| used.waited)
}

/// The same for this thread.
fn own_waited() -> Option<Duration> {
    threads::used_by_this_one().map(|used| used.waited)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    fn is_over_after(elapsed: u64, kept_waiting: u64) -> bool {
        let seconds = Duration::from_secs;
        is_over(seconds(elapsed), LIMIT, seconds(kept_waiting))
    }

    #[test]
    fn time_in_which_others_ran_is_left_out() {
        assert!(!is_over_after(10, 0) && is_over_after(11, 0));
        assert!(!is_over_after(30, 20) && is_over_after(31, 20));
    }

    #[test]
    fn a_submission_that_keeps_itself_waiting_gains_a_bounded_time() {
        assert!(!is_over_after(40, 40) && is_over_after(41, 41));
    }

    #[test]
    fn what_a_process_waited_still_counts_when_another_one_follows() {
        let pid = std::process::id();
        let mut watch = Stopwatch::start().with(pid);
        watch.other = Some((pid, Duration::ZERO));
        let waited = watch.other_waited();
        assert!(watch.alone().spared >= waited && watch.with(pid).spared >= waited);
        assert!(watch.alone().kept_waiting() >= waited);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_system_says_how_long_a_thread_was_kept_waiting() {
        assert!(own_waited().is_some());
        assert!(waited(std::process::id()).is_some());
    }
}
