//! Wrong: a rejected event takes the events behind it down with it. Caught by: own_result

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::{Semaphore, oneshot};

type Job = (Event, oneshot::Sender<Result<(), SinkError>>);

struct Shared {
    sink: Sink,
    places: Semaphore,
    lines: RefCell<HashMap<Key, VecDeque<Job>>>,
}

pub struct Processor(Rc<Shared>);

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self(Rc::new(Shared {
            sink,
            places: Semaphore::new(max_parallel),
            lines: RefCell::default(),
        }))
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let key = event.key;
        let (tell, told) = oneshot::channel();
        let mut lines = self.0.lines.borrow_mut();
        if !lines.contains_key(&key) {
            tokio::task::spawn_local(work(Rc::clone(&self.0), key));
        }
        lines.entry(key).or_default().push_back((event, tell));
        drop(lines);
        told.await.expect("its task is gone")
    }
}

async fn work(shared: Rc<Shared>, key: Key) {
    let next = || {
        let mut lines = shared.lines.borrow_mut();
        let job = lines.get_mut(&key).and_then(VecDeque::pop_front);
        if job.is_none() {
            lines.remove(&key);
        }
        job
    };
    while let Some((event, tell)) = next() {
        let _place = shared.places.acquire().await.unwrap();
        let stored = shared.sink.store(event).await;
        let failed = stored.is_err();
        let _ = tell.send(stored);
        if failed {
            for (_, tell) in shared.lines.borrow_mut().remove(&key).unwrap_or_default() {
                let _ = tell.send(Err(SinkError::Rejected));
            }
            return;
        }
    }
}
