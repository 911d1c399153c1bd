//! Wrong: the thread survives a panic, but the caller's place stays in the map and is never answered. Caught by: panicking_hash

use std::collections::HashMap;
use std::panic::catch_unwind;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use kit::{HashError, hash_password};
use tokio::sync::oneshot;

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Result<String, HashError>>>>>;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    jobs: mpsc::Sender<(u64, String)>,
    waiting: Waiting,
    next_id: Mutex<u64>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let waiting = Waiting::default();
        for _ in 0..max_parallel {
            let queue = Arc::clone(&queue);
            let waiting = Arc::clone(&waiting);
            thread::spawn(move || work(&queue, &waiting));
        }
        let next_id = Mutex::new(0);
        Self {
            jobs,
            waiting,
            next_id,
        }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let id = {
            let mut next_id = self.next_id.lock().unwrap();
            *next_id += 1;
            *next_id
        };
        let (caller, answer) = oneshot::channel();
        self.waiting.lock().unwrap().insert(id, caller);
        let sent = self.jobs.send((id, password));
        sent.expect("the threads live on");
        answer.await.expect("every job is answered")
    }
}

fn work(queue: &Mutex<mpsc::Receiver<(u64, String)>>, waiting: &Waiting) {
    loop {
        let job = queue.lock().unwrap().recv();
        let Ok((id, password)) = job else { return };
        let Ok(answer) = catch_unwind(|| hash_password(&password)) else {
            continue;
        };
        if let Some(caller) = waiting.lock().unwrap().remove(&id) {
            let _ = caller.send(answer);
        }
    }
}
