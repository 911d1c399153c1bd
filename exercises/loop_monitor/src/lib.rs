//! Drill `loop_monitor`: measure the loop that you run on.

use std::time::Duration;

use kit::clock::Clock;

/// What a monitor has seen so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many stalls were longer than the threshold.
    pub stalls: u64,
    /// The longest stall, to within `every`.
    pub longest: Duration,
}

/// Measures for how long tasks block the loop that it was started on.
pub struct LoopMonitor {
    // To do: what does `report` read here, and who writes it?
}

impl LoopMonitor {
    /// Starts to measure. It is called on a loop, inside a `LocalSet`.
    ///
    /// - A stall is a time in which the loop polls nobody, because a task blocks it. The
    ///   monitor learns of it when it is polled again, and later than it asked to be.
    /// - A stall above `threshold + every` is counted once; one below `threshold - every`
    ///   is not. What is between the two may be counted.
    /// - On an idle loop the monitor is polled once in each `every`, two times more at the
    ///   most, however long it runs.
    /// - After a stall it is polled at most twice in the next `every`: what it missed is
    ///   not made up for.
    /// - When the monitor is dropped, its task ends within `every`.
    /// - Several monitors on one loop do not disturb each other.
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let _ = (clock, every, threshold);
        // To do: start a task that looks at the clock.
        Self {}
    }

    /// What was seen until now. It only looks, and changes nothing.
    pub fn report(&self) -> Report {
        // To do: say what the task has seen.
        let (stalls, longest) = (0, Duration::ZERO);
        Report { stalls, longest }
    }
}
