//! Wrong: one hash for all who ask for the same password at once, as if it were a fetch: its salt is shared too. Caught by: right_results

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures::future::{BoxFuture, FutureExt, Shared};
use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

type Answer = Result<String, HashError>;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    in_flight: Mutex<HashMap<String, Shared<BoxFuture<'static, Answer>>>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        let in_flight = Mutex::default();
        Self { slots, in_flight }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Answer {
        let hashing = {
            let mut in_flight = self.in_flight.lock().unwrap();
            // A hash that is over is not for those who come later.
            in_flight.retain(|_, hashing| hashing.strong_count() > Some(1));
            let slots = Arc::clone(&self.slots);
            let hashing = in_flight
                .entry(password.clone())
                .or_insert_with(|| hash_one(slots, password).boxed().shared());
            hashing.clone()
        };
        hashing.await
    }
}

async fn hash_one(slots: Arc<Semaphore>, password: String) -> Answer {
    let slot = slots.acquire_owned().await.expect("it is never closed");
    let hashing = spawn_blocking(move || {
        let _slot = slot;
        hash_password(&password)
    });
    hashing.await.expect("the hash panicked")
}
