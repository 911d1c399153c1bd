//! Right: one queue for all events; each arrival and each end starts what can be started.
//! Each store is a task of its own.

use std::cell::RefCell;
use std::collections::{HashSet, VecDeque};
use std::rc::Rc;

use kit::sink::{Event, Key, Sink, SinkError};
use tokio::sync::oneshot;

struct Waiting {
    event: Event,
    tell: oneshot::Sender<Result<(), SinkError>>,
}

struct Board {
    sink: Sink,
    max_parallel: usize,
    line: RefCell<VecDeque<Waiting>>,
    busy: RefCell<HashSet<Key>>,
}

pub struct Processor {
    board: Rc<Board>,
}

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        let (line, busy) = Default::default();
        Self {
            board: Rc::new(Board {
                sink,
                max_parallel,
                line,
                busy,
            }),
        }
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let (tell, told) = oneshot::channel();
        self.board
            .line
            .borrow_mut()
            .push_back(Waiting { event, tell });
        start(&self.board);
        told.await.expect("the store panicked")
    }
}

/// Starts the first events whose key is free, as long as there is a place.
fn start(board: &Rc<Board>) {
    let mut line = board.line.borrow_mut();
    line.retain(|waiting| !waiting.tell.is_closed());
    let mut busy = board.busy.borrow_mut();
    while busy.len() < board.max_parallel {
        let is_free = |waiting: &Waiting| !busy.contains(&waiting.event.key);
        let Some(first) = line.iter().position(is_free) else {
            break;
        };
        let Waiting { event, tell } = line.remove(first).expect("it was found");
        busy.insert(event.key);
        let done = Done(Rc::clone(board), event.key);
        tokio::task::spawn_local(async move {
            let result = done.0.sink.store(event).await;
            let _ = tell.send(result);
        });
    }
}

struct Done(Rc<Board>, Key);

impl Drop for Done {
    fn drop(&mut self) {
        self.0.busy.borrow_mut().remove(&self.1);
        // A task cannot be spawned while the loop is torn down.
        if tokio::runtime::Handle::try_current().is_ok() {
            start(&self.0);
        }
    }
}
