//! Wrong: tries for a slot twice and then hashes without one. Caught by: bounded

use std::sync::Arc;

use kit::{HashError, hash_password};
use tokio::sync::{Semaphore, TryAcquireError};
use tokio::task::{spawn_blocking, yield_now};

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
        let slots = Arc::clone(&self.slots);
        let mut slot = Arc::clone(&slots).try_acquire_owned();
        if matches!(slot, Err(TryAcquireError::NoPermits)) {
            // Busy. One turn for the others should be enough.
            yield_now().await;
            slot = slots.try_acquire_owned();
        }
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        hashing.await.expect("the hash panicked")
    }
}
