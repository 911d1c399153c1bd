//! Wrong: hands a slot to the first in the line, even when that caller was dropped long ago. Caught by: dropped_waiting

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use kit::{HashError, hash_password};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Mutex<Slots>>,
}

struct Slots {
    free: usize,
    line: VecDeque<oneshot::Sender<()>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Slots {
            free: max_parallel,
            line: VecDeque::new(),
        };
        let slots = Arc::new(Mutex::new(slots));
        Self { slots }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        if let Some(turn) = self.stand_in_line() {
            turn.await.expect("every turn comes");
        }
        let slot = Slot(Arc::clone(&self.slots));
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        hashing.await.expect("the hash panicked")
    }

    /// `None`: a slot is free and taken.
    fn stand_in_line(&self) -> Option<oneshot::Receiver<()>> {
        let mut slots = self.slots.lock().unwrap();
        if slots.free > 0 {
            slots.free -= 1;
            return None;
        }
        let (next, turn) = oneshot::channel();
        slots.line.push_back(next);
        Some(turn)
    }
}

struct Slot(Arc<Mutex<Slots>>);

impl Drop for Slot {
    fn drop(&mut self) {
        let mut slots = self.0.lock().unwrap();
        match slots.line.pop_front() {
            Some(next) => {
                let _ = next.send(());
            }
            None => slots.free += 1,
        }
    }
}
