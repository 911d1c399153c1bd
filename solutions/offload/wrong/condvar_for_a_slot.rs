//! Wrong: waits for a free slot on a condition variable, which blocks the loop. Caught by: loop_answers

use std::sync::{Arc, Condvar, Mutex};

use kit::{HashError, hash_password};
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Slots>,
}

struct Slots {
    free: Mutex<usize>,
    freed: Condvar,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let free = Mutex::new(max_parallel);
        let freed = Condvar::new();
        let slots = Arc::new(Slots { free, freed });
        Self { slots }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slot = Slots::take(&self.slots);
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        hashing.await.expect("the hash panicked")
    }
}

impl Slots {
    fn take(slots: &Arc<Slots>) -> Slot {
        let free = slots.free.lock().unwrap();
        let mut free = slots.freed.wait_while(free, |free| *free == 0).unwrap();
        *free -= 1;
        Slot(Arc::clone(slots))
    }
}

struct Slot(Arc<Slots>);

impl Drop for Slot {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap() += 1;
        self.0.freed.notify_one();
    }
}
