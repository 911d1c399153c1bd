//! From two readings to a stall: the rule that the module's head explains.

use std::time::Duration;

use super::off_loop::{Excuse, OffLoopWork};
use super::{PollReading, Reading, micros};

/// A poll that was blocked for less did not wait for work elsewhere: it met a
/// lock, or a page that had to be fetched.
const WAITED_FOR_WORK: Duration = Duration::from_millis(1);

/// What a thread did between two of its readings.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts {
    pub(super) wall: Duration,
    pub(super) running: Duration,
    pub(super) run_queue: Duration,
    pub(super) blocked: Duration,
    pub(super) voluntary_switches: u64,
}

impl Parts {
    pub(super) fn between(before: &Reading, after: &Reading) -> Parts {
        let wall = after.at.saturating_sub(before.at);
        let running = after.cpu.saturating_sub(before.cpu).min(wall);
        let run_queue = match (before.run_queue, after.run_queue) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => Duration::ZERO,
        };
        let voluntary_switches = match (before.voluntary_switches, after.voluntary_switches) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => 0,
        };
        let blocked = if voluntary_switches > 0 {
            wall.saturating_sub(running + run_queue)
        } else {
            Duration::ZERO
        };
        Parts {
            wall,
            running,
            run_queue,
            blocked,
            voluntary_switches,
        }
    }

    /// The time that an idle machine would have taken as well.
    pub(super) fn own(&self) -> Duration {
        self.running + self.blocked
    }
}

/// The times of the poll between two readings.
pub(super) fn reading(before: &Reading, after: &Reading, off_loop: &OffLoopWork) -> PollReading {
    let parts = Parts::between(before, after);
    let excuse = if parts.blocked >= WAITED_FOR_WORK {
        off_loop.excuse(before.at, after.at)
    } else {
        Excuse::default()
    };
    let excused = excuse.delayed.min(parts.blocked);
    let stall = (parts.own() - excused).max(excuse.worked);
    PollReading {
        start_micros: micros(before.at),
        wall_micros: micros(parts.wall),
        stall_micros: micros(stall),
        cpu_micros: micros(parts.running),
        run_queue_micros: micros(parts.run_queue),
        blocked_micros: micros(parts.blocked),
        excused_micros: micros(excused),
        voluntary_switches: parts.voluntary_switches,
    }
}
