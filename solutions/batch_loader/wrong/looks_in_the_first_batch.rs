//! Wrong: an id is looked for in the first open batch alone. Caught by: limits

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;
use tokio::task::yield_now;
type Table = Option<Result<HashMap<ItemId, Option<Item>>, BulkError>>;
struct Gen {
    number: u64,
    ids: Vec<ItemId>,
    told: watch::Receiver<Table>,
}
#[derive(Default)]
struct Book {
    open: Vec<Gen>,
    next: u64,
}
#[derive(Clone)]
pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    book: Arc<Mutex<Book>>,
}
impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        Loader {
            bulk,
            max_batch,
            book: Arc::default(),
        }
    }
    fn enlist(&self, id: ItemId) -> watch::Receiver<Table> {
        let mut b = self.book.lock().unwrap();
        if let Some(g) = b.open.first().filter(|g| g.ids.contains(&id)) {
            return g.told.clone();
        }
        let max = self.max_batch;
        if let Some(g) = b.open.iter_mut().find(|g| g.ids.len() < max) {
            g.ids.push(id);
            return g.told.clone();
        }
        let (tx, rx) = watch::channel(None);
        b.next += 1;
        let number = b.next;
        b.open.push(Gen {
            number,
            ids: vec![id],
            told: rx.clone(),
        });
        let me = self.clone();
        tokio::spawn(async move {
            yield_now().await;
            yield_now().await;
            let ids = {
                let mut b = me.book.lock().unwrap();
                let i = b.open.iter().position(|g| g.number == number).unwrap();
                b.open.swap_remove(i).ids
            };
            if tx.receiver_count() == 0 {
                return;
            }
            let r = me
                .bulk
                .load(ids.clone())
                .await
                .map(|items| ids.into_iter().zip(items).collect());
            tx.send_replace(Some(r));
        });
        rx
    }
    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let mut rx = self.enlist(id);
        let table = rx
            .wait_for(Option::is_some)
            .await
            .map_err(|_| BulkError::Unavailable)?;
        match table.as_ref().unwrap() {
            Ok(m) => Ok(m[&id].clone()),
            Err(e) => Err(e.clone()),
        }
    }
}
