//! Wrong: looks whether more than `max_parallel` run, and so lets one too many in. Caught by: bounded

use std::cell::Cell;
use std::rc::Rc;

use kit::{HashError, hash_password};
use tokio::sync::Notify;
use tokio::task::{spawn_blocking, spawn_local};

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    max_parallel: usize,
    running: Rc<Cell<usize>>,
    ended: Rc<Notify>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        Self {
            max_parallel,
            running: Rc::default(),
            ended: Rc::default(),
        }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        while self.running.get() > self.max_parallel {
            self.ended.notified().await;
        }
        self.running.update(|running| running + 1);
        let running = Rc::clone(&self.running);
        let ended = Rc::clone(&self.ended);
        // A task of its own counts down, for the caller may be dropped.
        let hashing = spawn_local(async move {
            let hashed = spawn_blocking(move || hash_password(&password)).await;
            running.update(|running| running - 1);
            ended.notify_one();
            hashed.expect("the hash panicked")
        });
        hashing.await.expect("the hash panicked")
    }
}
