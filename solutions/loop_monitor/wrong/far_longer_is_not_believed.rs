//! Wrong: a stall far longer than the longest so far is taken for a jump of the clock. Caught by: longest

use kit::clock::Clock;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}
#[derive(Default)]
struct Seen {
    stalls: Cell<u64>,
    longest: Cell<Duration>,
    log: RefCell<Vec<Duration>>,
    prev: Cell<Duration>,
    over: Cell<bool>,
}
pub struct LoopMonitor {
    seen: Rc<Seen>,
}

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let seen = Rc::new(Seen::default());
        let s = seen.clone();

        tokio::task::spawn_local(async move {
            let mut last = clock.now();
            loop {
                clock.sleep(every).await;
                if Rc::strong_count(&s) == 1 {
                    return;
                }
                let now = clock.now();
                let late = (now - last).saturating_sub(every);
                if s.longest.get() == Duration::ZERO || late < s.longest.get() * 10 || late <= every
                {
                    s.longest.set(s.longest.get().max(late));
                }
                if late > threshold {
                    s.stalls.set(s.stalls.get() + 1);
                }
                last = clock.now();
            }
        });
        Self { seen }
    }
    pub fn report(&self) -> Report {
        Report {
            stalls: self.seen.stalls.get(),
            longest: self.seen.longest.get(),
        }
    }
}
