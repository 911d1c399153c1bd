//! Wrong: the first error is kept for everyone: after one password that is too long, the service refuses them all. Caught by: too_long

use std::sync::{Arc, OnceLock};

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    failed: OnceLock<HashError>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        let failed = OnceLock::new();
        Self { slots, failed }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        if let Some(error) = self.failed.get() {
            return Err(error.clone());
        }
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        let answer = hashing.await.expect("the hash panicked");
        answer.inspect_err(|error| {
            let _ = self.failed.set(error.clone());
        })
    }
}
