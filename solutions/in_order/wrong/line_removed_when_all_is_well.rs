//! Wrong: the line is taken out of the map after the store, a line that a dropped or failed event never reaches. Caught by: bounded_state

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
        let key = event.key;
        let _turn = line.lock().await;
        let _place = self.places.acquire().await.unwrap();
        self.sink.store(event).await?;
        if Rc::strong_count(&line) == 2 {
            self.lines.borrow_mut().remove(&key);
        }
        Ok(())
    }
}
