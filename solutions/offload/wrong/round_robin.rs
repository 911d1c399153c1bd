//! Wrong: deals the jobs out in turn, so one waits behind a busy thread while another thread is idle. Caught by: parallel

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use kit::{HashError, hash_password};
use tokio::sync::oneshot;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    threads: Vec<mpsc::Sender<Job>>,
    next: AtomicUsize,
}

struct Job {
    password: String,
    caller: oneshot::Sender<Result<String, HashError>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let start = |_| {
            let (jobs, queue) = mpsc::channel();
            thread::spawn(move || work(&queue));
            jobs
        };
        let threads = (0..max_parallel).map(start).collect();
        let next = AtomicUsize::new(0);
        Self { threads, next }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        let job = Job { password, caller };
        let next = self.next.fetch_add(1, Ordering::Relaxed) % self.threads.len();
        self.threads[next].send(job).expect("the threads live on");
        answer.await.expect("the hash panicked")
    }
}

fn work(queue: &mpsc::Receiver<Job>) {
    for Job { password, caller } in queue {
        // A panic is the caller's, not this thread's.
        if let Ok(answer) = catch_unwind(|| hash_password(&password)) {
            let _ = caller.send(answer);
        }
    }
}
