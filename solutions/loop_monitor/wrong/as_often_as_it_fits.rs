//! Wrong: a stall is counted as often as the threshold fits into it. Caught by: counted

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
            loop {
                let before = clock.now();
                clock.sleep(every).await;
                let late = clock.now().saturating_sub(before + every);
                let Report {
                    mut stalls,
                    mut longest,
                } = seen.get();
                if !threshold.is_zero() {
                    stalls += (late.as_micros() / threshold.as_micros()) as u64;
                }
                longest = longest.max(late);
                seen.set(Report { stalls, longest });
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
