//! Wrong: answers are kept until the next turn of the loop, and given to who comes before. Caught by: not_cached

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
    answers: Answers,
}

type Answers = Rc<RefCell<BTreeMap<ItemId, Option<Item>>>>;

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
            answers: Rc::default(),
        }
    }

    /// The item of this id, or `None` if there is none.
    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let known = self.answers.borrow().get(&id).cloned();
        if let Some(item) = known {
            return Ok(item);
        }
        let (answer, answered) = oneshot::channel();
        self.waiting.borrow_mut().push(Request { id, answer });
        if self.waiting.borrow().len() == 1 {
            // A task of its own: it goes on when the caller that came first is dropped.
            let (bulk, waiting) = (self.bulk.clone(), Rc::clone(&self.waiting));
            let answers = Rc::clone(&self.answers);
            spawn_local(send_all(bulk, self.max_batch, waiting, answers));
        }
        // A call that panicked has dropped its requests, and answers none of them.
        answered.await.unwrap_or(Err(BulkError::Unavailable))
    }
}

/// Sends what is there once every task that is ready has run.
async fn send_all(
    bulk: Bulk,
    max_batch: usize,
    waiting: Rc<RefCell<Vec<Request>>>,
    answers: Answers,
) {
    yield_now().await;
    let mut by_id: BTreeMap<ItemId, Vec<Request>> = BTreeMap::new();
    for request in waiting.take() {
        by_id.entry(request.id).or_default().push(request);
    }
    let mut all = by_id.into_iter().peekable();
    while all.peek().is_some() {
        let batch = all.by_ref().take(max_batch).collect();
        spawn_local(send(bulk.clone(), batch, Rc::clone(&answers)));
    }
}

async fn send(bulk: Bulk, batch: Vec<(ItemId, Vec<Request>)>, answers: Answers) {
    let items = bulk.load(batch.iter().map(|(id, _)| *id).collect()).await;
    for (place, (id, requests)) in batch.into_iter().enumerate() {
        let item = |items: &Vec<Option<Item>>| items.get(place).cloned().flatten();
        if let Ok(items) = &items {
            answers.borrow_mut().insert(id, item(items));
        }
        for request in requests {
            // It fails when that caller is gone; the others still get their answers.
            let _ = request
                .answer
                .send(items.as_ref().map(item).map_err(Clone::clone));
        }
    }
    yield_now().await;
    answers.borrow_mut().clear();
}
