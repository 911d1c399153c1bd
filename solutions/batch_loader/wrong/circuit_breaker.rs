//! Wrong: after three calls that failed in a row nothing is called any more. Caught by: errors

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use tokio::sync::oneshot;
use tokio::task::{spawn_local, yield_now};
type Wanted = BTreeMap<ItemId, Vec<oneshot::Sender<Result<Option<Item>, BulkError>>>>;
pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    wanted: Rc<RefCell<Wanted>>,
    failed: Rc<Cell<u32>>,
}
impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        Self {
            bulk,
            max_batch,
            wanted: Rc::default(),
            failed: Rc::default(),
        }
    }
    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        if self.failed.get() >= 3 {
            return Err(BulkError::Unavailable);
        }
        let (caller, answer) = oneshot::channel();
        let is_first = {
            let mut wanted = self.wanted.borrow_mut();
            let first = wanted.is_empty();
            wanted.entry(id).or_default().push(caller);
            first
        };
        if is_first {
            let (bulk, wanted, max, failed) = (
                self.bulk.clone(),
                self.wanted.clone(),
                self.max_batch,
                self.failed.clone(),
            );
            spawn_local(async move {
                yield_now().await;
                let mut all = wanted.take();
                while !all.is_empty() {
                    let rest = all
                        .keys()
                        .nth(max)
                        .copied()
                        .map(|id| all.split_off(&id))
                        .unwrap_or_default();
                    let batch = std::mem::replace(&mut all, rest);
                    let (bulk, failed) = (bulk.clone(), failed.clone());
                    spawn_local(async move {
                        let answer = bulk.load(batch.keys().copied().collect()).await;
                        if answer.is_ok() {
                            failed.set(0)
                        } else {
                            failed.set(failed.get() + 1)
                        }
                        for (place, (_, callers)) in batch.into_iter().enumerate() {
                            for caller in callers {
                                let _ = caller.send(
                                    answer
                                        .as_ref()
                                        .map(|it| it[place].clone())
                                        .map_err(Clone::clone),
                                );
                            }
                        }
                    });
                }
            });
        }
        answer.await.unwrap_or(Err(BulkError::Unavailable))
    }
}
