//! Wrong: after a rejection, an event yields before its line. Caught by: rejected_holds_nothing_up

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::yield_now;

type Lines = HashMap<Key, Rc<Mutex<()>>>;

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lines: RefCell<Lines>,
    was_rejected: Cell<bool>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Semaphore::new(max_parallel),
            lines: RefCell::default(),
            was_rejected: Cell::new(false),
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let others_wait = self.lines.borrow().contains_key(&event.key);
        if others_wait && self.was_rejected.get() {
            yield_now().await;
        }
        let spot = self.stand_in_line(event.key);
        let _turn = spot.line.lock().await;
        let _place = self.places.acquire().await.unwrap();
        let stored = self.sink.store(event).await;
        if stored.is_err() {
            self.was_rejected.set(true);
        }
        stored
    }

    fn stand_in_line(&self, key: Key) -> Spot<'_> {
        let line = Rc::clone(self.lines.borrow_mut().entry(key).or_default());
        Spot {
            lines: &self.lines,
            key,
            line,
        }
    }
}

struct Spot<'a> {
    lines: &'a RefCell<Lines>,
    key: Key,
    line: Rc<Mutex<()>>,
}

impl Drop for Spot<'_> {
    fn drop(&mut self) {
        if Rc::strong_count(&self.line) == 2 {
            self.lines.borrow_mut().remove(&self.key);
        }
    }
}
