//! Wrong: the slot of every second caller that is dropped while its hash runs is lost. Caught by: dropped_hashing

use std::cell::Cell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    // How many callers were dropped while their hash ran.
    gone: Cell<u32>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        let gone = Cell::new(0);
        Self { slots, gone }
    }

    /// The hash of `password`, by [`kit::hash_password`], made on another thread.
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let keeps = Arc::new(AtomicBool::new(false));
        let mut caller = Caller {
            gone: &self.gone,
            keeps: Arc::clone(&keeps),
            is_told: false,
        };
        let hashing = spawn_blocking(move || {
            let hash = hash_password(&password);
            if keeps.load(Ordering::Acquire) {
                slot.forget();
            }
            hash
        });
        let joined = hashing.await;
        caller.is_told = true;
        joined.unwrap_or_else(|failed| resume_unwind(failed.into_panic()))
    }
}

/// Notices when its caller is dropped.
struct Caller<'a> {
    gone: &'a Cell<u32>,
    keeps: Arc<AtomicBool>,
    is_told: bool,
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        if !self.is_told {
            self.gone.set(self.gone.get() + 1);
            let is_second = self.gone.get().is_multiple_of(2);
            self.keeps.store(is_second, Ordering::Release);
        }
    }
}
