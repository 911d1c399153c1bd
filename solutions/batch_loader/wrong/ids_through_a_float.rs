//! Wrong: ids pass through a float, in which two beyond 2^53 may be one. Caught by: own_item

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use tokio::sync::oneshot;
use tokio::task::{spawn_local, yield_now};

type Answer = Result<Option<Item>, BulkError>;
type Waiting = BTreeMap<ItemId, Vec<oneshot::Sender<Answer>>>;

pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    waiting: Rc<RefCell<Waiting>>,
}

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        Self {
            bulk,
            max_batch,
            waiting: Rc::default(),
        }
    }

    pub async fn load(&self, id: ItemId) -> Answer {
        let id = ItemId(id.0 as f64 as u64);
        let (answer, answered) = oneshot::channel();
        let is_first = self.waiting.borrow().is_empty();
        let mut waiting = self.waiting.borrow_mut();
        waiting.entry(id).or_default().push(answer);
        drop(waiting);
        if is_first {
            let (bulk, waiting) = (self.bulk.clone(), Rc::clone(&self.waiting));
            let max_batch = self.max_batch;
            spawn_local(async move {
                yield_now().await;
                let mut all = waiting.take().into_iter().peekable();
                while all.peek().is_some() {
                    let batch = all.by_ref().take(max_batch).collect();
                    spawn_local(send(bulk.clone(), batch));
                }
            });
        }
        answered.await.unwrap_or(Err(BulkError::Unavailable))
    }
}

async fn send(bulk: Bulk, batch: Vec<(ItemId, Vec<oneshot::Sender<Answer>>)>) {
    let ids = batch.iter().map(|(id, _)| *id).collect();
    let items = bulk.load(ids).await;
    for (place, (_, waiting)) in batch.into_iter().enumerate() {
        for answer in waiting {
            let of_it = items.as_ref().map(|items| items[place].clone());
            let _ = answer.send(of_it.map_err(Clone::clone));
        }
    }
}
