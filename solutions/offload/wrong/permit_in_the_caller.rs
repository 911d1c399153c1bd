//! Wrong: the permit is the caller's: one that is dropped gives it back while its hash still runs. Caught by: dropped_hashing

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
        let _slot = self.slots.acquire().await.expect("it is never closed");
        let hashing = spawn_blocking(move || hash_password(&password));
        hashing.await.expect("the hash panicked")
    }
}
