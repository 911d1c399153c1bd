//! Wrong: the `?` after the hash leaves before the slot is given back. Caught by: too_long

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
        slot.forget();
        let slots = Arc::clone(&self.slots);
        let hashing = spawn_blocking(move || {
            let hash = hash_password(&password)?;
            slots.add_permits(1);
            Ok(hash)
        });
        hashing.await.expect("the hash panicked")
    }
}
