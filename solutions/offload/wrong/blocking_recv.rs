//! Wrong: tokio's `blocking_recv` is for other threads; on the loop it panics. Caught by: loop_answers

use kit::{HashError, hash_password};
use tokio::sync::{Semaphore, oneshot};
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
        let (caller, answer) = oneshot::channel();
        spawn_blocking(move || {
            let _ = caller.send(hash_password(&password));
        });
        answer.blocking_recv().expect("the hash panicked")
    }
}
