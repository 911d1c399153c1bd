//! Wrong: the line that gives the slot back is the caller's, and a dropped caller never gets there. Caught by: dropped_hashing

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Semaphore,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Semaphore::new(max_parallel);
        Self { slots }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slot = self.slots.acquire().await.expect("it is never closed");
        // The hash keeps it, even when this caller goes.
        slot.forget();
        let hashed = spawn_blocking(move || hash_password(&password)).await;
        self.slots.add_permits(1);
        hashed.expect("the hash panicked")
    }
}
