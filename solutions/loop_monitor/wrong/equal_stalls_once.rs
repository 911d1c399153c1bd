//! Wrong: a stall as long as the one before is taken for the same. Caught by: counted

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
            loop {
                let before = clock.now();
                clock.sleep(every).await;
                let late = (clock.now() - before).saturating_sub(every);
                let mut report = mine.get();

                if late > threshold && late != report.longest {
                    report.stalls += 1;
                }
                report.longest = report.longest.max(late);

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
