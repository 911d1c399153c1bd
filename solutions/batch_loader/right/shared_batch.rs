//! Right: the requests of a batch share one future, and each one that is still there
//! goes on with it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::pin::Pin;
use std::rc::{Rc, Weak};

use futures::FutureExt;
use futures::future::{Shared, WeakShared};
use kit::bulk::{Bulk, BulkError, Item, ItemId};

type Items = Result<Rc<HashMap<ItemId, Item>>, BulkError>;
type Sending = Pin<Box<dyn Future<Output = Items>>>;
type Ids = RefCell<Option<Vec<ItemId>>>;

struct Open {
    ids: Weak<Ids>,
    sending: WeakShared<Sending>,
}

pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    open: RefCell<Option<Open>>,
}

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        let open = RefCell::default();
        Self {
            bulk,
            max_batch,
            open,
        }
    }

    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let sending = match self.join(id) {
            Some(sending) => sending,
            None => self.begin(id),
        };
        // Each of them yields: one that is polled twice by two callers does not.
        tokio::task::yield_now().await;
        Ok(sending.await?.get(&id).cloned())
    }

    /// The batch that has not gone out yet, if the id fits in.
    fn join(&self, id: ItemId) -> Option<Shared<Sending>> {
        let open = self.open.borrow();
        let open = open.as_ref()?;
        let (sending, ids) = (open.sending.upgrade()?, open.ids.upgrade()?);
        let mut ids = ids.borrow_mut();
        let ids = ids.as_mut()?;
        if !ids.contains(&id) {
            if ids.len() == self.max_batch {
                return None;
            }
            ids.push(id);
        }
        Some(sending)
    }

    fn begin(&self, id: ItemId) -> Shared<Sending> {
        let ids: Rc<Ids> = Rc::new(RefCell::new(Some(vec![id])));
        let weak = Rc::downgrade(&ids);
        let bulk = self.bulk.clone();
        let sending: Sending = Box::pin(async move {
            // From here on nobody can join.
            let ids = ids.take().unwrap_or_default();
            let items = bulk.load(ids).await?;
            let found = items.into_iter().flatten();
            Ok(Rc::new(found.map(|item| (item.id, item)).collect()))
        });
        let shared = sending.shared();
        self.open.replace(
            shared
                .downgrade()
                .map(|sending| Open { ids: weak, sending }),
        );
        shared
    }
}
