//! Right: threads of its own wait on a condition variable; a job is hashed even when its caller has gone.

use std::collections::VecDeque;
use std::panic::catch_unwind;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use kit::{HashError, hash_password};
use tokio::sync::oneshot;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    closed: bool,
}

struct Job {
    password: String,
    caller: oneshot::Sender<Result<String, HashError>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let shared = Arc::<Shared>::default();
        for _ in 0..max_parallel {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                while let Some(job) = shared.next() {
                    work(job);
                }
            });
        }
        Self { shared }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        let job = Job { password, caller };
        // Held for a moment only: the threads let go of it before they hash.
        self.shared.queue.lock().unwrap().jobs.push_back(job);
        self.shared.changed.notify_one();
        answer.await.expect("the hash panicked")
    }
}

impl Drop for PasswordService {
    fn drop(&mut self) {
        self.shared.queue.lock().unwrap().closed = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn next(&self) -> Option<Job> {
        let queue = self.queue.lock().unwrap();
        let idle = |queue: &mut Queue| queue.jobs.is_empty() && !queue.closed;
        let mut queue = self.changed.wait_while(queue, idle).unwrap();
        queue.jobs.pop_front()
    }
}

fn work(Job { password, caller }: Job) {
    // A panic must not end the thread; the caller hears of it because its channel closes.
    if let Ok(answer) = catch_unwind(|| hash_password(&password)) {
        let _ = caller.send(answer);
    }
}
