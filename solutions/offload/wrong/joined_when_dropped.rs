//! Wrong: a guard joins the thread when the caller is dropped, and blocks the loop with it. Caught by: loop_answers

use std::sync::Arc;
use std::thread::{self, JoinHandle};

use kit::{HashError, hash_password};
use tokio::sync::{Semaphore, oneshot};

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
        let (caller, answer) = oneshot::channel();
        let thread = thread::spawn(move || {
            let answer = hash_password(&password);
            drop(slot);
            let _ = caller.send(answer);
        });
        let _guard = Joined(Some(thread));
        answer.await.expect("the hash panicked")
    }
}

/// No thread is left behind, also when the caller is dropped.
struct Joined(Option<JoinHandle<()>>);

impl Drop for Joined {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            let _ = thread.join();
        }
    }
}
