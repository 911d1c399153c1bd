//! Right: a task that may run anywhere writes to atomics; it ends when the sender of a
//! signal is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use kit::clock::Clock;
use tokio::sync::oneshot;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub stalls: u64,
    pub longest: Duration,
}

#[derive(Default)]
struct Readings {
    stalls: AtomicU64,
    longest_micros: AtomicU64,
}

pub struct LoopMonitor {
    readings: Arc<Readings>,
    _alive: oneshot::Sender<()>,
}

impl LoopMonitor {
    pub fn start(clock: Clock, every: Duration, threshold: Duration) -> Self {
        let (alive, mut gone) = oneshot::channel();
        let readings = Arc::new(Readings::default());
        let seen = Arc::clone(&readings);
        tokio::spawn(async move {
            loop {
                let due = clock.now() + every;
                tokio::select! {
                    _ = &mut gone => return,
                    () = clock.sleep(every) => {}
                }
                let late = clock.now().saturating_sub(due);
                if late > threshold {
                    seen.stalls.fetch_add(1, Ordering::Relaxed);
                }
                let micros = late.as_micros() as u64;
                seen.longest_micros.fetch_max(micros, Ordering::Relaxed);
            }
        });
        Self {
            readings,
            _alive: alive,
        }
    }

    pub fn report(&self) -> Report {
        Report {
            stalls: self.readings.stalls.load(Ordering::Relaxed),
            longest: Duration::from_micros(self.readings.longest_micros.load(Ordering::Relaxed)),
        }
    }
}
