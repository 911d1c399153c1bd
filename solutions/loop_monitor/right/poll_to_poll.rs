//! Right: it measures from look to look, and what is longer than `every` was a stall.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use kit::clock::Clock;
use tokio::task::{JoinHandle, spawn_local};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}

pub struct LoopMonitor {
    report: Rc<Cell<Report>>,
    task: JoinHandle<()>,
}

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let report = Rc::new(Cell::new(Report::default()));
        let seen = Rc::clone(&report);
        let task = spawn_local(async move {
            let mut last = clock.now();
            loop {
                clock.sleep(every).await;
                let now = clock.now();
                let gap = now - std::mem::replace(&mut last, now);
                let mut report = seen.get();
                report.stalls += u64::from(gap > threshold + every);
                report.longest = report.longest.max(gap);
                seen.set(report);
            }
        });
        Self { report, task }
    }

    pub fn report(&self) -> Report {
        self.report.get()
    }
}

impl Drop for LoopMonitor {
    fn drop(&mut self) {
        self.task.abort();
    }
}
