//! Right: a bounded queue in which callers await a place, and a dispatcher that takes a permit before each job.

use std::sync::Arc;

use kit::{HashError, hash_password};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    jobs: mpsc::Sender<Job>,
}

struct Job {
    password: String,
    caller: oneshot::Sender<Result<String, HashError>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let (jobs, queue) = mpsc::channel(16);
        tokio::spawn(dispatch(queue, max_parallel));
        Self { jobs }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        let job = Job { password, caller };
        let queued = self.jobs.send(job).await;
        queued.expect("the dispatcher outlives the service");
        answer.await.expect("the hash panicked")
    }
}

async fn dispatch(mut queue: mpsc::Receiver<Job>, max_parallel: usize) {
    let slots = Arc::new(Semaphore::new(max_parallel));
    loop {
        // The slot first: a job that waits for one keeps its place in the queue.
        let slot = Arc::clone(&slots).acquire_owned().await;
        let Some(Job { password, caller }) = queue.recv().await else {
            return;
        };
        spawn_blocking(move || {
            let _slot = slot;
            let _ = caller.send(hash_password(&password));
        });
    }
}
