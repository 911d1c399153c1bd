//! Drill `loop_monitor`: measure the loop that you run on.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use kit::clock::Clock;
use tokio::task::{JoinHandle, spawn_local};

/// What a monitor has seen so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many stalls were longer than the threshold.
    pub stalls: u64,
    /// The longest stall, to within `every`.
    pub longest: Duration,
}

/// Measures for how long tasks block the loop that it was started on.
pub struct LoopMonitor {
    report: Rc<Cell<Report>>,
    task: JoinHandle<()>,
}

impl LoopMonitor {
    /// Starts to measure.
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let report = Rc::new(Cell::new(Report::default()));
        let seen = Rc::clone(&report);
        let task = spawn_local(async move {
            loop {
                let due = clock.now() + every;
                clock.sleep(every).await;
                // The next sleep begins now, and not when it was due: what was missed is
                // not made up for.
                let late = clock.now().saturating_sub(due);
                let Report { stalls, longest } = seen.get();
                seen.set(Report {
                    stalls: stalls + u64::from(late > threshold),
                    longest: longest.max(late),
                });
            }
        });
        Self { report, task }
    }

    /// What was seen until now.
    pub fn report(&self) -> Report {
        self.report.get()
    }
}

impl Drop for LoopMonitor {
    /// The task holds the readings, and would go on for ever.
    fn drop(&mut self) {
        self.task.abort();
    }
}
