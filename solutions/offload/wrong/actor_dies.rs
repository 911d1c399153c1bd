//! Wrong: the actor unwraps the result of a hash that panicked, and the whole service goes with it. Caught by: panicking_hash

use kit::{HashError, hash_password};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

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
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            Some(done) = running.join_next() => done.expect("it only hashed"),
            job = line.recv(), if running.len() < max_parallel => {
                let Some(Job { password, caller }) = job else { return };
                running.spawn_blocking(move || {
                    let _ = caller.send(hash_password(&password));
                });
            }
        }
    }
}
