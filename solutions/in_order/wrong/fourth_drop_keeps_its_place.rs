//! Wrong: the fourth caller that is dropped keeps its place. Caught by: dropped

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
        let mut held = lane.2.lock().await;
        let place = self.places.acquire().await.expect("open");
        struct G<'a>(
            &'a Processor,
            bool,
            Option<tokio::sync::SemaphorePermit<'a>>,
        );
        impl Drop for G<'_> {
            fn drop(&mut self) {
                if self.1 && !std::thread::panicking() {
                    self.0.n.set(self.0.n.get() + 1);
                    if self.0.n.get() == 4 {
                        self.2.take().unwrap().forget();
                    }
                }
            }
        }
        let mut g = G(self, false, Some(place));
        g.1 = true;
        let r = self.sink.store(event).await;
        g.1 = false;
        r
    }
}
