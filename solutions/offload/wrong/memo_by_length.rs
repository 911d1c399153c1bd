//! Wrong: remembers hashes by the length of the password: same length, same hash. Caught by: right_results

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    made: Mutex<HashMap<usize, String>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        let made = Mutex::default();
        Self { slots, made }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let length = password.len();
        if let Some(hash) = self.made.lock().unwrap().get(&length) {
            return Ok(hash.clone());
        }
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        let hash = hashing.await.expect("the hash panicked")?;
        self.made.lock().unwrap().insert(length, hash.clone());
        Ok(hash)
    }
}
