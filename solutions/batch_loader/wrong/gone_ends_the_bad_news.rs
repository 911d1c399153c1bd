//! Wrong: of a failed call, the first caller that is gone ends the telling. Caught by: dropped

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use tokio::sync::oneshot;
use tokio::task::spawn_local;

type Wanted = BTreeMap<ItemId, Vec<oneshot::Sender<Result<Option<Item>, BulkError>>>>;

pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    wanted: Rc<RefCell<Wanted>>,
}

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        Self {
            bulk,
            max_batch,
            wanted: Rc::default(),
        }
    }
    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let (caller, answer) = oneshot::channel();
        let is_first = {
            let mut wanted = self.wanted.borrow_mut();
            let first = wanted.is_empty();
            wanted.entry(id).or_default().push(caller);
            first
        };
        if is_first {
            let (bulk, wanted, max) = (self.bulk.clone(), self.wanted.clone(), self.max_batch);
            spawn_local(async move {
                let mut all = wanted.take();
                while !all.is_empty() {
                    let rest = all
                        .keys()
                        .nth(max)
                        .copied()
                        .map(|id| all.split_off(&id))
                        .unwrap_or_default();
                    let batch = std::mem::replace(&mut all, rest);
                    let bulk = bulk.clone();
                    spawn_local(async move {
                        let answer = bulk.load(batch.keys().copied().collect()).await;
                        for (place, (_, callers)) in batch.into_iter().enumerate() {
                            for caller in callers {
                                if caller
                                    .send(
                                        answer
                                            .as_ref()
                                            .map(|it| it[place].clone())
                                            .map_err(Clone::clone),
                                    )
                                    .is_err()
                                    && answer.is_err()
                                {
                                    return;
                                }
                            }
                        }
                    });
                }
            });
        }
        answer.await.unwrap_or(Err(BulkError::Unavailable))
    }
}
