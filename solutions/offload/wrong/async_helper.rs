//! Wrong: a helper that is an `async fn` and never awaits; `select!` cannot interrupt it. Caught by: off_the_loop

use std::time::Duration;

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::time::sleep;

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
        let hashing = hash_in_background(password);
        tokio::pin!(hashing);
        loop {
            tokio::select! {
                answer = &mut hashing => return answer,
                // The others run whenever this wakes us.
                () = sleep(Duration::from_millis(5)) => {}
            }
        }
    }
}

async fn hash_in_background(password: String) -> Result<String, HashError> {
    hash_password(&password)
}
