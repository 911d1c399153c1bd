//! Wrong: a key is free for a moment before the event that was woken runs, and a newcomer may take it. Caught by: in_order

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Notify, Semaphore};

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    busy: RefCell<HashSet<Key>>,
    free: RefCell<HashMap<Key, Rc<Notify>>>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Semaphore::new(max_parallel),
            busy: RefCell::default(),
            free: RefCell::default(),
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let free = Rc::clone(self.free.borrow_mut().entry(event.key).or_default());
        while !self.busy.borrow_mut().insert(event.key) {
            free.notified().await;
        }
        let _turn = Turn(self, event.key, &free);
        let _place = self.places.acquire().await.unwrap();
        self.sink.store(event).await
    }
}

struct Turn<'a>(&'a Processor, Key, &'a Rc<Notify>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.busy.borrow_mut().remove(&self.1);
        self.2.notify_one();
    }
}
