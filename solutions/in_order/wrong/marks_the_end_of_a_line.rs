//! Wrong: when the last event of a key is stored, an event of the processor's own marks that. Caught by: stored_once

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Mutex, Semaphore};

const END: u64 = u64::MAX;

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lanes: RefCell<HashMap<Key, Rc<Mutex<()>>>>,
}

struct Lane<'a> {
    of: &'a Processor,
    key: Key,
    lock: Rc<Mutex<()>>,
}

impl Lane<'_> {
    fn is_last(&self) -> bool {
        Rc::strong_count(&self.lock) == 2
    }
}

impl Drop for Lane<'_> {
    fn drop(&mut self) {
        if self.is_last() {
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
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let key = event.key;
        let lock = Rc::clone(self.lanes.borrow_mut().entry(key).or_default());
        let of = self;
        let lane = Lane { of, key, lock };
        let _turn = lane.lock.lock().await;
        let _place = self.places.acquire().await.expect("never closed");
        let result = self.sink.store(event).await;
        if result.is_ok() && lane.is_last() {
            let number = END;
            self.sink.store(Event { key, number }).await?;
        }
        result
    }
}
