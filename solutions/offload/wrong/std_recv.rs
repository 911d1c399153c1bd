//! Wrong: awaits nothing: a std channel's `recv` blocks the loop until the thread answers. Caught by: loop_answers

use std::sync::mpsc;

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

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
        let (caller, answer) = mpsc::channel();
        spawn_blocking(move || {
            let _ = caller.send(hash_password(&password));
        });
        answer.recv().expect("the hash panicked")
    }
}
