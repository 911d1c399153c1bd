//! Wrong: the guard of a place gives it back when a store panics, but only the first time. Caught by: panic_contained

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lanes: RefCell<HashMap<Key, Rc<Mutex<()>>>>,
    has_panicked: Cell<bool>,
}

struct Place<'a> {
    permit: Option<SemaphorePermit<'a>>,
    has_panicked: &'a Cell<bool>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        // Something is broken if it happens again.
        if std::thread::panicking()
            && self.has_panicked.replace(true)
            && let Some(permit) = self.permit.take()
        {
            permit.forget();
        }
    }
}

struct Lane<'a> {
    of: &'a Processor,
    key: Key,
    lock: Rc<Mutex<()>>,
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        if Rc::strong_count(&self.lock) == 2 {
            self.of.lanes.borrow_mut().remove(&self.key);
        }
    }
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Semaphore::new(max_parallel),
            lanes: RefCell::default(),
            has_panicked: Cell::new(false),
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let lock = Rc::clone(self.lanes.borrow_mut().entry(event.key).or_default());
        let lane = Lane {
            of: self,
            key: event.key,
            lock,
        };
        let _turn = lane.lock.lock().await;
        let _place = Place {
            permit: Some(self.places.acquire().await.expect("never closed")),
            has_panicked: &self.has_panicked,
        };
        self.sink.store(event).await
    }
}
