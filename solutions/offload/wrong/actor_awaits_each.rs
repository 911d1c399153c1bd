//! Wrong: the actor awaits each hash before it reads the next job. Caught by: parallel

use kit::{HashError, hash_password};
use tokio::sync::{mpsc, oneshot};
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
    pub fn new(_max_parallel: usize) -> Self {
        let (jobs, line) = mpsc::unbounded_channel();
        tokio::spawn(serve(line));
        Self { jobs }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        let job = Job { password, caller };
        self.jobs.send(job).expect("the actor lives on");
        answer.await.expect("the hash panicked")
    }
}

async fn serve(mut line: mpsc::UnboundedReceiver<Job>) {
    while let Some(Job { password, caller }) = line.recv().await {
        // A hash that panicked must not end the actor.
        let hashed = spawn_blocking(move || hash_password(&password)).await;
        if let Ok(answer) = hashed {
            let _ = caller.send(answer);
        }
    }
}
