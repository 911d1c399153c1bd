//! Wrong: after six hashes that panicked it panics before it hashes. Caught by: panicking_hash

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use kit::{HashError, hash_password};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Slots>,
    panicked: AtomicU32,
}

struct Slots {
    free: Mutex<usize>,
    freed: Notify,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let free = Mutex::new(max_parallel);
        let freed = Notify::new();
        let slots = Arc::new(Slots { free, freed });
        let panicked = AtomicU32::new(0);
        Self { slots, panicked }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let panicked = self.panicked.load(Ordering::Relaxed);
        assert!(panicked < 6, "hashes panic again and again");
        let slot = Slots::take(&self.slots).await;
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        let hashed = hashing.await;
        if hashed.is_err() {
            self.panicked.fetch_add(1, Ordering::Relaxed);
        }
        hashed.expect("the hash panicked")
    }
}

impl Slots {
    async fn take(slots: &Arc<Slots>) -> Slot {
        loop {
            // Made before the look: it hears of every end from here on.
            let freed = slots.freed.notified();
            if let Some(slot) = Slots::try_take(slots) {
                return slot;
            }
            freed.await;
        }
    }

    fn try_take(slots: &Arc<Slots>) -> Option<Slot> {
        let mut free = slots.free.lock().unwrap();
        *free = free.checked_sub(1)?;
        Some(Slot(Arc::clone(slots)))
    }
}

struct Slot(Arc<Slots>);

impl Drop for Slot {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap() += 1;
        self.0.freed.notify_waiters();
    }
}
