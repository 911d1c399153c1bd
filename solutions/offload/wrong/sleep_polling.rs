//! Wrong: sleeps a millisecond and looks at a flag, until the thread has set it. Caught by: no_busy_wait

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::time::sleep;

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
        let done = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&done);
        let hashing = thread::spawn(move || {
            let _slot = slot;
            let _done = SetOnDrop(flag);
            hash_password(&password)
        });
        while !done.load(Ordering::Acquire) {
            sleep(Duration::from_millis(1)).await;
        }
        // It has nothing left to do.
        hashing.join().expect("the hash panicked")
    }
}

/// Set also when the hash panics.
struct SetOnDrop(Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}
