//! Wrong: all monitors of the loop write the same readings. Caught by: two_monitors

use std::cell::Cell;
use std::time::Duration;

use kit::clock::Clock;
use tokio::task::{JoinHandle, spawn_local};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}

thread_local! {
    static SEEN: Cell<Report> = Cell::default();
}

pub struct LoopMonitor(JoinHandle<()>);

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        SEEN.take();
        Self(spawn_local(async move {
            loop {
                let due = clock.now() + every;
                clock.sleep(every).await;
                let late = clock.now().saturating_sub(due);
                let Report { stalls, longest } = SEEN.get();
                SEEN.set(Report {
                    stalls: stalls + u64::from(late > threshold),
                    longest: longest.max(late),
                });
            }
        }))
    }

    pub fn report(&self) -> Report {
        SEEN.get()
    }
}

impl Drop for LoopMonitor {
    fn drop(&mut self) {
        self.0.abort();
    }
}
