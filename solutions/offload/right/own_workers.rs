//! Right: a second runtime with `max_parallel` worker threads, which nothing but hashes may block.

use std::panic::resume_unwind;

use kit::{HashError, hash_password};
use tokio::runtime::{Builder, Runtime};

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    // `None` only while the service is dropped.
    workers: Option<Runtime>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let workers = Builder::new_multi_thread()
            .worker_threads(max_parallel)
            .build()
            .expect("the system has threads to give");
        let workers = Some(workers);
        Self { workers }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let workers = self.workers.as_ref().expect("it goes in `drop` only");
        // Not this loop's `spawn`: the task runs on a thread of the other runtime.
        let hashing = workers.spawn(async move { hash_password(&password) });
        match hashing.await {
            Ok(answer) => answer,
            Err(failed) => resume_unwind(failed.into_panic()),
        }
    }
}

impl Drop for PasswordService {
    fn drop(&mut self) {
        // An ordinary drop waits for the threads, which no async code may do.
        if let Some(workers) = self.workers.take() {
            workers.shutdown_background();
        }
    }
}
