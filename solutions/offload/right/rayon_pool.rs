//! Right: a rayon pool of `max_parallel` threads; a panic goes to its handler, and the caller sees a closed channel.

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
        let pool = ThreadPoolBuilder::new()
            .num_threads(max_parallel)
            // Without one, a panic ends the process.
            .panic_handler(|_| {})
            .build()
            .expect("the system has threads to give");
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
