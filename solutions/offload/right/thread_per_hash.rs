//! Right: a thread for every hash, with a permit of a semaphore to run.

use std::sync::Arc;
use std::thread;

use kit::{HashError, hash_password};
use tokio::sync::{Semaphore, oneshot};

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    permits: Arc<Semaphore>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let permits = Arc::new(Semaphore::new(max_parallel));
        Self { permits }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let permits = Arc::clone(&self.permits);
        let permit = permits.acquire_owned().await.expect("it is never closed");
        let (caller, answer) = oneshot::channel();
        thread::spawn(move || {
            let answer = hash_password(&password);
            // Before the caller hears: what it does next may need the permit.
            drop(permit);
            let _ = caller.send(answer);
        });
        answer.await.expect("the hash panicked")
    }
}
