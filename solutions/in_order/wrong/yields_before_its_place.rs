//! Wrong: yields before it takes its place in the line, and tokio wakes those that yielded in one turn last one first. Caught by: in_order

use kit::sink::{Event, Key, Sink, SinkError};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use tokio::sync::{Mutex, Semaphore};
pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lines: RefCell<HashMap<Key, Rc<Mutex<()>>>>,
}
struct Spot<'a>(&'a Processor, Key, Rc<Mutex<()>>);
impl Drop for Spot<'_> {
    fn drop(&mut self) {
        if Rc::strong_count(&self.2) == 2 {
            self.0.lines.borrow_mut().remove(&self.1);
        }
    }
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
        tokio::task::yield_now().await;
        let line = Rc::clone(self.lines.borrow_mut().entry(event.key).or_default());
        let spot = Spot(self, event.key, line);
        let _turn = spot.2.lock().await;
        let _place = self.places.acquire().await.unwrap();
        self.sink.store(event).await
    }
}
