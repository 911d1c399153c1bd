//! Wrong: cuts a password that is too long to the 72 bytes that are read, and calls it hashed. Caught by: too_long

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
    pub async fn hash(&self, mut password: String) -> Result<String, HashError> {
        let slots = Arc::clone(&self.slots);
        // bcrypt reads no more than this anyway.
        password.truncate(password.floor_char_boundary(72));
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        hashing.await.expect("the hash panicked")
    }
}
