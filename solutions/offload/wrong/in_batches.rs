//! Wrong: takes up to `max_parallel` jobs and begins no other before the slowest of them is done. Caught by: parallel

use futures::future::join_all;
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
    pub fn new(max_parallel: usize) -> Self {
        let (jobs, line) = mpsc::unbounded_channel();
        tokio::spawn(serve(line, max_parallel));
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

async fn serve(mut line: mpsc::UnboundedReceiver<Job>, max_parallel: usize) {
    let mut batch = Vec::new();
    while line.recv_many(&mut batch, max_parallel).await > 0 {
        let running = batch.drain(..).map(|Job { password, caller }| {
            spawn_blocking(move || {
                let _ = caller.send(hash_password(&password));
            })
        });
        join_all(running).await;
    }
}
