//! Wrong: the last result is kept in one `watch`; every waiting caller takes it for its own. Caught by: right_results

use std::sync::Arc;

use kit::{HashError, hash_password};
use tokio::sync::{Semaphore, watch};
use tokio::task::spawn_blocking;

type Answer = Result<String, HashError>;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    latest: watch::Sender<Answer>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        let latest = watch::Sender::new(Ok(String::new()));
        Self { slots, latest }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Answer {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let mut done = self.latest.subscribe();
        let latest = self.latest.clone();
        spawn_blocking(move || {
            let _slot = slot;
            let _ = latest.send_replace(hash_password(&password));
        });
        done.changed().await.expect("the service holds a sender");
        done.borrow().clone()
    }
}
