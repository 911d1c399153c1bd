//! Wrong: two places come free in one turn of the loop, and only one of those in line is called. Caught by: side_by_side

use kit::sink::{Event, Key, Sink, SinkError};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// All waiting events by arrival. One may go if it is the first of its key, no store of its key is under way, and a place is free.
#[derive(Default)]
struct Board {
    next: u64,
    waiting: BTreeMap<u64, (Key, Option<Waker>)>,
    firsts: HashMap<Key, BTreeSet<u64>>,
    storing: HashMap<Key, u64>,
    free: usize,
}

impl Board {
    fn may_go(&self, ticket: u64) -> bool {
        let mut free = self.free;
        for (number, (key, _)) in &self.waiting {
            let can = !self.storing.contains_key(key) && self.firsts[key].first() == Some(number);
            if can {
                if free == 0 {
                    return false;
                }
                free -= 1;
                if *number == ticket {
                    return true;
                }
            } else if *number == ticket {
                return false;
            }
        }
        false
    }
    fn call(&mut self) {
        let ready: Vec<u64> = self
            .waiting
            .keys()
            .copied()
            .filter(|it| self.may_go(*it))
            .collect();
        if let Some(&number) = ready.first() {
            if let Some(waker) = self.waiting.get_mut(&number).and_then(|it| it.1.take()) {
                waker.wake();
            }
        }
    }
    fn forget(&mut self, ticket: u64, key: Key) {
        self.waiting.remove(&ticket);
        if let Some(all) = self.firsts.get_mut(&key) {
            all.remove(&ticket);
            if all.is_empty() {
                self.firsts.remove(&key);
            }
        }
    }
}

pub struct Processor {
    sink: Sink,
    board: Rc<RefCell<Board>>,
}

struct Turn<'a> {
    board: &'a RefCell<Board>,
    ticket: u64,
    key: Key,
}
impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut board = self.board.borrow_mut();
        board.forget(self.ticket, self.key);
        if board.storing.get(&self.key) == Some(&self.ticket) {
            board.storing.remove(&self.key);
            board.free += 1;
        }
        board.call();
    }
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            board: Rc::new(RefCell::new(Board {
                free: max_parallel,
                ..Board::default()
            })),
        }
    }
    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let key = event.key;
        let turn = {
            let mut board = self.board.borrow_mut();
            let ticket = board.next;
            board.next += 1;
            board.waiting.insert(ticket, (key, None));
            board.firsts.entry(key).or_default().insert(ticket);
            Turn {
                board: &self.board,
                ticket,
                key,
            }
        };
        poll_fn(|context| {
            let mut board = self.board.borrow_mut();
            if !board.may_go(turn.ticket) {
                board.waiting.get_mut(&turn.ticket).unwrap().1 = Some(context.waker().clone());
                return Poll::Pending;
            }
            board.forget(turn.ticket, key);
            board.storing.insert(key, turn.ticket);
            board.free -= 1;
            Poll::Ready(())
        })
        .await;
        self.sink.store(event).await
    }
}
