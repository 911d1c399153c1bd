//! Wrong: remembers every hash by its password; a second caller gets the first one's, salt and all. Caught by: right_results

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    made: Mutex<HashMap<String, String>>,
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
        if let Some(hash) = self.made.lock().unwrap().get(&password) {
            return Ok(hash.clone());
        }
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let key = password.clone();
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        let hash = hashing.await.expect("the hash panicked")?;
        self.made.lock().unwrap().insert(key, hash.clone());
        Ok(hash)
    }
}
