//! Right: each store is a task that outlives its caller, and takes turn and place with it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Mutex, Semaphore};

type Lines = Rc<RefCell<HashMap<Key, Arc<Mutex<()>>>>>;

pub struct Processor {
    sink: Sink,
    places: Arc<Semaphore>,
    lines: Lines,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        let places = Arc::new(Semaphore::new(max_parallel));
        let lines = Lines::default();
        Self {
            sink,
            places,
            lines,
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let spot = Spot {
            lines: Rc::clone(&self.lines),
            key: event.key,
            line: Arc::clone(self.lines.borrow_mut().entry(event.key).or_default()),
        };
        let turn = Arc::clone(&spot.line).lock_owned().await;
        let places = Arc::clone(&self.places);
        let place = places.acquire_owned().await.expect("never closed");
        let sink = self.sink.clone();
        let store = async move {
            // In this order: the turn is given back before the spot looks who is left.
            let _spot = spot;
            let _held = (turn, place);
            sink.store(event).await
        };
        match tokio::task::spawn_local(store).await {
            Ok(result) => result,
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }
}

struct Spot {
    lines: Lines,
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
