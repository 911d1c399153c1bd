//! Right: local tasks around a queue built by hand from `RefCell`, `VecDeque` and wakers.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use kit::{HashError, hash_password};
use tokio::sync::oneshot;
use tokio::task::{spawn_blocking, spawn_local};

/// Hashes passwords without holding up the event loop.
pub struct PasswordService {
    queue: Rc<RefCell<Queue>>,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    idle: Vec<Waker>,
    closed: bool,
}

struct Job {
    password: String,
    caller: oneshot::Sender<Result<String, HashError>>,
}

impl PasswordService {
    /// A service that runs at most `max_parallel` hashes at the same time.
    pub fn new(max_parallel: usize) -> Self {
        let queue = Rc::<RefCell<Queue>>::default();
        for _ in 0..max_parallel {
            spawn_local(work(Rc::clone(&queue)));
        }
        Self { queue }
    }

    /// The hash of `password`, by [`kit::hash_password`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let (caller, answer) = oneshot::channel();
        let job = Job { password, caller };
        self.queue.borrow_mut().jobs.push_back(job);
        self.wake_idle();
        answer.await.expect("the hash panicked")
    }

    fn wake_idle(&self) {
        // Taken out first: a waker may run anything.
        let idle = std::mem::take(&mut self.queue.borrow_mut().idle);
        idle.into_iter().for_each(Waker::wake);
    }
}

impl Drop for PasswordService {
    fn drop(&mut self) {
        self.queue.borrow_mut().closed = true;
        self.wake_idle();
    }
}

async fn work(queue: Rc<RefCell<Queue>>) {
    while let Some(Job { password, caller }) = next(&queue).await {
        if caller.is_closed() {
            continue;
        }
        // A hash that panicked is an error here and must not end the task.
        let hashed = spawn_blocking(move || hash_password(&password)).await;
        if let Ok(answer) = hashed {
            let _ = caller.send(answer);
        }
    }
}

async fn next(queue: &RefCell<Queue>) -> Option<Job> {
    poll_fn(|context| {
        let mut queue = queue.borrow_mut();
        if let Some(job) = queue.jobs.pop_front() {
            return Poll::Ready(Some(job));
        }
        if queue.closed {
            return Poll::Ready(None);
        }
        queue.idle.push(context.waker().clone());
        Poll::Pending
    })
    .await
}
