//! Wrong: a failed call is made again if one of its callers was dropped meanwhile. Caught by: dropped

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use tokio::sync::oneshot;
type Answer = Result<Option<Item>, BulkError>;
#[derive(Default)]
struct Desk {
    waiting: Vec<(u64, ItemId, oneshot::Sender<Answer>)>,
    scheduled: bool,
    next: u64,
}
pub struct Loader {
    bulk: Bulk,
    max: usize,
    desk: Rc<RefCell<Desk>>,
}
impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        Self {
            bulk,
            max: max_batch,
            desk: Rc::default(),
        }
    }
    pub async fn load(&self, id: ItemId) -> Answer {
        let (tx, rx) = oneshot::channel();
        let (number, begin) = {
            let mut d = self.desk.borrow_mut();
            d.next += 1;
            let n = d.next;
            d.waiting.push((n, id, tx));
            (n, !std::mem::replace(&mut d.scheduled, true))
        };
        if begin {
            tokio::task::spawn_local(dispatch(self.bulk.clone(), self.max, Rc::clone(&self.desk)));
        }
        rx.await.unwrap_or(Err(BulkError::Unavailable))
    }
}
async fn dispatch(bulk: Bulk, max: usize, desk: Rc<RefCell<Desk>>) {
    let waiting = {
        let mut d = desk.borrow_mut();
        d.scheduled = false;
        std::mem::take(&mut d.waiting)
    };
    let mut groups: BTreeMap<u64, (ItemId, Vec<oneshot::Sender<Answer>>)> = BTreeMap::new();
    let mut at = HashMap::new();
    for (n, id, tx) in waiting {
        if tx.is_closed() {
            continue;
        }
        let place = *at.entry(id).or_insert(n);
        groups
            .entry(place)
            .or_insert_with(|| (id, vec![]))
            .1
            .push(tx);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    while !groups.is_empty() {
        let rest = groups.split_off(groups.len().min(max));
        let batch = std::mem::replace(&mut groups, rest);
        let bulk = bulk.clone();
        let desk = Rc::clone(&desk);
        tokio::task::spawn_local(async move {
            let mut batch = batch;
            let n = batch.len();
            let ids: Vec<_> = batch.iter().map(|b| b.0).collect();
            let mut answer = bulk.load(ids).await;
            if answer.is_err() {
                batch.retain(|b| b.1.iter().any(|t| !t.is_closed()));
                if batch.len() < n && !batch.is_empty() {
                    answer = bulk.load(batch.iter().map(|b| b.0).collect()).await;
                }
            }
            match answer {
                Ok(items) => {
                    for ((_, txs), item) in batch.into_iter().zip(items) {
                        for tx in txs {
                            let _ = tx.send(Ok(item.clone()));
                        }
                    }
                }
                Err(e) => {
                    for (_, txs) in batch {
                        for tx in txs {
                            let _ = tx.send(Err(e.clone()));
                        }
                    }
                }
            }
        });
    }
}
