//! Wrong: an event yields until its turn has come, and so the loop never rests. Caught by: no_polling

use std::cell::RefCell;
use std::collections::HashMap;

use kit::sink::{Event, Key, Sink, SinkError};

pub struct Processor {
    sink: Sink,
    max_parallel: usize,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    lines: HashMap<Key, Vec<u64>>,
    tickets: u64,
    running: usize,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            max_parallel,
            state: RefCell::default(),
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let mut spot = Spot::of(&self.state, event.key);
        while !spot.take(self.max_parallel) {
            tokio::task::yield_now().await;
        }
        self.sink.store(event).await
    }
}

struct Spot<'a> {
    state: &'a RefCell<State>,
    key: Key,
    ticket: u64,
    runs: bool,
}

impl<'a> Spot<'a> {
    fn of(state: &'a RefCell<State>, key: Key) -> Self {
        let mut all = state.borrow_mut();
        all.tickets += 1;
        let ticket = all.tickets;
        all.lines.entry(key).or_default().push(ticket);
        drop(all);
        let runs = false;
        Self {
            state,
            key,
            ticket,
            runs,
        }
    }

    fn take(&mut self, max_parallel: usize) -> bool {
        let mut all = self.state.borrow_mut();
        let is_first = all.lines[&self.key].first() == Some(&self.ticket);
        if is_first && all.running < max_parallel {
            all.running += 1;
            self.runs = true;
        }
        self.runs
    }
}

impl Drop for Spot<'_> {
    fn drop(&mut self) {
        let mut all = self.state.borrow_mut();
        all.running -= usize::from(self.runs);
        let line = all.lines.get_mut(&self.key).unwrap();
        line.retain(|ticket| *ticket != self.ticket);
        if line.is_empty() {
            all.lines.remove(&self.key);
        }
    }
}
