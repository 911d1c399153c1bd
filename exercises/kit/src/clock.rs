//! The clock of `loop_monitor`. Its main type is [`Clock`].

use std::time::Duration;

use tokio::task::yield_now;
use tokio::time::Instant;

/// A handle to a clock. Clones are cheap and show the same time; a `Clock` may be sent to
/// and used from any thread.
///
/// Time is tokio's: in your own tests it is virtual, and moves when all tasks wait. Under
/// the grader it also moves while a task blocks the loop.
#[derive(Clone, Debug)]
pub struct Clock {
    began: Instant,
    #[cfg(feature = "supervised")]
    sleeps: supervised::Sleeps,
}

impl Clock {
    /// A clock that begins now, on a loop. For your own experiments and the public tests,
    /// where `tokio::time::advance(time).await` does what a task does that keeps the loop
    /// for so long.
    pub fn simulated() -> Clock {
        Clock {
            began: Instant::now(),
            #[cfg(feature = "supervised")]
            sleeps: supervised::Sleeps::default(),
        }
    }

    /// How much time has passed since the clock began.
    pub fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Waits until so much time has passed: at least until everybody else who is ready has
    /// had a turn, and for longer than `wait` only if a task blocks the loop.
    pub async fn sleep(&self, wait: Duration) {
        #[cfg(feature = "supervised")]
        let _under_way = self.sleeps.begin();
        match wait.is_zero() {
            true => yield_now().await,
            false => tokio::time::sleep(wait).await,
        }
    }
}

#[cfg(feature = "supervised")]
mod supervised {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::Clock;
    use crate::supervised::Supply;

    /// How many sleeps of a clock and its clones are under way.
    #[derive(Clone, Debug, Default)]
    pub(super) struct Sleeps(Arc<AtomicU64>);

    impl Sleeps {
        /// A sleep that ends when this is dropped.
        pub(super) fn begin(&self) -> Sleep {
            self.0.fetch_add(1, Ordering::Relaxed);
            Sleep(self.clone())
        }
    }

    /// A sleep that was polled, and is neither over nor dropped.
    pub(super) struct Sleep(Sleeps);

    impl Drop for Sleep {
        fn drop(&mut self) {
            let Sleep(Sleeps(under_way)) = self;
            under_way.fetch_sub(1, Ordering::Relaxed);
        }
    }

    impl Clock {
        /// How many calls of `sleep` have been polled, and are neither over nor dropped.
        pub fn sleeps_under_way(&self) -> u64 {
            self.sleeps.0.load(Ordering::Relaxed)
        }
    }

    impl Supply {
        /// A clock that begins now.
        pub fn clock(&self) -> Clock {
            Clock::simulated()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_sleep_ends_on_time_and_late_only_when_somebody_blocks() {
        let clock = Clock::simulated();
        clock.sleep(Duration::from_millis(10)).await;
        assert_eq!(clock.now(), Duration::from_millis(10));
        let sleeping = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep(Duration::from_millis(10)).await }
        });
        yield_now().await;
        tokio::time::advance(Duration::from_millis(300)).await;
        sleeping.await.expect("it does not panic");
        assert_eq!(clock.now(), Duration::from_millis(310));
    }
}
