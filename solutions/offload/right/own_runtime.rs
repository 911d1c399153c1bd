//! Right: a runtime of its own, only for its blocking threads: it has `max_parallel` of them.

use std::panic::resume_unwind;

use kit::{HashError, hash_password};
use tokio::runtime::{Builder, Runtime};

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    // `None` only while the service is dropped.
    threads: Option<Runtime>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        // Nobody drives this runtime's loop; blocking tasks run without it.
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(max_parallel)
            .build()
            .expect("a runtime without I/O needs nothing from the system");
        let threads = Some(runtime);
        Self { threads }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let threads = self.threads.as_ref().expect("it goes in `drop` only");
        let hashing = threads.spawn_blocking(move || hash_password(&password));
        match hashing.await {
            Ok(answer) => answer,
            Err(failed) => resume_unwind(failed.into_panic()),
        }
    }
}

impl Drop for PasswordService {
    fn drop(&mut self) {
        // An ordinary drop waits for the threads, which no async code may do.
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}
