//! Wrong: the task of a monitor that is dropped ends in a panic. Caught by: dropped

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
        let monitor = Rc::downgrade(&report);
        spawn_local(async move {
            loop {
                let due = clock.now() + every;
                clock.sleep(every).await;
                let late = clock.now().saturating_sub(due);
                let seen = monitor.upgrade().expect("the monitor is there");
                let Report { stalls, longest } = seen.get();
                seen.set(Report {
                    stalls: stalls + u64::from(late > threshold),
                    longest: longest.max(late),
                });
            }
        });
        Self { report }
    }

    pub fn report(&self) -> Report {
        self.report.get()
    }
}
