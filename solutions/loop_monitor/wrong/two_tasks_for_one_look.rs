//! Wrong: one task keeps the time and wakes another one that looks. Caught by: idle

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use kit::clock::Clock;
use tokio::sync::Notify;
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

struct AbortOnDrop(JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let report = Rc::new(Cell::new(Report::default()));
        let seen = Rc::clone(&report);
        let task = spawn_local(async move {
            let tick = Rc::new(Notify::new());
            let ticking = Rc::clone(&tick);
            let timer = clock.clone();
            let _ticker = AbortOnDrop(spawn_local(async move {
                loop {
                    timer.sleep(every).await;
                    ticking.notify_one();
                }
            }));
            let mut last = clock.now();
            loop {
                tick.notified().await;
                let now = clock.now();
                let late = now.saturating_sub(last + every);
                last = now;
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
