//! Wrong: the thread hands the work to the runtime's handle, and so back to the loop. Caught by: off_the_loop

use std::sync::Arc;
use std::thread;

use kit::{HashError, hash_password};
use tokio::runtime::Handle;
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
        let runtime = Handle::current();
        thread::spawn(move || {
            runtime.spawn(async move {
                let _slot = slot;
                let _ = caller.send(hash_password(&password));
            });
        });
        answer.await.expect("the hash panicked")
    }
}
