//! Wrong: a `RefCell` stays borrowed during the hash, so a second caller at the same time panics. Caught by: right_results

use std::cell::RefCell;
use std::sync::Arc;

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    stats: RefCell<Stats>,
}

#[derive(Default)]
struct Stats {
    asked: u64,
    refused: u64,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        let stats = RefCell::default();
        Self { slots, stats }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let mut stats = self.stats.borrow_mut();
        stats.asked += 1;
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        let answer = hashing.await.expect("the hash panicked");
        stats.refused += u64::from(answer.is_err());
        answer
    }
}
