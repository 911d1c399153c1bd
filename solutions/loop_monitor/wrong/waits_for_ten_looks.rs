//! Wrong: only every tenth look asks whether the monitor is still there. Caught by: dropped

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
        let seen = Rc::clone(&report);
        spawn_local(async move {
            for look in 1_u64.. {
                let before = clock.now();
                clock.sleep(every).await;
                if look % 10 == 0 && Rc::strong_count(&seen) == 1 {
                    return;
                }
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
