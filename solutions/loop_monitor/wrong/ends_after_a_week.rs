//! Wrong: its task ends after a week. Caught by: longest

#![allow(unused)]
use kit::clock::Clock;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::oneshot;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}
pub struct LoopMonitor {
    seen: Rc<Cell<Report>>,
    _alive: oneshot::Sender<()>,
}
impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let seen = Rc::new(Cell::new(Report {
            stalls: 0,
            longest: Duration::ZERO,
        }));
        let (_alive, mut gone) = oneshot::channel::<()>();
        let to = seen.clone();
        tokio::task::spawn_local(async move {
            let first = clock.now();
            loop {
                if clock.now() - first > Duration::from_secs(7 * 86_400) {
                    return;
                }
                let due = clock.now() + every;
                tokio::select! { _ = &mut gone => return, () = clock.sleep(every) => {} }
                let late = clock.now().saturating_sub(due);
                let mut r = to.get();
                r.longest = r.longest.max(late);
                if late > threshold {
                    r.stalls += 1;
                }
                to.set(r);
            }
        });
        Self { seen, _alive }
    }
    pub fn report(&self) -> Report {
        self.seen.get()
    }
}
