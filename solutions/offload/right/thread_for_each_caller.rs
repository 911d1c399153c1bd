//! Right: a thread for each caller, of which all but `max_parallel` wait for a place; wasteful, and not wrong.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex};

use kit::{HashError, hash_password};
use tokio::sync::oneshot;

pub struct PasswordService {
    gate: Arc<Gate>,
}

struct Gate {
    free: Mutex<usize>,
    bell: Condvar,
}

/// A place, which its end gives back.
struct Place(Arc<Gate>);

impl Place {
    fn take(gate: Arc<Gate>) -> Place {
        let free = gate.free.lock().unwrap();
        *gate.bell.wait_while(free, |free| *free == 0).unwrap() -= 1;
        Place(gate)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap() += 1;
        self.0.bell.notify_one();
    }
}

impl PasswordService {
    pub fn new(max_parallel: usize) -> Self {
        let free = Mutex::new(max_parallel);
        let bell = Condvar::new();
        let gate = Arc::new(Gate { free, bell });
        Self { gate }
    }

    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let gate = Arc::clone(&self.gate);
        let (tell, told) = oneshot::channel();
        std::thread::spawn(move || {
            let place = Place::take(gate);
            let hashed = catch_unwind(AssertUnwindSafe(|| hash_password(&password)));
            drop(place);
            let _ = tell.send(hashed);
        });
        match told.await.expect("the thread always tells") {
            Ok(hashed) => hashed,
            Err(panic) => resume_unwind(panic),
        }
    }
}
