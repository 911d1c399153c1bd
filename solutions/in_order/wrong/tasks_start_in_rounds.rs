//! Wrong: keys are served in rounds, and a round ends with its slowest store. Caught by: side_by_side

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use futures::future::join_all;
use kit::sink::{Event, Sink, SinkError};
use tokio::sync::oneshot;

type Job = (Event, oneshot::Sender<Result<(), SinkError>>);

struct Shared {
    sink: Sink,
    max_parallel: usize,
    line: RefCell<VecDeque<Job>>,
    works: Cell<bool>,
}

pub struct Processor(Rc<Shared>);

impl Processor {
    pub fn new(sink: Sink, max_parallel: usize) -> Self {
        Self(Rc::new(Shared {
            sink,
            max_parallel,
            line: RefCell::default(),
            works: Cell::new(false),
        }))
    }

    pub async fn handle(&self, event: Event) -> Result<(), SinkError> {
        let (tell, told) = oneshot::channel();
        self.0.line.borrow_mut().push_back((event, tell));
        if !self.0.works.replace(true) {
            tokio::task::spawn_local(work(Rc::clone(&self.0)));
        }
        told.await.expect("its task is gone")
    }
}

async fn work(shared: Rc<Shared>) {
    loop {
        let round = next_round(&shared);
        if round.is_empty() {
            shared.works.set(false);
            return;
        }
        let stores = round.into_iter().map(async |(event, tell)| {
            let _ = tell.send(shared.sink.store(event).await);
        });
        join_all(stores).await;
    }
}

/// The first event of each key, for so many keys as there are places.
fn next_round(shared: &Shared) -> Vec<Job> {
    let mut line = shared.line.borrow_mut();
    let mut round: Vec<Job> = Vec::new();
    while round.len() < shared.max_parallel {
        let is_new = |job: &Job| round.iter().all(|other| other.0.key != job.0.key);
        let Some(place) = line.iter().position(is_new) else {
            break;
        };
        round.extend(line.remove(place));
    }
    round
}
