//! The operator of one run: every awaited operation waits here until the grader answers
//! it. Its main type is [`Waiting`].

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::ThreadId;
use std::time::Duration;

use kit::supervised::{Answer, Datum, Operation, Operator};

use crate::clock;
use crate::journal::{Journal, polled_call};
use crate::protocol::{Ending, Event};
use crate::words;

/// The message of an operation that is made to panic.
pub(crate) const OPERATION_PANIC: &str = "the database driver panicked";

/// The operations of one run that have begun and not ended.
#[derive(Debug)]
pub(crate) struct Waiting {
    journal: Journal,
    loop_thread: ThreadId,
    open: Arc<Mutex<Open>>,
    age_micros: AtomicU64,
}

#[derive(Debug, Default)]
struct Open {
    begun: u32,
    operations: HashMap<u32, Slot>,
}

#[derive(Debug, Default)]
struct Slot {
    ending: Option<Ending>,
    waker: Option<Waker>,
}

impl Waiting {
    pub(crate) fn new(journal: Journal) -> Waiting {
        Waiting {
            journal,
            loop_thread: std::thread::current().id(),
            open: Arc::default(),
            age_micros: AtomicU64::new(0),
        }
    }

    /// Answers an operation; leaves alone one that is over or was answered before.
    pub(crate) fn answer(&self, operation: u32, with: Ending) {
        let waker = {
            let mut open = lock(&self.open);
            let Some(slot) = open.operations.get_mut(&operation) else {
                return;
            };
            if slot.ending.is_some() {
                return;
            }
            slot.ending = Some(with);
            slot.waker.take()
        };
        // The lock is released first, because waking may run code of the submission.
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Lets `time` pass by the grader's clock.
    pub(crate) fn pass(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.age_micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// Called by a task that keeps the loop busy for `time` by the grader's clock.
    pub(crate) fn block(&self, time: Duration) {
        self.pass(time);
    }
}

impl Operator for Waiting {
    fn begin(&self, kind: &'static str, arguments: Vec<Datum>) -> Operation {
        let mut open = lock(&self.open);
        open.begun += 1;
        let number = open.begun;
        open.operations.insert(number, Slot::default());
        self.journal.write(Event::Begun {
            operation: number,
            kind: kind.to_owned(),
            arguments: words::values(arguments),
            call: polled_call(),
            off_loop: std::thread::current().id() != self.loop_thread,
        });
        Box::pin(OpenOperation {
            number,
            journal: self.journal.clone(),
            open: Arc::clone(&self.open),
            over: false,
        })
    }

    fn note(&self, kind: &'static str, arguments: Vec<Datum>) {
        self.journal.write(Event::Noted {
            kind: kind.to_owned(),
            arguments: words::values(arguments),
            call: polled_call(),
        });
    }

    fn now(&self) -> Duration {
        Duration::from_micros(self.age_micros.load(Ordering::Relaxed))
    }
}

/// The future a submission awaits.
struct OpenOperation {
    number: u32,
    journal: Journal,
    open: Arc<Mutex<Open>>,
    over: bool,
}

impl fmt::Debug for OpenOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an operation")
    }
}

impl Future for OpenOperation {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        let ending = {
            let mut open = lock(&self.open);
            let slot = open
                .operations
                .get_mut(&self.number)
                .expect("an operation stays open until its future is over");
            let Some(ending) = slot.ending.take() else {
                slot.waker = Some(context.waker().clone());
                return Poll::Pending;
            };
            open.operations.remove(&self.number);
            ending
        };
        self.over = true;
        self.journal.write(Event::Delivered {
            operation: self.number,
        });
        match words::answer(ending) {
            Some(answer) => Poll::Ready(answer),
            // Resumed rather than raised, so that no panic hook runs.
            None => std::panic::resume_unwind(Box::new(OPERATION_PANIC)),
        }
    }
}

impl Drop for OpenOperation {
    fn drop(&mut self) {
        if !self.over {
            lock(&self.open).operations.remove(&self.number);
            self.journal.write(Event::Dropped {
                operation: self.number,
            });
        }
    }
}

fn lock(open: &Mutex<Open>) -> std::sync::MutexGuard<'_, Open> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}
