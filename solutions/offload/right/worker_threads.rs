//! Right: `max_parallel` threads of its own share a queue; every job brings a `oneshot` for its answer.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use kit::{HashError, hash_password};
use tokio::sync::oneshot;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    // Dropping it ends the threads.
    jobs: mpsc::Sender<Job>,
}

struct Job {
    password: String,
    caller: oneshot::Sender<thread::Result<Result<String, HashError>>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..max_parallel {
            let queue = Arc::clone(&queue);
            thread::spawn(move || work(&queue));
        }
        Self { jobs }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        let job = Job { password, caller };
        self.jobs
            .send(job)
            .expect("the threads outlive the service");
        let answer = answer.await.expect("a thread answers every job");
        answer.unwrap_or_else(|panic| resume_unwind(panic))
    }
}

fn work(queue: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        // A statement of its own: the lock is let go before the hash begins.
        let job = queue.lock().unwrap().recv();
        let Ok(Job { password, caller }) = job else {
            return;
        };
        if caller.is_closed() {
            continue;
        }
        // A panic is the caller's, not this thread's.
        let answer = catch_unwind(AssertUnwindSafe(|| hash_password(&password)));
        let _ = caller.send(answer);
    }
}
