//! Wrong: `let _ =` keeps nothing: the permit goes back in the line that took it. Caught by: bounded

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
        let _ = self.slots.acquire().await.expect("it is never closed");
        let hashing = spawn_blocking(move || hash_password(&password));
        hashing.await.expect("the hash panicked")
    }
}
