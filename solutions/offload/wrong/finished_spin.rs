//! Wrong: asks the thread again and again whether it is finished, with a yield between. Caught by: no_busy_wait

use std::sync::Arc;
use std::thread;

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::yield_now;

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
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let hashing = thread::spawn(move || {
            let _slot = slot;
            hash_password(&password)
        });
        while !hashing.is_finished() {
            yield_now().await;
        }
        // Joins at once: it is finished.
        hashing.join().expect("the hash panicked")
    }
}
