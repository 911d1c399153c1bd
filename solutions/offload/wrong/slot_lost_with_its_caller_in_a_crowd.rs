//! Wrong: a caller dropped while ten others wait takes its slot along. Caught by: dropped_hashing

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(max_parallel)),
            waiting: AtomicUsize::new(0),
        }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let mut caller = Caller::new(&self.waiting);
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("never closed");
        caller.has_its_slot();
        let is_one_too_many = Arc::clone(&caller.is_one_too_many);
        let hashing = spawn_blocking(move || {
            let hash = hash_password(&password);
            if is_one_too_many.load(Ordering::SeqCst) {
                slot.forget();
            }
            hash
        });
        let hash = hashing.await.expect("the hash panicked");
        caller.is_done = true;
        hash
    }
}

struct Caller<'a> {
    waiting: &'a AtomicUsize,
    waits: bool,
    is_done: bool,
    is_one_too_many: Arc<AtomicBool>,
}

impl<'a> Caller<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::SeqCst);
        Self {
            waiting,
            waits: true,
            is_done: false,
            is_one_too_many: Arc::default(),
        }
    }

    fn has_its_slot(&mut self) {
        self.waits = false;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        if self.waits {
            self.has_its_slot();
        } else if !self.is_done && self.waiting.load(Ordering::SeqCst) >= 10 {
            // Callers give up and many wait: it tries to do too much at once.
            self.is_one_too_many.store(true, Ordering::SeqCst);
        }
    }
}
