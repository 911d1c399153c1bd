//! Wrong: yields before and after the hash, which is still on the loop. Caught by: off_the_loop

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::yield_now;

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
        // Let the others run before and after.
        yield_now().await;
        let answer = hash_password(&password);
        yield_now().await;
        answer
    }
}
