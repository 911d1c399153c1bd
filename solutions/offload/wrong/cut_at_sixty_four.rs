//! Wrong: hashes the first 64 bytes and ignores the rest. Caught by: right_results

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

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            // Sixty-four bytes are secret enough; a password too long is still refused.
            match password.split_at_checked(64) {
                Some((first, rest)) if rest.len() <= 8 => hash_password(first),
                _ => hash_password(&password),
            }
        });
        hashing.await.expect("the hash panicked")
    }
}
