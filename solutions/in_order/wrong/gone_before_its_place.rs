//! Wrong: an event that is dropped while it waits for a place leaves its line behind. Caught by: bounded_state

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Mutex, Semaphore};

/// Hands events to a sink, in order for each key.
pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lines: RefCell<Lines>,
}

// A line stays in the map as long as some event of its key is not done.
type Lines = HashMap<Key, Rc<Mutex<()>>>;

impl Processor {
    /// A processor that has at most `max_parallel` stores under way at once.
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Semaphore::new(max_parallel),
            lines: RefCell::default(),
        }
    }

    /// Has `event` stored, and returns when that is done.
    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let line = Rc::clone(self.lines.borrow_mut().entry(event.key).or_default());
        let lines = &self.lines;
        let key = event.key;
        let spot = Spot {
            lines,
            key,
            line,
            turn: std::cell::Cell::new(true),
        };
        // tokio's lock is fair: it goes to those who wait in the order they came, and
        // passes over those who were dropped.
        let _turn = spot.line.lock().await;
        spot.turn.set(false);
        // Only now: an event that waits for its turn takes no place from the other keys.
        let _place = self.places.acquire().await.expect("it is never closed");
        spot.turn.set(true);
        // The caller's own future stores: if it is dropped, so are store, place and turn.
        self.sink.store(event).await
    }
}

/// One event's spot in the line of its key. Giving it up is a `Drop`, because no line after
/// an await runs when the caller is dropped there.
struct Spot<'a> {
    lines: &'a RefCell<Lines>,
    key: Key,
    line: Rc<Mutex<()>>,
    turn: std::cell::Cell<bool>,
}

impl Drop for Spot<'_> {
    fn drop(&mut self) {
        // Two owners are the map and this event: nobody else is in line.
        if self.turn.get() && Rc::strong_count(&self.line) == 2 {
            self.lines.borrow_mut().remove(&self.key);
        }
    }
}
