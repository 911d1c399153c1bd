//! Wrong: every fiftieth hash retires its slot, and nobody adds a new one. Caught by: busy_service

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    hashed: Arc<AtomicUsize>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        let hashed = Arc::default();
        Self { slots, hashed }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let hashed = Arc::clone(&self.hashed);
        let hashing = spawn_blocking(move || {
            let answer = hash_password(&password);
            if (hashed.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(50) {
                // Fifty are enough for one thread; tokio starts a new one.
                slot.forget();
            }
            answer
        });
        hashing.await.expect("the hash panicked")
    }
}
