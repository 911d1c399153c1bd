//! Wrong: a std lock is held across the await of the hash; the second caller blocks the thread that would let go of it. Caught by: loop_answers

use std::sync::{Arc, Mutex};

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    stats: Mutex<Stats>,
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
        let stats = Mutex::default();
        Self { slots, stats }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let mut stats = self.stats.lock().unwrap();
        stats.asked += 1;
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        let answer = hashing.await.expect("the hash panicked");
        stats.refused += u64::from(answer.is_err());
        answer
    }
}
