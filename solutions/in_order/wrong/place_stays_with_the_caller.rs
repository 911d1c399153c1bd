//! Wrong: the store is a task that keeps its turn, and its place stays with the caller. Caught by: bounded

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Mutex, Semaphore};

type Lines = HashMap<Key, Arc<Mutex<()>>>;

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lines: Rc<RefCell<Lines>>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Semaphore::new(max_parallel),
            lines: Rc::default(),
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let line = Arc::clone(self.lines.borrow_mut().entry(event.key).or_default());
        let lines = Rc::clone(&self.lines);
        let key = event.key;
        let spot = Spot { lines, key, line };
        let turn = Arc::clone(&spot.line).lock_owned().await;
        let _place = self.places.acquire().await.unwrap();
        let sink = self.sink.clone();
        let store = async move {
            let _spot = spot;
            let _turn = turn;
            sink.store(event).await
        };
        tokio::task::spawn_local(store).await.unwrap()
    }
}

struct Spot {
    lines: Rc<RefCell<Lines>>,
    key: Key,
    line: Arc<Mutex<()>>,
}

impl Drop for Spot {
    fn drop(&mut self) {
        if Arc::strong_count(&self.line) == 2 {
            self.lines.borrow_mut().remove(&self.key);
        }
    }
}
