//! Wrong: a store that has taken a day holds up nobody any more. Caught by: in_order

#![allow(unused)]
use kit::sink::{Event, Key, Sink, SinkError};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;
type Lock = Rc<Mutex<u64>>;
pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lanes: RefCell<HashMap<u64, Lock>>,
    n: Cell<u64>,
}
struct Lane<'a>(&'a Processor, u64, Lock);
impl Drop for Lane<'_> {
    fn drop(&mut self) {
        let mut l = self.0.lanes.borrow_mut();
        if Rc::strong_count(&self.2) <= 2 {
            l.remove(&self.1);
        }
    }
}
impl Processor {
    fn lane(&self, k: Key) -> Lane<'_> {
        Lane(
            self,
            k.0,
            self.lanes.borrow_mut().entry(k.0).or_default().clone(),
        )
    }
}
impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self {
            sink,
            places: Semaphore::new(max_parallel),
            lanes: RefCell::default(),
            n: Cell::new(0),
        }
    }
    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let lane = self.lane(event.key);
        let now = Instant::now();
        thread_local! { static BASE: Cell<Option<Instant>> = Cell::new(None); }
        let base = BASE.get().unwrap_or_else(|| {
            BASE.set(Some(now));
            now
        });
        let at = now.duration_since(base).as_secs() + 1;
        let stale = match self.lanes.borrow().get(&(event.key.0 + (1 << 60))) {
            Some(l) => l.try_lock().is_ok_and(|b| at > *b + 86_400),
            None => false,
        };
        let mark = self
            .lanes
            .borrow_mut()
            .entry(event.key.0 + (1 << 60))
            .or_default()
            .clone();
        let held = if stale {
            None
        } else {
            Some(lane.2.lock().await)
        };
        *mark.try_lock().unwrap() = Instant::now().duration_since(base).as_secs() + 1;
        let _place = self.places.acquire().await.expect("open");
        self.sink.store(event).await
    }
}
