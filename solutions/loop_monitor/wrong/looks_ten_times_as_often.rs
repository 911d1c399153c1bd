//! Wrong: it looks ten times in each `every`, to be more precise. Caught by: idle

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
            let short = every / 10;
            loop {
                let due = clock.now() + short;
                clock.sleep(short).await;
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

    pub fn report(&self) -> Report {
        self.report.get()
    }
}

impl Drop for LoopMonitor {
    fn drop(&mut self) {
        self.task.abort();
    }
}
