//! Wrong: counts those that are still there, and takes as many from the front. Caught by: dropped

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::mem;
use std::rc::Rc;

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use tokio::sync::oneshot;
use tokio::task::{spawn_local, yield_now};

type Answer = Result<Option<Item>, BulkError>;

pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    waiting: Rc<RefCell<Vec<Request>>>,
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
        }
    }

    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().push(Request { id, answer });
        if self.waiting.borrow().len() == 1 {
            let (bulk, waiting) = (self.bulk.clone(), Rc::clone(&self.waiting));
            spawn_local(send_all(bulk, self.max_batch, waiting));
        }
        answered.await.unwrap_or(Err(BulkError::Unavailable))
    }
}

async fn send_all(bulk: Bulk, max_batch: usize, waiting: Rc<RefCell<Vec<Request>>>) {
    yield_now().await;
    let mut by_id: BTreeMap<ItemId, Vec<Request>> = BTreeMap::new();
    let all = in_line(&mut waiting.borrow_mut());
    for request in all {
        by_id.entry(request.id).or_default().push(request);
    }
    let mut all = by_id.into_iter().peekable();
    while all.peek().is_some() {
        let batch = all.by_ref().take(max_batch).collect();
        spawn_local(send(bulk.clone(), batch));
    }
}

/// Those who wait, and not those who are gone. A few are not worth the trouble.
fn in_line(waiting: &mut Vec<Request>) -> Vec<Request> {
    if waiting.len() <= 3 {
        return mem::take(waiting);
    }
    let are_there = waiting.iter().filter(|it| !it.answer.is_closed());
    let count = are_there.count();
    waiting.drain(..count).collect()
}

async fn send(bulk: Bulk, batch: Vec<(ItemId, Vec<Request>)>) {
    let items = bulk.load(batch.iter().map(|(id, _)| *id).collect()).await;
    for (place, (_, requests)) in batch.into_iter().enumerate() {
        for request in requests {
            let item = |items: &Vec<Option<Item>>| items.get(place).cloned().flatten();
            let _ = request
                .answer
                .send(items.as_ref().map(item).map_err(Clone::clone));
        }
    }
}
