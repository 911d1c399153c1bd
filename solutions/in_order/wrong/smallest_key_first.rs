//! Wrong: a free place goes to the smallest key that has an event, again and again. Caught by: slow_key

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet, VecDeque};
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::oneshot;

type Job = (Event, oneshot::Sender<Result<(), SinkError>>);

struct Board {
    sink: Sink,
    max_parallel: usize,
    lines: RefCell<BTreeMap<Key, VecDeque<Job>>>,
    busy: RefCell<HashSet<Key>>,
}

pub struct Processor(Rc<Board>);

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self(Rc::new(Board {
            sink,
            max_parallel,
            lines: RefCell::default(),
            busy: RefCell::default(),
        }))
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let (tell, told) = oneshot::channel();
        let key = event.key;
        self.0
            .lines
            .borrow_mut()
            .entry(key)
            .or_default()
            .push_back((event, tell));
        start(&self.0);
        told.await.expect("the store panicked")
    }
}

fn start(board: &Rc<Board>) {
    let mut lines = board.lines.borrow_mut();
    let mut busy = board.busy.borrow_mut();
    while busy.len() < board.max_parallel {
        let Some(key) = lines.keys().find(|key| !busy.contains(key)).copied() else {
            return;
        };
        let line = lines.get_mut(&key).expect("it was found");
        let job = line.pop_front();
        if line.is_empty() {
            lines.remove(&key);
        }
        let Some((event, tell)) = job else { continue };
        busy.insert(key);
        let done = Done(Rc::clone(board), key);
        tokio::task::spawn_local(async move {
            let _ = tell.send(done.0.sink.store(event).await);
        });
    }
}

struct Done(Rc<Board>, Key);

impl Drop for Done {
    fn drop(&mut self) {
        self.0.busy.borrow_mut().remove(&self.1);
        if tokio::runtime::Handle::try_current().is_ok() {
            start(&self.0);
        }
    }
}
