//! Wrong: a batch in which everybody is gone ends the round, and those behind it are lost. Caught by: dropped

use futures::FutureExt;
use kit::bulk::{Bulk, BulkError, Item, ItemId};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use tokio::sync::{Notify, oneshot};

type Answer = Result<Option<Item>, BulkError>;
type Wanted = BTreeMap<ItemId, Vec<oneshot::Sender<Answer>>>;

#[derive(Default)]
struct Desk {
    wanted: Mutex<Wanted>,
    bell: Notify,
}

/// The dispatcher ends when this does.
pub struct Loader {
    desk: Arc<Desk>,
    dispatcher: tokio::task::JoinHandle<()>,
}

impl Drop for Loader {
    fn drop(&mut self) {
        self.dispatcher.abort();
    }
}

fn next_batch(wanted: &Mutex<Wanted>, max: usize) -> Option<Wanted> {
    let mut wanted = wanted.lock().unwrap();
    let mut batch = Wanted::new();
    while batch.len() < max
        && let Some((id, callers)) = wanted.pop_first()
    {
        batch.insert(id, callers);
    }
    batch.retain(|_, callers| {
        callers.retain(|it| !it.is_closed());
        !callers.is_empty()
    });
    (!batch.is_empty()).then_some(batch)
}

async fn send(bulk: Bulk, batch: Wanted) {
    let ids: Vec<ItemId> = batch.keys().copied().collect();
    let answer = AssertUnwindSafe(bulk.load(ids)).catch_unwind().await;
    let answer = answer.unwrap_or(Err(BulkError::Unavailable));
    for (place, (_, callers)) in batch.into_iter().enumerate() {
        for caller in callers {
            let _ = caller.send(
                answer
                    .as_ref()
                    .map(|items| items[place].clone())
                    .map_err(BulkError::clone),
            );
        }
    }
}

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        let desk = Arc::new(Desk::default());
        let at = Arc::clone(&desk);
        let dispatcher = tokio::spawn(async move {
            loop {
                at.bell.notified().await;
                tokio::task::yield_now().await;
                while let Some(batch) = next_batch(&at.wanted, max_batch) {
                    tokio::spawn(send(bulk.clone(), batch));
                }
            }
        });
        Self { desk, dispatcher }
    }
    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let (caller, answer) = oneshot::channel();
        self.desk
            .wanted
            .lock()
            .unwrap()
            .entry(id)
            .or_default()
            .push(caller);
        self.desk.bell.notify_one();
        answer.await.unwrap_or(Err(BulkError::Unavailable))
    }
}
