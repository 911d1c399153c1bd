//! Wrong: a hand-written wait that asks to be polled again at once, every time. Caught by: no_busy_wait

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use kit::{HashError, hash_password};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

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
        let mut hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        let hashed = poll_fn(move |context| {
            if !hashing.is_finished() {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Pin::new(&mut hashing).poll(context)
        });
        hashed.await.expect("the hash panicked")
    }
}
