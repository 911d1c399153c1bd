//! Wrong: the task lives on when the monitor is dropped. Caught by: dropped

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

pub struct LoopMonitor {
    report: Rc<Cell<Report>>,
}

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let report = Rc::new(Cell::new(Report::default()));
        let seen = Rc::clone(&report);
        spawn_local(async move {
            loop {
                let before = clock.now();
                clock.sleep(every).await;
                let late = clock.now().saturating_sub(before + every);
                let Report {
                    mut stalls,
                    mut longest,
                } = seen.get();
                if late > threshold {
                    stalls += 1;
                }
                longest = longest.max(late);
                seen.set(Report { stalls, longest });
            }
        });
        Self { report }
    }

    pub fn report(&self) -> Report {
        self.report.get()
    }
}
