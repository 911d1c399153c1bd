//! Wrong: the first caller of a key stores what the others hand in; if it is dropped, they are stranded. Caught by: dropped

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Semaphore, oneshot};

type Job = (Event, oneshot::Sender<Result<(), SinkError>>);

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lines: RefCell<HashMap<Key, VecDeque<Job>>>,
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
        let key = event.key;
        let (tell, told) = oneshot::channel();
        let leads = {
            let mut lines = self.lines.borrow_mut();
            let leads = !lines.contains_key(&key);
            lines.entry(key).or_default().push_back((event, tell));
            leads
        };
        while leads {
            let job = self
                .lines
                .borrow_mut()
                .get_mut(&key)
                .and_then(VecDeque::pop_front);
            let Some((event, tell)) = job else {
                self.lines.borrow_mut().remove(&key);
                break;
            };
            let place = self.places.acquire().await.unwrap();
            let stored = self.sink.store(event).await;
            drop(place);
            let _ = tell.send(stored);
        }
        told.await.unwrap()
    }
}
