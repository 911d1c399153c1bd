//! Wrong: a counter's lock is taken before the hash and let go after it; the loop wants it meanwhile. Caught by: loop_answers

use std::sync::{Arc, Mutex, MutexGuard};

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    stats: Arc<Mutex<Stats>>,
}

#[derive(Default)]
struct Stats {
    asked: u64,
    hashed: u64,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        let stats = Arc::default();
        Self { slots, stats }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        lock(&self.stats).asked += 1;
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let stats = Arc::clone(&self.stats);
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            let mut stats = lock(&stats);
            let answer = hash_password(&password);
            stats.hashed += 1;
            answer
        });
        hashing.await.expect("the hash panicked")
    }
}

/// Counting goes on after a panic.
fn lock(stats: &Mutex<Stats>) -> MutexGuard<'_, Stats> {
    stats
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}
