//! Wrong: turns go by number, and the number of a dropped caller is never called. Caught by: dropped

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Semaphore, watch};

#[derive(Clone)]
struct Line {
    tickets: u64,
    serving: Rc<watch::Sender<u64>>,
}

pub struct Processor {
    sink: Sink,
    places: Semaphore,
    lines: RefCell<HashMap<Key, Line>>,
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
        let (ticket, serving) = {
            let mut lines = self.lines.borrow_mut();
            let line = lines.entry(key).or_insert_with(|| Line {
                tickets: 0,
                serving: Rc::new(watch::channel(1).0),
            });
            line.tickets += 1;
            (line.tickets, Rc::clone(&line.serving))
        };
        let _ = serving.subscribe().wait_for(|now| *now == ticket).await;
        let _done = Done(self, key, ticket, &serving);
        let _place = self.places.acquire().await.unwrap();
        self.sink.store(event).await
    }
}

struct Done<'a>(&'a Processor, Key, u64, &'a watch::Sender<u64>);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        let mut lines = self.0.lines.borrow_mut();
        if lines
            .get(&self.1)
            .is_some_and(|line| line.tickets == self.2)
        {
            lines.remove(&self.1);
        }
        self.3.send_modify(|now| *now += 1);
    }
}
