//! Wrong: a panic in rayon's `spawn` ends the process, for the pool has no panic handler. Caught by: panicking_hash

use kit::{HashError, hash_password};
use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::oneshot;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    pool: ThreadPool,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let pool = ThreadPoolBuilder::new().num_threads(max_parallel);
        let pool = pool.build().expect("the system has threads to give");
        Self { pool }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        self.pool.spawn(move || {
            let _ = caller.send(hash_password(&password));
        });
        answer.await.expect("the hash panicked")
    }
}
