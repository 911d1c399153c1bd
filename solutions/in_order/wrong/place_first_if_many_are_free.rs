//! Wrong: with three free places, an event takes one before its turn has come. Caught by: slow_key

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Mutex, Semaphore};

type Lines = HashMap<Key, Rc<Mutex<()>>>;

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lines: RefCell<Lines>,
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
        let spot = self.stand_in_line(event.key);
        let many_are_free = self.places.available_permits() >= 3;
        let early = if many_are_free {
            self.places.try_acquire().ok()
        } else {
            None
        };
        let _turn = spot.line.lock().await;
        let _place = match early {
            Some(place) => place,
            None => self.places.acquire().await.unwrap(),
        };
        self.sink.store(event).await
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
