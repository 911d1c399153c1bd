//! Wrong: the slot of a hash that is over is given back a minute later. Caught by: no_busy_wait

use std::sync::Arc;
use std::time::Duration;

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::{spawn_blocking, spawn_local};
use tokio::time::sleep;

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
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let slot = slot.expect("it is never closed");
        let hash = spawn_blocking(move || (hash_password(&password), slot));
        let (hash, slot) = hash.await.expect("the hash panicked");
        spawn_local(async move {
            sleep(Duration::from_secs(60)).await;
            drop(slot);
        });
        hash
    }
}
