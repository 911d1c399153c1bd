//! Wrong: the answer of an earlier call is handed to those who asked while it was out. Caught by: late_ids

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use tokio::sync::oneshot;
use tokio::task::{spawn_local, yield_now};

type Answer = Result<Option<Item>, BulkError>;
type Requests = BTreeMap<ItemId, Vec<oneshot::Sender<Answer>>>;

#[derive(Clone)]
pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    state: Rc<RefCell<State>>,
}

#[derive(Default)]
struct State {
    // All waiting callers, by id.
    requests: Requests,
    // The ids that are in no call yet.
    new: Vec<ItemId>,
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
        if self.enter(id, answer) {
            spawn_local(self.clone().send_all());
        }
        answered.await.unwrap_or(Err(BulkError::Unavailable))
    }

    /// Whether it is the first of a batch.
    fn enter(&self, id: ItemId, answer: oneshot::Sender<Answer>) -> bool {
        let mut state = self.state.borrow_mut();
        state.requests.entry(id).or_default().push(answer);
        if state.new.contains(&id) {
            return false;
        }
        state.new.push(id);
        state.new.len() == 1
    }

    async fn send_all(self) {
        yield_now().await;
        let ids = std::mem::take(&mut self.state.borrow_mut().new);
        for ids in ids.chunks(self.max_batch) {
            spawn_local(self.clone().send(ids.to_vec()));
        }
    }

    async fn send(self, ids: Vec<ItemId>) {
        let items = self.bulk.load(ids.clone()).await;
        for (place, id) in ids.iter().enumerate() {
            let requests = self.state.borrow_mut().requests.remove(id);
            for answer in requests.into_iter().flatten() {
                let item = |items: &Vec<Option<Item>>| items[place].clone();
                let _ = answer.send(items.as_ref().map(item).map_err(Clone::clone));
            }
        }
    }
}
