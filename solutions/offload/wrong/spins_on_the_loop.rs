//! Wrong: spins on the loop until the thread is done; no await is on the way. Caught by: loop_answers

use std::hint::spin_loop;
use std::thread;

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Semaphore,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Semaphore::new(max_parallel);
        Self { slots }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let _slot = self.slots.acquire().await.expect("it is never closed");
        let hashing = thread::spawn(move || hash_password(&password));
        while !hashing.is_finished() {
            spin_loop();
        }
        hashing.join().expect("the hash panicked")
    }
}
