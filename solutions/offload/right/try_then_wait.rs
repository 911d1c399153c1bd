//! Right: takes a free permit at once and waits for one otherwise; the blocking closure owns it.

use std::panic::resume_unwind;
use std::sync::Arc;

use kit::{HashError, hash_password};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        Self { slots }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slot = self.slot().await;
        let hashing = spawn_blocking(move || {
            let answer = hash_password(&password);
            drop(slot);
            answer
        });
        match hashing.await {
            Ok(answer) => answer,
            Err(failed) => resume_unwind(failed.into_panic()),
        }
    }

    async fn slot(&self) -> OwnedSemaphorePermit {
        if let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
            return slot;
        }
        let slots = Arc::clone(&self.slots);
        slots.acquire_owned().await.expect("it is never closed")
    }
}
