//! Wrong: looks for the answer with `try_recv` and yields, as fast as the loop turns. Caught by: no_busy_wait

use std::sync::Arc;
use std::sync::mpsc::{self, TryRecvError};

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::{spawn_blocking, yield_now};

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
        let (caller, answer) = mpsc::channel();
        spawn_blocking(move || {
            let _slot = slot;
            let _ = caller.send(hash_password(&password));
        });
        loop {
            match answer.try_recv() {
                Ok(answer) => return answer,
                Err(TryRecvError::Empty) => yield_now().await,
                Err(TryRecvError::Disconnected) => panic!("the hash panicked"),
            }
        }
    }
}
