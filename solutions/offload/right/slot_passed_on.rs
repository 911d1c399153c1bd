//! Right: a slot is a value that is sent to the next in the line; one that nobody takes passes itself on.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use kit::{HashError, hash_password};
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    desk: Arc<Mutex<Desk>>,
}

struct Desk {
    free: usize,
    line: VecDeque<oneshot::Sender<Slot>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let line = VecDeque::new();
        let free = max_parallel;
        let desk = Arc::new(Mutex::new(Desk { free, line }));
        Self { desk }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slot = match self.stand_in_line() {
            Ok(slot) => slot,
            Err(turn) => turn.await.expect("every sender in the line sends"),
        };
        let hashing = spawn_blocking(move || {
            let _slot = slot;
            hash_password(&password)
        });
        hashing.await.expect("the hash panicked")
    }

    fn stand_in_line(&self) -> Result<Slot, oneshot::Receiver<Slot>> {
        let mut desk = self.desk.lock().unwrap();
        if desk.free > 0 {
            desk.free -= 1;
            return Ok(Slot(Some(Arc::clone(&self.desk))));
        }
        let (next, turn) = oneshot::channel();
        desk.line.push_back(next);
        Err(turn)
    }
}

/// `None` in it: passed on.
struct Slot(Option<Arc<Mutex<Desk>>>);

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(desk) = self.0.take() else { return };
        loop {
            let next = {
                let mut desk = desk.lock().unwrap();
                let Some(next) = desk.line.pop_front() else {
                    desk.free += 1;
                    return;
                };
                next
            };
            // Sent, it is passed on again should its receiver be dropped unread.
            match next.send(Slot(Some(Arc::clone(&desk)))) {
                Ok(()) => return,
                Err(mut unsent) => unsent.0 = None,
            }
        }
    }
}
