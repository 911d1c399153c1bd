//! Wrong: the dispatcher takes a slot for a job, finds that its caller was dropped, and gives no slot back. Caught by: dropped_waiting

use std::sync::Arc;

use kit::{HashError, hash_password};
use tokio::sync::{Semaphore, mpsc, oneshot};
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
    let slots = Arc::new(Semaphore::new(max_parallel));
    while let Some(Job { password, caller }) = line.recv().await {
        let slot = slots.acquire().await.expect("it is never closed");
        slot.forget();
        if caller.is_closed() {
            continue;
        }
        let slot = Slot(Arc::clone(&slots));
        spawn_blocking(move || {
            let _slot = slot;
            let _ = caller.send(hash_password(&password));
        });
    }
}

/// Gives the slot back when the hash ends.
struct Slot(Arc<Semaphore>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}
