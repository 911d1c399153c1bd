//! Wrong: waiting callers are found by their passwords; a second caller with the same one takes the first one's place. Caught by: right_results

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use kit::{HashError, hash_password};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::spawn_blocking;

type Answer = Result<String, HashError>;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    waiting: Arc<Mutex<HashMap<String, oneshot::Sender<Answer>>>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        let waiting = Arc::default();
        Self { slots, waiting }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Answer {
        let (caller, answer) = oneshot::channel();
        let key = password.clone();
        self.waiting.lock().unwrap().insert(key, caller);
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let waiting = Arc::clone(&self.waiting);
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            let answer = hash_password(&password);
            if let Some(caller) = waiting.lock().unwrap().remove(&password) {
                let _ = caller.send(answer);
            }
        });
        hashing.await.expect("the hash panicked");
        answer.await.expect("the thread answers")
    }
}
