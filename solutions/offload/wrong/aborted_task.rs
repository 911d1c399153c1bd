//! Wrong: aborts the task when the caller is dropped; that frees the slot and does not stop the hash. Caught by: dropped_hashing

use std::sync::Arc;

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, spawn_blocking};

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
        let task = tokio::spawn(async move {
            let _slot = slots.acquire_owned().await.expect("it is never closed");
            let hashing = spawn_blocking(move || hash_password(&password));
            hashing.await.expect("the hash panicked")
        });
        let _guard = AbortOnDrop(task.abort_handle());
        task.await.expect("the hash panicked")
    }
}

/// Nobody wants the hash of a caller that has gone.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
