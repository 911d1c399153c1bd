//! Wrong: an error ends the task that makes the calls, and the flag that says so stays: every later load is left pending. Caught by: errors

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use tokio::sync::oneshot;
use tokio::task::{spawn_local, yield_now};

type Answer = Result<Option<Item>, BulkError>;

pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    waiting: Rc<RefCell<Vec<Request>>>,
    is_sending: Rc<Cell<bool>>,
}

struct Request {
    id: ItemId,
    answer: oneshot::Sender<Answer>,
}

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        let waiting = Rc::default();
        Self {
            bulk,
            max_batch,
            waiting,
            is_sending: Rc::default(),
        }
    }

    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().push(Request { id, answer });
        if !self.is_sending.replace(true) {
            let (bulk, waiting) = (self.bulk.clone(), Rc::clone(&self.waiting));
            let (max_batch, is_sending) = (self.max_batch, Rc::clone(&self.is_sending));
            spawn_local(async move {
                while !waiting.borrow().is_empty() {
                    send_all(&bulk, max_batch, &waiting).await?;
                }
                is_sending.set(false);
                Ok::<_, BulkError>(())
            });
        }
        answered.await.unwrap_or(Err(BulkError::Unavailable))
    }
}

async fn send_all(
    bulk: &Bulk,
    max_batch: usize,
    waiting: &RefCell<Vec<Request>>,
) -> Result<(), BulkError> {
    yield_now().await;
    let mut by_id: BTreeMap<ItemId, Vec<Request>> = BTreeMap::new();
    for request in waiting.take() {
        by_id.entry(request.id).or_default().push(request);
    }
    let mut all = by_id.into_iter().peekable();
    while all.peek().is_some() {
        let batch = all.by_ref().take(max_batch).collect();
        let rest: Vec<_> = all.by_ref().collect();
        let left = rest.into_iter().flat_map(|(_, requests)| requests);
        waiting.borrow_mut().extend(left);
        send(bulk, batch).await?;
    }
    Ok(())
}

async fn send(bulk: &Bulk, batch: Vec<(ItemId, Vec<Request>)>) -> Result<(), BulkError> {
    let items = bulk.load(batch.iter().map(|(id, _)| *id).collect()).await;
    for (place, (_, requests)) in batch.into_iter().enumerate() {
        for request in requests {
            let item = |items: &Vec<Option<Item>>| items.get(place).cloned().flatten();
            let _ = request
                .answer
                .send(items.as_ref().map(item).map_err(Clone::clone));
        }
    }
    items.map(|_| ())
}
