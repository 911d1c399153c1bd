//! Right: a hand-written future: the thread leaves the result in its cell and calls the waker.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;

use kit::{HashError, hash_password};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

type Answer = Result<String, HashError>;

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    slots: Arc<Semaphore>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let slots = Arc::new(Semaphore::new(max_parallel));
        Self { slots }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Answer {
        let slots = Arc::clone(&self.slots);
        let slot = slots.acquire_owned().await.expect("it is never closed");
        match Hashing::begin(slot, password).await {
            Ok(answer) => answer,
            Err(panic) => resume_unwind(panic),
        }
    }
}

struct Hashing(Arc<Mutex<Cell>>);

#[derive(Default)]
struct Cell {
    result: Option<thread::Result<Answer>>,
    waker: Option<Waker>,
}

impl Hashing {
    fn begin(slot: OwnedSemaphorePermit, password: String) -> Self {
        let cell = Arc::<Mutex<Cell>>::default();
        let theirs = Arc::clone(&cell);
        thread::spawn(move || {
            let result = catch_unwind(AssertUnwindSafe(|| hash_password(&password)));
            drop(slot);
            let waker = {
                let mut cell = theirs.lock().unwrap();
                cell.result = Some(result);
                cell.waker.take()
            };
            if let Some(waker) = waker {
                waker.wake();
            }
        });
        Self(cell)
    }
}

impl Future for Hashing {
    type Output = thread::Result<Answer>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut cell = self.0.lock().unwrap();
        if let Some(result) = cell.result.take() {
            return Poll::Ready(result);
        }
        // The newest one: the future may have moved to another task.
        cell.waker = Some(context.waker().clone());
        Poll::Pending
    }
}
