//! Drill `offload`: keep the loop responsive while passwords are hashed.

use std::panic::resume_unwind;
use std::sync::Arc;

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
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

    /// The hash of `password`, by [`kit::hash_password`], made on another thread.
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let hashing = spawn_blocking(move || {
            // Owned by the hash, not by the caller: a dropped caller does not stop
            // the hash, so it must not free the slot either.
            let _slot = slot;
            hash_password(&password)
        });
        // The only way to fail is that the hash panicked; that is this caller's panic.
        let joined = hashing.await;
        joined.unwrap_or_else(|failed| resume_unwind(failed.into_panic()))
    }
}
