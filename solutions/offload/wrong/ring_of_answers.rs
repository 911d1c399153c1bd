//! Wrong: a ring of 128 places for waiting callers; the 129th takes the place of the first. Caught by: busy_service

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use kit::{HashError, hash_password};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::spawn_blocking;

type Place = Mutex<Option<oneshot::Sender<Result<String, HashError>>>>;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    ring: Arc<[Place; 128]>,
    calls: AtomicUsize,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(max_parallel)),
            ring: Arc::new([const { Place::new(None) }; 128]),
            calls: AtomicUsize::new(0),
        }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let place = self.calls.fetch_add(1, Ordering::Relaxed) % self.ring.len();
        let (caller, answer) = oneshot::channel();
        *self.ring[place].lock().unwrap() = Some(caller);
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let ring = Arc::clone(&self.ring);
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            let answer = hash_password(&password);
            if let Some(caller) = ring[place].lock().unwrap().take() {
                let _ = caller.send(answer);
            }
        });
        hashing.await.expect("the hash panicked");
        answer.await.expect("the thread answers")
    }
}
