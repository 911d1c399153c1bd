//! Wrong: of two requests for one item, only the first is told that their call failed. Caught by: errors

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use tokio::sync::oneshot;
use tokio::task::spawn_local;

type Answer = Result<Option<Item>, BulkError>;
type Wanted = BTreeMap<u64, Vec<oneshot::Sender<Answer>>>;

struct Shared {
    bulk: Bulk,
    max_batch: usize,
    wanted: RefCell<Wanted>,
}

pub struct Loader(Rc<Shared>);

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        Self(Rc::new(Shared {
            bulk,
            max_batch,
            wanted: RefCell::default(),
        }))
    }

    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let (tell, told) = oneshot::channel();
        self.0.want(id, vec![tell]);
        told.await.unwrap_or(Err(BulkError::Unavailable))
    }
}

impl Shared {
    fn want(self: &Rc<Self>, id: ItemId, tell: Vec<oneshot::Sender<Answer>>) {
        let mut wanted = self.wanted.borrow_mut();
        if wanted.is_empty() {
            spawn_local(send(Rc::clone(self)));
        }
        wanted.entry(id.0).or_default().extend(tell);
    }
}

async fn send(shared: Rc<Shared>) {
    tokio::task::yield_now().await;
    let mut wanted = shared.wanted.take();
    while !wanted.is_empty() {
        let mut call = Wanted::new();
        while call.len() < shared.max_batch
            && let Some((id, tell)) = wanted.pop_first()
        {
            call.insert(id, tell);
        }
        let shared = Rc::clone(&shared);
        spawn_local(async move {
            let ids = call.keys().map(|id| ItemId(*id)).collect();
            match shared.bulk.load(ids).await {
                Ok(items) => {
                    for (item, tell) in items.into_iter().zip(call.into_values()) {
                        for one in tell {
                            let _ = one.send(Ok(item.clone()));
                        }
                    }
                }
                Err(error) => {
                    for (id, mut tell) in call {
                        tell.retain(|one| !one.is_closed());
                        if tell.is_empty() {
                            continue;
                        }
                        let _ = tell.remove(0).send(Err(error.clone()));
                        if !tell.is_empty() {
                            shared.want(ItemId(id), tell);
                        }
                    }
                }
            }
        });
    }
}
