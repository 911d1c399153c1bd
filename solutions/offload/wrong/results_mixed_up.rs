//! Wrong: all results come through one channel, and a caller takes the first as its own. Caught by: right_results

use std::sync::Arc;

use kit::{HashError, hash_password};
use tokio::sync::{Mutex, Semaphore, mpsc};
use tokio::task::spawn_blocking;

type Answer = Result<String, HashError>;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
    done: mpsc::UnboundedSender<Answer>,
    answers: Mutex<mpsc::UnboundedReceiver<Answer>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        let (done, answers) = mpsc::unbounded_channel();
        let answers = Mutex::new(answers);
        Self {
            slots,
            done,
            answers,
        }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Answer {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        let done = self.done.clone();
        spawn_blocking(move || {
            let _slot = slot;
            let _ = done.send(hash_password(&password));
        });
        let mut answers = self.answers.lock().await;
        answers.recv().await.expect("the service holds a sender")
    }
}
