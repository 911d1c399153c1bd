//! Wrong: with twenty calls out the next one is refused. Caught by: own_item

#![allow(unused)]
use kit::bulk::{Bulk, BulkError, Item, ItemId};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use tokio::sync::{broadcast, oneshot};
use tokio::task::{spawn_local, yield_now};
type Tell = oneshot::Sender<Result<Option<Item>, BulkError>>;
type Wanted = Rc<RefCell<Vec<(ItemId, Tell)>>>;
pub struct Loader {
    bulk: Bulk,
    max: usize,
    wanted: Wanted,
    n: Rc<Cell<u64>>,
}
impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        Self {
            bulk,
            max: max_batch,
            wanted: Wanted::default(),
            n: Rc::default(),
        }
    }
    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let (tell, told) = oneshot::channel();
        let first = {
            let mut w = self.wanted.borrow_mut();
            w.push((id, tell));
            w.len() == 1
        };
        if first {
            let (bulk, max, wanted, n) = (
                self.bulk.clone(),
                self.max,
                self.wanted.clone(),
                self.n.clone(),
            );
            spawn_local(async move {
                yield_now().await;
                let all = std::mem::take(&mut *wanted.borrow_mut());
                let mut order: Vec<ItemId> = vec![];
                let mut tells: HashMap<ItemId, Vec<Tell>> = HashMap::new();
                for (id, t) in all {
                    let v = tells.entry(id).or_default();
                    if v.is_empty() {
                        order.push(id);
                    }
                    v.push(t);
                }
                for chunk in order.chunks(max) {
                    let chunk = chunk.to_vec();
                    let ts: Vec<Vec<Tell>> =
                        chunk.iter().map(|i| tells.remove(i).unwrap()).collect();
                    let (bulk, n) = (bulk.clone(), n.clone());
                    spawn_local(async move {
                        let r = {
                            if n.get() >= 20 {
                                Err(BulkError::TooMany)
                            } else {
                                n.set(n.get() + 1);
                                let r = bulk.load(chunk).await;
                                n.set(n.get() - 1);
                                r
                            }
                        };
                        match r {
                            Ok(items) => {
                                for (ts, item) in ts.into_iter().zip(items) {
                                    for t in ts {
                                        let _ = t.send(Ok(item.clone()));
                                    }
                                }
                            }
                            Err(e) => {
                                for t in ts.into_iter().flatten() {
                                    let _ = t.send(Err(e.clone()));
                                }
                            }
                        }
                    });
                }
            });
        }
        told.await.unwrap_or(Err(BulkError::Unavailable))
    }
}
