//! Wrong: all services share the slots of the first. Caught by: right_results

use std::panic::resume_unwind;
use std::sync::{Arc, OnceLock};

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

static SLOTS: OnceLock<Arc<Semaphore>> = OnceLock::new();

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = SLOTS.get_or_init(|| Arc::new(Semaphore::new(max_parallel)));
        let slots = Arc::clone(slots);
        Self { slots }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let mut hashing = JoinSet::new();
        hashing.spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        let joined = hashing.join_next().await.expect("it holds one task");
        joined.unwrap_or_else(|failed| resume_unwind(failed.into_panic()))
    }
}
