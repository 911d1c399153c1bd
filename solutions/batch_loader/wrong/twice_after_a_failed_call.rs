//! Wrong: after a failed call, an id asked for twice goes out twice. Caught by: errors

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use tokio::sync::oneshot;
use tokio::task::{spawn_local, yield_now};

type Answer = Result<Option<Item>, BulkError>;

pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    waiting: RefCell<Vec<Request>>,
    has_failed: Cell<bool>,
}

struct Request {
    id: ItemId,
    answer: oneshot::Sender<Answer>,
}

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        let state = Rc::default();
        Self {
            bulk,
            max_batch,
            state,
        }
    }

    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let (answer, answered) = oneshot::channel();
        let mut waiting = self.state.waiting.borrow_mut();
        waiting.push(Request { id, answer });
        if waiting.len() == 1 {
            let (bulk, state) = (self.bulk.clone(), Rc::clone(&self.state));
            spawn_local(send_all(bulk, self.max_batch, state));
        }
        drop(waiting);
        answered.await.unwrap_or(Err(BulkError::Unavailable))
    }
}

async fn send_all(bulk: Bulk, max_batch: usize, state: Rc<State>) {
    yield_now().await;
    let mut by_id: Vec<(ItemId, Vec<Request>)> = Vec::new();
    for request in state.waiting.take() {
        match by_id.iter_mut().find(|(id, _)| *id == request.id) {
            // After a failure, each request stands on its own.
            Some((_, requests)) if !state.has_failed.get() => requests.push(request),
            _ => by_id.push((request.id, vec![request])),
        }
    }
    let mut all = by_id.into_iter().peekable();
    while all.peek().is_some() {
        let batch = all.by_ref().take(max_batch).collect();
        spawn_local(send(bulk.clone(), batch, Rc::clone(&state)));
    }
}

async fn send(bulk: Bulk, batch: Vec<(ItemId, Vec<Request>)>, state: Rc<State>) {
    let items = bulk.load(batch.iter().map(|(id, _)| *id).collect()).await;
    if items.is_err() {
        state.has_failed.set(true);
    }
    for (place, (_, requests)) in batch.into_iter().enumerate() {
        for request in requests {
            let item = |items: &Vec<Option<Item>>| items.get(place).cloned().flatten();
            let _ = request
                .answer
                .send(items.as_ref().map(item).map_err(Clone::clone));
        }
    }
}
