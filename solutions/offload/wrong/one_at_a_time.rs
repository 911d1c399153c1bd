//! Wrong: one lock around the hash, whatever `max_parallel` says. Caught by: parallel

use std::sync::Arc;

use kit::{HashError, hash_password};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    turn: Arc<Mutex<()>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(_max_parallel: usize) -> Self {
        let turn = Arc::default();
        Self { turn }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let hashing = spawn_blocking(move || {
            let _turn = turn;
            hash_password(&password)
        });
        hashing.await.expect("the hash panicked")
    }
}
