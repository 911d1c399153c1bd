//! Wrong: numbers are called in order, and the line waits for a dropped caller's number for ever. Caught by: dropped_waiting

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use kit::{HashError, hash_password};
use tokio::sync::{Semaphore, watch};
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    tickets: AtomicUsize,
    // A semaphore alone might not be fair.
    now_serving: watch::Sender<usize>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(max_parallel)),
            tickets: AtomicUsize::new(0),
            now_serving: watch::Sender::new(0),
        }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let ticket = self.tickets.fetch_add(1, Ordering::Relaxed);
        let mut display = self.now_serving.subscribe();
        let called = display.wait_for(|number| *number == ticket).await;
        drop(called.expect("the service holds the sender"));
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        self.now_serving.send_modify(|number| *number += 1);
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        hashing.await.expect("the hash panicked")
    }
}
