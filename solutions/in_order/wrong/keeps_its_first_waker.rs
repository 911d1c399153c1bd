//! Wrong: a caller keeps the waker of its first poll for good. Caught by: answered

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use kit::sink::{Event, Key, Sink, SinkError};

#[derive(Default)]
struct Lines {
    free: usize,
    tickets: u64,
    /// Who is in line for each key; the first of each has the turn.
    keys: HashMap<Key, VecDeque<u64>>,
    /// Heads of their keys that wait for a place.
    heads: VecDeque<u64>,
    /// Those that have a place.
    placed: Vec<u64>,
    wakers: HashMap<u64, Waker>,
}

impl Lines {
    fn hand_out(&mut self) {
        while self.free > 0 {
            let Some(ticket) = self.heads.pop_front() else {
                return;
            };
            self.free -= 1;
            self.placed.push(ticket);
            if let Some(waker) = self.wakers.remove(&ticket) {
                waker.wake();
            }
        }
    }
}

pub struct Processor {
    sink: Sink,
    lines: RefCell<Lines>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        let free = max_parallel;
        let lines = RefCell::new(Lines {
            free,
            ..Lines::default()
        });
        Self { sink, lines }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let ticket = Ticket::of(&self.lines, event.key);
        std::future::poll_fn(|context| ticket.poll(context)).await;
        let store = pin!(self.sink.store(event));
        let result = store.await;
        drop(ticket);
        result
    }
}

struct Ticket<'a> {
    lines: &'a RefCell<Lines>,
    key: Key,
    number: u64,
}

impl<'a> Ticket<'a> {
    fn of(lines: &'a RefCell<Lines>, key: Key) -> Self {
        let mut all = lines.borrow_mut();
        all.tickets += 1;
        let number = all.tickets;
        let line = all.keys.entry(key).or_default();
        line.push_back(number);
        if line.len() == 1 {
            all.heads.push_back(number);
            all.hand_out();
        }
        drop(all);
        Self { lines, key, number }
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<()> {
        let mut all = self.lines.borrow_mut();
        if all.placed.contains(&self.number) {
            return Poll::Ready(());
        }
        let waker = all.wakers.entry(self.number);
        waker.or_insert_with(|| context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        let mut all = self.lines.borrow_mut();
        all.wakers.remove(&self.number);
        all.heads.retain(|ticket| *ticket != self.number);
        if let Some(place) = all.placed.iter().position(|it| *it == self.number) {
            all.placed.swap_remove(place);
            all.free += 1;
        }
        let line = all.keys.get_mut(&self.key).expect("it is in line");
        let had_the_turn = line.front() == Some(&self.number);
        line.retain(|ticket| *ticket != self.number);
        let next = line.front().copied();
        match next {
            None => {
                all.keys.remove(&self.key);
            }
            Some(next) if had_the_turn => all.heads.push_back(next),
            Some(_) => {}
        }
        all.hand_out();
    }
}
