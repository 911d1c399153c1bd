//! Wrong: an event misses the call of a store that ends between its look and its wait. Caught by: answered

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Notify, Semaphore};

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lines: RefCell<HashMap<Key, VecDeque<Rc<Notify>>>>,
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
        let call = Rc::new(Notify::new());
        let spot = Spot(self, event.key, Rc::clone(&call));
        let waits = {
            let mut lines = self.lines.borrow_mut();
            let line = lines.entry(event.key).or_default();
            line.push_back(Rc::clone(&call));
            line.len() > 1
        };
        if waits {
            // Let the others go first.
            tokio::task::yield_now().await;
            call.notified().await;
        }
        let _place = self.places.acquire().await.unwrap();
        let stored = self.sink.store(event).await;
        drop(spot);
        stored
    }
}

struct Spot<'a>(&'a Processor, Key, Rc<Notify>);

impl Drop for Spot<'_> {
    fn drop(&mut self) {
        let mut lines = self.0.lines.borrow_mut();
        let Some(line) = lines.get_mut(&self.1) else { return };
        let was_first = line.front().is_some_and(|call| Rc::ptr_eq(call, &self.2));
        line.retain(|call| !Rc::ptr_eq(call, &self.2));
        match line.front() {
            // Only those who wait already hear this.
            Some(next) if was_first => next.notify_waiters(),
            Some(_) => {}
            None => drop(lines.remove(&self.1)),
        }
    }
}
