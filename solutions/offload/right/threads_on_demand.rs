//! Right: starts a thread when there is work and fewer than `max_parallel` run; an idle one ends, and so does one that panics.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::thread;

use kit::{HashError, hash_password};
use tokio::sync::oneshot;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    max_parallel: usize,
    pool: Arc<Mutex<Pool>>,
}

#[derive(Default)]
struct Pool {
    threads: usize,
    jobs: VecDeque<Job>,
}

struct Job {
    password: String,
    caller: oneshot::Sender<Result<String, HashError>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let pool = Arc::default();
        Self { max_parallel, pool }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        self.begin(Job { password, caller });
        answer.await.expect("the hash panicked")
    }

    fn begin(&self, job: Job) {
        let mut pool = self.pool.lock().unwrap();
        pool.jobs.push_back(job);
        if pool.threads < self.max_parallel {
            pool.threads += 1;
            start(Arc::clone(&self.pool));
        }
    }
}

fn start(pool: Arc<Mutex<Pool>>) {
    thread::spawn(move || {
        let mut worker = Worker {
            pool,
            hashing: false,
        };
        while let Some(Job { password, caller }) = worker.next() {
            worker.hashing = true;
            let answer = hash_password(&password);
            worker.hashing = false;
            let _ = caller.send(answer);
        }
    });
}

struct Worker {
    pool: Arc<Mutex<Pool>>,
    hashing: bool,
}

impl Worker {
    /// `None`: there is nothing to do, and this thread counts no more.
    fn next(&self) -> Option<Job> {
        let mut pool = self.pool.lock().unwrap();
        let job = pool.jobs.pop_front();
        if job.is_none() {
            pool.threads -= 1;
        }
        job
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // A hash panicked: a fresh thread takes this one's place.
        if self.hashing {
            start(Arc::clone(&self.pool));
        }
    }
}
