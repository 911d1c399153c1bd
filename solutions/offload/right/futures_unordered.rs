//! Right: a local dispatcher drives the running hashes in a `FuturesUnordered` and skips callers that have gone.

use std::future::Future;

use futures::channel::{mpsc, oneshot};
use futures::stream::{FuturesUnordered, StreamExt};
use kit::{HashError, hash_password};
use tokio::task::{spawn_blocking, spawn_local};

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
        let (jobs, queue) = mpsc::unbounded();
        spawn_local(dispatch(queue, max_parallel));
        Self { jobs }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        let job = Job { password, caller };
        let queued = self.jobs.unbounded_send(job);
        queued.expect("the dispatcher outlives the service");
        answer.await.expect("the hash panicked")
    }
}

async fn dispatch(mut queue: mpsc::UnboundedReceiver<Job>, max_parallel: usize) {
    let mut running = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(()) = running.next() => {}
            job = queue.next(), if running.len() < max_parallel => match job {
                None => return,
                Some(job) if job.caller.is_canceled() => {}
                Some(job) => running.push(run(job)),
            },
        }
    }
}

fn run(Job { password, caller }: Job) -> impl Future<Output = ()> {
    // It begins here and goes on whether or not anyone polls.
    let hashing = spawn_blocking(move || hash_password(&password));
    async {
        if let Ok(answer) = hashing.await {
            let _ = caller.send(answer);
        }
    }
}
