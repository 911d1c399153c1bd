//! Wrong: `while let` keeps the queue's lock during its body, the hash; the next caller waits for it on the loop. Caught by: loop_answers

use std::collections::VecDeque;
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex};

use kit::{HashError, hash_password};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::spawn_blocking;

type Queue = Arc<Mutex<VecDeque<Job>>>;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    queue: Queue,
    workers: Arc<Semaphore>,
}

struct Job {
    password: String,
    caller: oneshot::Sender<Result<String, HashError>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let queue = Queue::default();
        let workers = Arc::new(Semaphore::new(max_parallel));
        Self { queue, workers }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        let job = Job { password, caller };
        self.queue.lock().unwrap().push_back(job);
        let workers = Arc::clone(&self.workers);
        let slot = workers.acquire_owned().await.expect("it is never closed");
        let queue = Arc::clone(&self.queue);
        spawn_blocking(move || {
            let _slot = slot;
            while let Some(Job { password, caller }) = queue.lock().unwrap().pop_front() {
                if let Ok(answer) = catch_unwind(|| hash_password(&password)) {
                    let _ = caller.send(answer);
                }
            }
        });
        answer.await.expect("the hash panicked")
    }
}
