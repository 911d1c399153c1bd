//! Wrong: every hash gets a blocking thread, and tokio has hundreds of them. Caught by: bounded

use kit::{HashError, hash_password};
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService;

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(_max_parallel: usize) -> Self {
        Self
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let hashing = spawn_blocking(move || hash_password(&password));
        hashing.await.expect("the hash panicked")
    }
}
