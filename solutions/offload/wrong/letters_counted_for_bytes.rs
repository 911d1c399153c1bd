//! Wrong: the length of a password is counted in letters, not in bytes. Caught by: too_long

use kit::{HashError, hash_password};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

struct Line {
    next: u64,
    free: usize,
    waiting: BTreeMap<u64, Option<Waker>>,
}
impl Line {
    fn call(&mut self) {
        for waker in self
            .waiting
            .values_mut()
            .take(self.free)
            .filter_map(Option::take)
        {
            waker.wake();
        }
    }
}

struct Slot(Rc<RefCell<Line>>);
impl Drop for Slot {
    fn drop(&mut self) {
        let mut line = self.0.borrow_mut();
        line.free += 1;
        line.call();
    }
}

struct Ticket {
    line: Rc<RefCell<Line>>,
    number: u64,
}
impl Drop for Ticket {
    fn drop(&mut self) {
        let mut line = self.line.borrow_mut();
        line.waiting.remove(&self.number);
        line.call();
    }
}

pub struct PasswordService {
    line: Rc<RefCell<Line>>,
}

impl PasswordService {
    pub fn new(max_parallel: usize) -> Self {
        Self {
            line: Rc::new(RefCell::new(Line {
                next: 0,
                free: max_parallel,
                waiting: BTreeMap::new(),
            })),
        }
    }
    async fn slot(&self) -> Slot {
        let ticket = {
            let mut line = self.line.borrow_mut();
            line.next += 1;
            let number = line.next;
            line.waiting.insert(number, None);
            Ticket {
                line: self.line.clone(),
                number,
            }
        };
        poll_fn(|context| {
            let mut line = self.line.borrow_mut();
            let may = line
                .waiting
                .keys()
                .take(line.free)
                .any(|it| *it == ticket.number);
            if !may {
                line.waiting
                    .insert(ticket.number, Some(context.waker().clone()));
                return Poll::Pending;
            }
            line.free -= 1;
            Poll::Ready(())
        })
        .await;
        Slot(self.line.clone())
    }
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let slot = self.slot().await;
        // The slot is kept on the loop by a task that outlives the caller.
        let work = tokio::task::spawn_local(async move {
            let _slot = slot;
            tokio::task::spawn_blocking(move || {
                hash_password(&password.chars().take(72).collect::<String>())
            })
            .await
        });
        work.await.expect("not aborted").expect("the hash panicked")
    }
}
