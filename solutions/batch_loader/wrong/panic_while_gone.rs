//! Wrong: after a panic the caller who hears of it sends the next call, and it may be gone. Caught by: panic_contained

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use tokio::sync::oneshot;
use tokio::task::spawn_local;

type Answer = Result<Option<Item>, BulkError>;

struct Shared {
    bulk: Bulk,
    max_batch: usize,
    waiting: RefCell<Vec<(ItemId, oneshot::Sender<Answer>)>>,
    is_sending: Cell<bool>,
}

pub struct Loader(Rc<Shared>);

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        Self(Rc::new(Shared {
            bulk,
            max_batch,
            waiting: RefCell::default(),
            is_sending: Cell::new(false),
        }))
    }

    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let (tell, told) = oneshot::channel();
        self.0.waiting.borrow_mut().push((id, tell));
        start(&self.0);
        match told.await {
            Ok(answer) => answer,
            Err(_) => {
                // The call panicked, and its task with it.
                self.0.is_sending.set(false);
                start(&self.0);
                Err(BulkError::Unavailable)
            }
        }
    }
}

fn start(shared: &Rc<Shared>) {
    if !shared.is_sending.replace(true) {
        spawn_local(send_all(Rc::clone(shared)));
    }
}

async fn send_all(shared: Rc<Shared>) {
    tokio::task::yield_now().await;
    loop {
        let mut ids: Vec<ItemId> = Vec::new();
        let mut batch = Vec::new();
        for (id, tell) in shared.waiting.take() {
            if tell.is_closed() {
                continue;
            }
            if ids.contains(&id) {
                batch.push((id, tell));
            } else if ids.len() < shared.max_batch {
                ids.push(id);
                batch.push((id, tell));
            } else {
                shared.waiting.borrow_mut().push((id, tell));
            }
        }
        if ids.is_empty() {
            break;
        }
        let items = shared.bulk.load(ids.clone()).await;
        for (id, tell) in batch {
            let at = ids.iter().position(|it| *it == id).expect("it is in it");
            let item = items.as_ref().map(|items| items[at].clone());
            let _ = tell.send(item.map_err(Clone::clone));
        }
    }
    shared.is_sending.set(false);
}
