//! Right: the readings go into a `watch` channel, and the task ends when nobody can read
//! them any more.

use std::time::Duration;

use kit::clock::Clock;
use tokio::sync::watch;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}

pub struct LoopMonitor(watch::Receiver<Report>);

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let (readings, report) = watch::channel(Report::default());
        tokio::task::spawn_local(async move {
            while !readings.is_closed() {
                let due = clock.now() + every;
                clock.sleep(every).await;
                let late = clock.now().saturating_sub(due);
                readings.send_modify(|report| {
                    report.stalls += u64::from(late > threshold);
                    report.longest = report.longest.max(late);
                });
            }
        });
        Self(report)
    }

    pub fn report(&self) -> Report {
        *self.0.borrow()
    }
}
