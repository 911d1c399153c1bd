//! Wrong: the turn is handed to the next in line, and is lost if that caller is gone. Caught by: dropped

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Semaphore, oneshot};

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    /// A key is in here while somebody has its turn, with those who wait for it.
    lines: RefCell<HashMap<Key, VecDeque<oneshot::Sender<()>>>>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Semaphore::new(max_parallel),
            lines: RefCell::default(),
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let turn = self.get_in_line(event.key);
        if let Some(turn) = turn {
            let _ = turn.await;
        }
        let _next = Next(self, event.key);
        let _place = self.places.acquire().await.unwrap();
        self.sink.store(event).await
    }

    fn get_in_line(&self, key: Key) -> Option<oneshot::Receiver<()>> {
        let mut lines = self.lines.borrow_mut();
        let Some(line) = lines.get_mut(&key) else {
            lines.insert(key, VecDeque::new());
            return None;
        };
        let (call, called) = oneshot::channel();
        line.push_back(call);
        Some(called)
    }
}

struct Next<'a>(&'a Processor, Key);

impl Drop for Next<'_> {
    fn drop(&mut self) {
        let mut lines = self.0.lines.borrow_mut();
        match lines.get_mut(&self.1).and_then(VecDeque::pop_front) {
            Some(next) => drop(next.send(())),
            None => drop(lines.remove(&self.1)),
        }
    }
}
