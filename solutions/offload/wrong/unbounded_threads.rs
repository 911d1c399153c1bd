//! Wrong: a thread for every hash, however many hash already. Caught by: bounded

use std::thread;

use kit::{HashError, hash_password};
use tokio::sync::oneshot;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService;

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(_max_parallel: usize) -> Self {
        Self
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        thread::spawn(move || {
            let _ = caller.send(hash_password(&password));
        });
        answer.await.expect("the hash panicked")
    }
}
