//! Right: all of it may be sent between threads; batches go out side by side in tasks, and
//! each request looks into the result of its batch.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use tokio::sync::watch;

type Items = Result<HashMap<ItemId, Item>, BulkError>;
type Outcome = Option<Arc<Items>>;

pub struct Loader {
    shared: Arc<Shared>,
}

struct Shared {
    bulk: Bulk,
    max_batch: usize,
    next: Mutex<Option<Batch>>,
}

struct Batch {
    ids: HashSet<ItemId>,
    outcome: watch::Sender<Outcome>,
}

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        let next = Mutex::default();
        let shared = Shared {
            bulk,
            max_batch,
            next,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let mut outcome = self.enter(id);
        let outcome = outcome.wait_for(Option::is_some).await;
        let Some(items) = outcome.ok().and_then(|it| it.clone()) else {
            return Err(BulkError::Unavailable);
        };
        match &*items {
            Ok(items) => Ok(items.get(&id).cloned()),
            Err(error) => Err(error.clone()),
        }
    }

    fn enter(&self, id: ItemId) -> watch::Receiver<Outcome> {
        let mut next = self
            .shared
            .next
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let is_full = next
            .as_ref()
            .is_some_and(|it| it.ids.len() == self.shared.max_batch && !it.ids.contains(&id));
        if is_full {
            // It cannot grow: it need not wait either.
            let full = next.take();
            tokio::spawn(Arc::clone(&self.shared).send(full));
        }
        if let Some(batch) = &mut *next {
            batch.ids.insert(id);
            return batch.outcome.subscribe();
        }
        let (outcome, subscribed) = watch::channel(None);
        *next = Some(Batch {
            ids: HashSet::from([id]),
            outcome,
        });
        tokio::spawn(Arc::clone(&self.shared).send_next());
        subscribed
    }
}

impl Shared {
    async fn send_next(self: Arc<Self>) {
        tokio::task::yield_now().await;
        let next = mem::take(&mut *self.next.lock().unwrap_or_else(PoisonError::into_inner));
        self.send(next).await;
    }

    async fn send(self: Arc<Self>, batch: Option<Batch>) {
        let Some(Batch { ids, outcome }) = batch else {
            return;
        };
        let items = self.bulk.load(ids.into_iter().collect()).await;
        let found = items.map(|items| items.into_iter().flatten());
        let by_id = found.map(|items| items.map(|item| (item.id, item)).collect());
        let _ = outcome.send(Some(Arc::new(by_id)));
    }
}
