//! Wrong: the actor counts callers, not hashes: one that is dropped makes room while its hash runs. Caught by: dropped_hashing

use kit::{HashError, hash_password};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinSet, spawn_blocking};

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
            Some(_) = running.join_next() => {}
            job = line.recv(), if running.len() < max_parallel => {
                let Some(job) = job else { return };
                running.spawn(run(job));
            }
        }
    }
}

async fn run(Job { password, caller }: Job) {
    let mut caller = caller;
    tokio::select! {
        hashed = spawn_blocking(move || hash_password(&password)) => {
            if let Ok(answer) = hashed {
                let _ = caller.send(answer);
            }
        }
        // Nobody waits for it any more.
        () = caller.closed() => {}
    }
}
