//! The database of one run: every fetch waits until the grader answers it.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::ThreadId;

use kit::supervised::{Database, Fetch};
use kit::{DbError, User, UserId};

use crate::journal::{Journal, polled_request};
use crate::protocol::{Answer, Event};

/// What the panic of a fetch that was answered with one says.
pub(crate) const FETCH_PANIC: &str = "the database driver panicked";

/// The fetches of one run that have begun and not ended.
#[derive(Debug)]
pub(crate) struct SupervisedDatabase {
    journal: Journal,
    loop_thread: ThreadId,
    open: Arc<Mutex<Open>>,
}

#[derive(Debug, Default)]
struct Open {
    begun: u32,
    fetches: HashMap<u32, Slot>,
}

#[derive(Debug, Default)]
struct Slot {
    answer: Option<Answer>,
    waker: Option<Waker>,
}

impl SupervisedDatabase {
    pub(crate) fn new(journal: Journal) -> SupervisedDatabase {
        SupervisedDatabase {
            journal,
            loop_thread: std::thread::current().id(),
            open: Arc::default(),
        }
    }

    /// Answers a fetch; one that is over, or was answered, is left alone.
    pub(crate) fn answer(&self, fetch: u32, answer: Answer) {
        let waker = {
            let mut open = lock(&self.open);
            let Some(slot) = open.fetches.get_mut(&fetch) else {
                return;
            };
            if slot.answer.is_some() {
                return;
            }
            slot.answer = Some(answer);
            slot.waker.take()
        };
        // Outside the lock: waking may run code of the submission.
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Database for SupervisedDatabase {
    fn fetch(&self, id: UserId) -> Fetch {
        let mut open = lock(&self.open);
        open.begun += 1;
        let number = open.begun;
        open.fetches.insert(number, Slot::default());
        self.journal.write(Event::FetchBegun {
            fetch: number,
            user: id.0,
            request: polled_request(),
            off_loop: std::thread::current().id() != self.loop_thread,
        });
        Box::pin(OpenFetch {
            number,
            id,
            journal: self.journal.clone(),
            open: Arc::clone(&self.open),
            over: false,
        })
    }
}

/// The future a submission awaits.
struct OpenFetch {
    number: u32,
    id: UserId,
    journal: Journal,
    open: Arc<Mutex<Open>>,
    over: bool,
}

impl fmt::Debug for OpenFetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "fetch {}", self.number)
    }
}

impl Future for OpenFetch {
    type Output = Result<User, DbError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = {
            let mut open = lock(&self.open);
            let slot = open
                .fetches
                .get_mut(&self.number)
                .expect("a fetch stays open until its future is over");
            let Some(answer) = slot.answer.take() else {
                slot.waker = Some(context.waker().clone());
                return Poll::Pending;
            };
            open.fetches.remove(&self.number);
            answer
        };
        self.over = true;
        self.journal
            .write(Event::FetchDelivered { fetch: self.number });
        let id = self.id;
        Poll::Ready(match answer {
            Answer::Row { name } => Ok(User { id, name }),
            Answer::NotFound => Err(DbError::NotFound(id)),
            Answer::Unavailable => Err(DbError::Unavailable),
            // Resumed, not raised: no panic hook needs to hear of it.
            Answer::Panic => std::panic::resume_unwind(Box::new(FETCH_PANIC)),
        })
    }
}

impl Drop for OpenFetch {
    fn drop(&mut self) {
        if !self.over {
            lock(&self.open).fetches.remove(&self.number);
            self.journal
                .write(Event::FetchDropped { fetch: self.number });
        }
    }
}

fn lock(open: &Mutex<Open>) -> std::sync::MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}
