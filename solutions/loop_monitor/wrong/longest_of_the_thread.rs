//! Wrong: the longest stall is kept for the thread, so a monitor that is started later reports one it never saw. Caught by: two_monitors

use kit::clock::Clock;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}
thread_local! { static LONGEST: Cell<Duration> = const { Cell::new(Duration::ZERO) }; static ALIVE: Cell<u32> = const { Cell::new(0) } }
pub struct LoopMonitor {
    stalls: Rc<Cell<u64>>,
    task: tokio::task::JoinHandle<()>,
}
impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        if ALIVE.get() == 0 {
            LONGEST.set(Duration::ZERO);
        }
        ALIVE.set(ALIVE.get() + 1);
        let stalls = Rc::new(Cell::new(0));
        let seen = Rc::clone(&stalls);
        let task = tokio::task::spawn_local(async move {
            loop {
                let due = clock.now() + every;
                clock.sleep(every).await;
                let late = clock.now().saturating_sub(due);
                LONGEST.set(LONGEST.get().max(late));
                if late > threshold {
                    seen.set(seen.get() + 1);
                }
            }
        });
        Self { stalls, task }
    }
    pub fn report(&self) -> Report {
        Report {
            stalls: self.stalls.get(),
            longest: LONGEST.get(),
        }
    }
}
impl Drop for LoopMonitor {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
        self.task.abort();
    }
}
