//! Wrong: a place is lost with every fourth event that is dropped while it waits for one. Caught by: dropped

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Mutex, Semaphore};

/// Hands events to a sink, in order for each key.
pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lines: RefCell<HashMap<Key, Rc<Mutex<()>>>>,
    // How many were dropped while they waited for a place.
    gone: Cell<u32>,
}

impl Processor {
    /// A processor that has at most `max_parallel` stores under way at once.
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Semaphore::new(max_parallel),
            lines: RefCell::default(),
            gone: Cell::new(0),
        }
    }

    /// Has `event` stored, and returns when that is done.
    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let line = Rc::clone(self.lines.borrow_mut().entry(event.key).or_default());
        let key = event.key;
        let spot = Spot {
            processor: self,
            key,
            line,
        };
        let _turn = spot.line.lock().await;
        let mut waits = Waits {
            gone: &self.gone,
            has_a_place: false,
        };
        let place = self.places.acquire().await.expect("it is never closed");
        waits.has_a_place = true;
        let stored = self.sink.store(event).await;
        if self.gone.get() >= 4 {
            self.gone.set(0);
            place.forget();
        }
        stored
    }
}

/// Notices when an event is dropped before it has a place.
struct Waits<'a> {
    gone: &'a Cell<u32>,
    has_a_place: bool,
}

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        if !self.has_a_place {
            self.gone.set(self.gone.get() + 1);
        }
    }
}

/// One event's spot in the line of its key.
struct Spot<'a> {
    processor: &'a Processor,
    key: Key,
    line: Rc<Mutex<()>>,
}

impl Drop for Spot<'_> {
    fn drop(&mut self) {
        // Two owners are the map and this event: nobody else is in line.
        if Rc::strong_count(&self.line) == 2 {
            self.processor.lines.borrow_mut().remove(&self.key);
        }
    }
}
