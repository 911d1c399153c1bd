//! Wrong: an end wakes all waiting callers, and none looks again whether there is room. Caught by: bounded

use std::sync::{Arc, Mutex};

use kit::{HashError, hash_password};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    max_parallel: usize,
    running: Arc<Running>,
}

#[derive(Default)]
struct Running {
    count: Mutex<usize>,
    ended: Notify,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let running = Arc::default();
        Self {
            max_parallel,
            running,
        }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        // Made before the look, so that no end is missed.
        let ended = self.running.ended.notified();
        let full = *self.running.count.lock().unwrap() >= self.max_parallel;
        if full {
            ended.await;
        }
        *self.running.count.lock().unwrap() += 1;
        let slot = Slot(Arc::clone(&self.running));
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        hashing.await.expect("the hash panicked")
    }
}

struct Slot(Arc<Running>);

impl Drop for Slot {
    fn drop(&mut self) {
        *self.0.count.lock().unwrap() -= 1;
        self.0.ended.notify_waiters();
    }
}
