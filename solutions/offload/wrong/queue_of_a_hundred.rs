//! Wrong: the actor's queue holds a hundred jobs, and the caller after them panics. Caught by: busy_service

use kit::{HashError, hash_password};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

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
        let (jobs, line) = mpsc::channel(100);
        tokio::spawn(serve(line, max_parallel));
        Self { jobs }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        let job = Job { password, caller };
        let queued = self.jobs.try_send(job);
        queued.expect("a hundred are enough");
        answer.await.expect("the hash panicked")
    }
}

async fn serve(mut line: mpsc::Receiver<Job>, max_parallel: usize) {
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            Some(_) = running.join_next() => {}
            job = line.recv(), if running.len() < max_parallel => {
                let Some(Job { password, caller }) = job else { return };
                running.spawn_blocking(move || {
                    let _ = caller.send(hash_password(&password));
                });
            }
        }
    }
}
