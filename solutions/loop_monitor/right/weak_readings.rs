//! Right: the task holds the readings weakly, and ends when the monitor is gone.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use kit::clock::Clock;
use tokio::task::spawn_local;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}

pub struct LoopMonitor(Rc<Cell<Report>>);

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let report = Rc::new(Cell::new(Report::default()));
        let seen = Rc::downgrade(&report);
        spawn_local(async move {
            loop {
                let before = clock.now();
                clock.sleep(every).await;
                let Some(seen) = seen.upgrade() else { return };
                let late = clock.now() - before - every;
                let mut report = seen.get();
                if late > threshold {
                    report.stalls += 1;
                }
                report.longest = report.longest.max(late);
                seen.set(report);
            }
        });
        Self(report)
    }

    pub fn report(&self) -> Report {
        self.0.get()
    }
}
