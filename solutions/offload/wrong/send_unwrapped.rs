//! Wrong: the thread unwraps its `send`, so it dies with the first caller that was dropped. Caught by: dropped_hashing

use std::panic::catch_unwind;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use kit::{HashError, hash_password};
use tokio::sync::oneshot;

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
        self.jobs.send(job).expect("the threads live on");
        answer.await.expect("the hash panicked")
    }
}

fn work(queue: &Mutex<mpsc::Receiver<Job>>) {
    loop {
        let job = queue.lock().unwrap().recv();
        let Ok(Job { password, caller }) = job else {
            return;
        };
        if caller.is_closed() {
            continue;
        }
        // A panic is the caller's, not this thread's.
        if let Ok(answer) = catch_unwind(|| hash_password(&password)) {
            caller.send(answer).unwrap();
        }
    }
}
