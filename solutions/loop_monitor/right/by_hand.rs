//! Right: a future written by hand looks at the clock in each of its polls.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use kit::clock::Clock;
use tokio::task::spawn_local;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}

struct Looking {
    clock: Clock,
    every: Duration,
    threshold: Duration,
    due: Duration,
    asleep: Option<Pin<Box<dyn Future<Output = ()>>>>,
    seen: Weak<Cell<Report>>,
}

impl Future for Looking {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        loop {
            if let Some(asleep) = &mut self.asleep {
                if asleep.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
                let Some(seen) = self.seen.upgrade() else {
                    return Poll::Ready(());
                };
                let late = self.clock.now().saturating_sub(self.due);
                let Report { stalls, longest } = seen.get();
                seen.set(Report {
                    stalls: stalls + u64::from(late > self.threshold),
                    longest: longest.max(late),
                });
            }
            self.due = self.clock.now() + self.every;
            let (clock, every) = (self.clock.clone(), self.every);
            self.asleep = Some(Box::pin(async move { clock.sleep(every).await }));
        }
    }
}

pub struct LoopMonitor(Rc<Cell<Report>>);

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let report = Rc::new(Cell::new(Report::default()));
        spawn_local(Looking {
            clock,
            every,
            threshold,
            due: Duration::ZERO,
            asleep: None,
            seen: Rc::downgrade(&report),
        });
        Self(report)
    }

    pub fn report(&self) -> Report {
        self.0.get()
    }
}
