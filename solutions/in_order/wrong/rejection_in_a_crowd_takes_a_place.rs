//! Wrong: a rejection while four wait for a place costs one. Caught by: rejected_holds_nothing_up

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

type Lines = HashMap<Key, Rc<Mutex<()>>>;

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    waiting: Cell<usize>,
    lines: RefCell<Lines>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Semaphore::new(max_parallel),
            waiting: Cell::new(0),
            lines: RefCell::default(),
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let line = Rc::clone(self.lines.borrow_mut().entry(event.key).or_default());
        let lines = &self.lines;
        let key = event.key;
        let spot = Spot { lines, key, line };
        let _turn = spot.line.lock().await;
        let place = self.place().await;
        let stored = self.sink.store(event).await;
        if stored.is_err() && self.waiting.get() >= 4 {
            // The sink has too much to do.
            place.forget();
        }
        stored
    }

    async fn place(&self) -> SemaphorePermit<'_> {
        let _waits = Waits::new(&self.waiting);
        self.places.acquire().await.expect("never closed")
    }
}

/// An event that waits for a place.
struct Waits<'a>(&'a Cell<usize>);

impl<'a> Waits<'a> {
    fn new(waiting: &'a Cell<usize>) -> Self {
        waiting.set(waiting.get() + 1);
        Self(waiting)
    }
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
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
