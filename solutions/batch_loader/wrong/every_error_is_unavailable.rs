//! Wrong: whatever error a call ends with, its requests are told another one. Caught by: errors

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use tokio::sync::oneshot;
use tokio::task::{spawn_local, yield_now};

type Answer = Result<Option<Item>, BulkError>;

/// Loads items, all that are asked for at once in one call.
pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    // The requests that are in no call yet.
    waiting: Rc<RefCell<Vec<Request>>>,
}

struct Request {
    id: ItemId,
    answer: oneshot::Sender<Answer>,
}

impl Loader {
    /// A loader whose calls have at most `max_batch` ids.
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        let waiting = Rc::default();
        Self {
            bulk,
            max_batch,
            waiting,
        }
    }

    /// The item of this id, or `None` if there is none.
    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().push(Request { id, answer });
        if self.waiting.borrow().len() == 1 {
            // A task of its own: it goes on when the caller that came first is dropped.
            let (bulk, waiting) = (self.bulk.clone(), Rc::clone(&self.waiting));
            spawn_local(send_all(bulk, self.max_batch, waiting));
        }
        // A call that panicked has dropped its requests, and answers none of them.
        answered.await.unwrap_or(Err(BulkError::Unavailable))
    }
}

/// Sends what is there once every task that is ready has run.
async fn send_all(bulk: Bulk, max_batch: usize, waiting: Rc<RefCell<Vec<Request>>>) {
    yield_now().await;
    let mut by_id: BTreeMap<ItemId, Vec<Request>> = BTreeMap::new();
    for request in waiting.take() {
        by_id.entry(request.id).or_default().push(request);
    }
    let mut all = by_id.into_iter().peekable();
    while all.peek().is_some() {
        let batch = all.by_ref().take(max_batch).collect();
        spawn_local(send(bulk.clone(), batch));
    }
}

async fn send(bulk: Bulk, batch: Vec<(ItemId, Vec<Request>)>) {
    let items = bulk.load(batch.iter().map(|(id, _)| *id).collect()).await;
    for (place, (_, requests)) in batch.into_iter().enumerate() {
        for request in requests {
            let item = |items: &Vec<Option<Item>>| items.get(place).cloned().flatten();
            // It fails when that caller is gone; the others still get their answers.
            let _ = request
                .answer
                .send(items.as_ref().map(item).map_err(|_| BulkError::Unavailable));
        }
    }
}
