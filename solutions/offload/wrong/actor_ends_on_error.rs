//! Wrong: the actor's `try_next` with a `?` ends it at the first password that is too long. Caught by: too_long

use futures::stream::{FuturesUnordered, TryStreamExt};
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

async fn serve(
    mut line: mpsc::UnboundedReceiver<Job>,
    max_parallel: usize,
) -> Result<(), HashError> {
    let mut running = FuturesUnordered::new();
    loop {
        tokio::select! {
            job = line.recv(), if running.len() < max_parallel => {
                let Some(job) = job else { return Ok(()) };
                running.push(run(job));
            }
            done = running.try_next(), if !running.is_empty() => {
                done?;
            }
        }
    }
}

async fn run(Job { password, caller }: Job) -> Result<(), HashError> {
    let hashing = spawn_blocking(move || hash_password(&password));
    // A hash that panicked: the caller hears of it because its channel closes.
    let Ok(answer) = hashing.await else {
        return Ok(());
    };
    let done = answer.clone().map(drop);
    let _ = caller.send(answer);
    done
}
