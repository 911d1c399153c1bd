//! Right: a detached task owns the permit and the hash; the caller only awaits it, so a dropped one changes nothing.

use std::panic::resume_unwind;
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
        let task = tokio::spawn(async move {
            let _slot = slots.acquire().await.expect("it is never closed");
            spawn_blocking(move || hash_password(&password)).await
        });
        let hashed = task.await.expect("it is never aborted");
        hashed.unwrap_or_else(|failed| resume_unwind(failed.into_panic()))
    }
}
