//! Wrong: after a stall it looks more often for a while. Caught by: no_burst

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
            let mut closely = 0;
            loop {
                let pause = if closely > 0 { every / 5 } else { every };
                closely = if closely > 0 { closely - 1 } else { 0 };
                let due = clock.now() + pause;
                clock.sleep(pause).await;
                let late = clock.now().saturating_sub(due);
                let Report { stalls, longest } = seen.get();
                if late > threshold {
                    closely = 10;
                }
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
