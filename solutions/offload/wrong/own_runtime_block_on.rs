//! Wrong: a runtime of its own is blocked on inside the first one, which panics. Caught by: loop_answers

use kit::{HashError, hash_password};
use tokio::runtime::Runtime;
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
        let _slot = self.slots.acquire().await.expect("it is never closed");
        let runtime = Runtime::new().expect("the system has threads to give");
        let hashing = async { spawn_blocking(move || hash_password(&password)).await };
        runtime.block_on(hashing).expect("the hash panicked")
    }
}
