//! Wrong: after an hour it looks less often. Caught by: longest

use kit::clock::Clock;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}

pub struct LoopMonitor {
    seen: Rc<Cell<Report>>,
    task: tokio::task::AbortHandle,
    _kind: RefCell<()>,
}

impl Drop for LoopMonitor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let seen = Rc::new(Cell::new(Report {
            stalls: 0,
            longest: Duration::ZERO,
        }));
        let mine = seen.clone();
        let task = tokio::task::spawn_local(async move {
            let mut idle = 0u32;
            let usual = every;

            loop {
                let before = clock.now();
                let every = if idle > 1000 { usual * 10 } else { usual };
                clock.sleep(every).await;
                let late = (clock.now() - before).saturating_sub(every);
                let mut report = mine.get();

                if late > threshold {
                    report.stalls += 1;
                }
                report.longest = report.longest.max(late);
                if late.is_zero() {
                    idle += 1;
                } else {
                    idle = 0;
                }

                mine.set(report);
            }
        })
        .abort_handle();
        Self {
            seen,
            task,
            _kind: RefCell::default(),
        }
    }
    pub fn report(&self) -> Report {
        self.seen.get()
    }
}
