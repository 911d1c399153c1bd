//! The steps of `kit::work` that a poll makes: counted as they are made, told when the
//! poll is over. Its main type is [`Steps`].
//!
//! A step on another thread than the loop's is not made: the thread is held until the run
//! is over. So what waits for it waits for ever, however quick the thread would have been.

use std::cell::RefCell;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;

use kit::supervised::Counter;

use crate::journal::Journal;
use crate::protocol::{Event, Value};

/// The kind that the grader knows steps by.
const KIND: &str = "steps";

/// More chains of one poll than this are counted and not told: their steps are many more
/// than any poll may make.
const MOST_CHAINS: usize = 1_000;

thread_local! {
    /// What was made since it was last told.
    static MADE: RefCell<Made> = const { RefCell::new(Made { count: 0, chains: Vec::new() }) };
}

struct Made {
    count: u64,
    chains: Vec<Chain>,
}

/// Steps each of which went on from the one before.
struct Chain {
    state: u64,
    number: u64,
    count: u64,
    next: u64,
}

/// The process's one counter of steps.
#[derive(Debug)]
pub(crate) struct Steps {
    loop_thread: ThreadId,
    /// How many runs are over.
    closed: Mutex<u64>,
    changed: Condvar,
}

impl Default for Steps {
    fn default() -> Steps {
        Steps {
            loop_thread: std::thread::current().id(),
            closed: Mutex::default(),
            changed: Condvar::new(),
        }
    }
}

impl Steps {
    /// A run is over, and so is what its threads are held in. Runs in which steps are made
    /// are played one after the other.
    pub(crate) fn close(&self) {
        *self.lock() += 1;
        self.changed.notify_all();
    }

    /// Holds this thread until the run is over.
    fn hold(&self) -> ! {
        let mut closed = self.lock();
        let before = *closed;
        while *closed == before {
            closed = self
                .changed
                .wait(closed)
                .unwrap_or_else(PoisonError::into_inner);
        }
        drop(closed);
        // Resumed, not raised: no panic hook needs to hear of it.
        std::panic::resume_unwind(Box::new("the run is over"));
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counter for Steps {
    fn made(&self, state: u64, number: u64, next: u64) {
        if std::thread::current().id() != self.loop_thread {
            self.hold();
        }
        MADE.with_borrow_mut(|made| {
            made.count += 1;
            if let Some(chain) = made.chains.last_mut()
                && chain.next == state
                && chain.number.wrapping_add(chain.count) == number
            {
                chain.count += 1;
                chain.next = next;
            } else if made.chains.len() < MOST_CHAINS {
                made.chains.push(Chain {
                    state,
                    number,
                    count: 1,
                    next,
                });
            }
        });
    }
}

/// Tells what was made since the last time, in a poll of this call if it is one's.
pub(crate) fn note(journal: &Journal, call: Option<u32>) {
    let (count, chains) = MADE.with_borrow_mut(|made| {
        let count = std::mem::take(&mut made.count);
        (count, std::mem::take(&mut made.chains))
    });
    if count == 0 {
        return;
    }
    let chain = |chain: Chain| {
        let Chain {
            state,
            number,
            count,
            ..
        } = chain;
        Value::List([state, number, count].map(Value::from).to_vec())
    };
    let chains = chains.into_iter().map(chain).collect();
    journal.write(Event::Noted {
        kind: KIND.to_owned(),
        arguments: vec![count.into(), Value::List(chains)],
        call,
    });
}
