//! Wrong: a rejected event is given to the sink again. Caught by: stored_once

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
        let line = Rc::clone(self.lines.borrow_mut().entry(event.key).or_default());
        let lines = &self.lines;
        let key = event.key;
        let spot = Spot { lines, key, line };
        let _turn = spot.line.lock().await;
        let _place = self.places.acquire().await.unwrap();
        match self.sink.store(event.clone()).await {
            Err(SinkError::Rejected) => self.sink.store(event).await,
            stored => stored,
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
