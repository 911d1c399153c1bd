//! Right: the jobs are a stream, and `for_each_concurrent` runs `max_parallel` of them.

use futures::channel::mpsc;
use futures::stream::StreamExt;
use kit::{HashError, hash_password};
use tokio::sync::oneshot;
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
        let (jobs, queue) = mpsc::unbounded();
        tokio::spawn(queue.for_each_concurrent(max_parallel, run));
        Self { jobs }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        let job = Job { password, caller };
        let queued = self.jobs.unbounded_send(job);
        queued.expect("the stream outlives the service");
        answer.await.expect("the hash panicked")
    }
}

async fn run(Job { password, caller }: Job) {
    let hashing = spawn_blocking(move || {
        let _ = caller.send(hash_password(&password));
    });
    // A hash that panicked: its caller hears of it because its channel closes.
    let _ = hashing.await;
}
