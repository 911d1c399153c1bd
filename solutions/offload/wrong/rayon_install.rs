//! Wrong: rayon's `install` waits for the pool, and waits on the loop. Caught by: loop_answers

use kit::{HashError, hash_password};
use rayon::{ThreadPool, ThreadPoolBuilder};

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
        self.pool.install(|| hash_password(&password))
    }
}
