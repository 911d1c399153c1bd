//! Wrong: a new monitor ends the task of the one before it. Caught by: two_monitors

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use kit::clock::Clock;
use tokio::task::{JoinHandle, spawn_local};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}

thread_local! {
    static TASK: RefCell<Option<JoinHandle<()>>> = const { RefCell::new(None) };
}

pub struct LoopMonitor(Rc<Cell<Report>>);

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let report = Rc::new(Cell::new(Report::default()));
        let seen = Rc::clone(&report);
        let task = spawn_local(async move {
            loop {
                let due = clock.now() + every;
                clock.sleep(every).await;
                let late = clock.now().saturating_sub(due);
                let Report { stalls, longest } = seen.get();
                seen.set(Report {
                    stalls: stalls + u64::from(late > threshold),
                    longest: longest.max(late),
                });
            }
        });
        if let Some(before) = TASK.replace(Some(task)) {
            before.abort();
        }
        Self(report)
    }

    pub fn report(&self) -> Report {
        self.0.get()
    }
}

impl Drop for LoopMonitor {
    fn drop(&mut self) {
        if let Some(task) = TASK.take() {
            task.abort();
        }
    }
}
