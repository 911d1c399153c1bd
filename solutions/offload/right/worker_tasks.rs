//! Right: `max_parallel` tasks take jobs from one queue, and each awaits its blocking task before the next.

use std::sync::Arc;

use kit::{HashError, hash_password};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    jobs: mpsc::UnboundedSender<Job>,
}

struct Job {
    password: String,
    caller: oneshot::Sender<Result<String, HashError>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let (jobs, queue) = mpsc::unbounded_channel();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..max_parallel {
            tokio::spawn(work(Arc::clone(&queue)));
        }
        Self { jobs }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        let job = Job { password, caller };
        self.jobs.send(job).expect("the tasks outlive the service");
        answer.await.expect("the hash panicked")
    }
}

async fn work(queue: Arc<Mutex<mpsc::UnboundedReceiver<Job>>>) {
    loop {
        // The lock goes with this statement, before the hash begins.
        let job = queue.lock().await.recv().await;
        let Some(Job { password, caller }) = job else {
            return;
        };
        // A hash that panicked is an error here and must not end the task.
        let hashed = spawn_blocking(move || hash_password(&password)).await;
        if let Ok(answer) = hashed {
            let _ = caller.send(answer);
        }
    }
}
