//! Wrong: an error waits in one place for those that it is for, and another call's takes that place. Caught by: errors

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use tokio::sync::oneshot;
type Told = oneshot::Sender<Result<Option<Item>, BulkError>>;
type Group = Vec<(ItemId, Vec<Told>)>;
struct Inner {
    bulk: Bulk,
    max: usize,
    wanted: RefCell<Group>,
    going: Cell<bool>,
    number: Cell<u64>,
    error: RefCell<Option<BulkError>>,
    out: RefCell<HashMap<u64, Group>>,
    byid: RefCell<HashMap<ItemId, VecDeque<Vec<Told>>>>,
}
pub struct Loader(Rc<Inner>);
impl Inner {
    fn deal(&self, group: Group, result: Result<Vec<Option<Item>>, BulkError>) {
        for (n, (_, told)) in group.into_iter().enumerate() {
            for t in told {
                let _ = t.send(result.as_ref().map(|v| v[n].clone()).map_err(Clone::clone));
            }
        }
    }
    async fn call(self: Rc<Self>, group: Group) {
        let ids: Vec<ItemId> = group.iter().map(|g| g.0).collect();
        match self.bulk.load(ids).await {
            Ok(v) => self.deal(group, Ok(v)),
            Err(e) => {
                *self.error.borrow_mut() = Some(e);
                drop(group);
            }
        }
    }
    async fn go(self: Rc<Self>) {
        tokio::task::yield_now().await;
        let mut wanted = std::mem::take(&mut *self.wanted.borrow_mut());
        wanted.retain_mut(|(_, t)| {
            t.retain(|t| !t.is_closed());
            !t.is_empty()
        });

        self.going.set(false);
        while !wanted.is_empty() {
            let rest = if wanted.len() > self.max {
                wanted.split_off(self.max)
            } else {
                Vec::new()
            };
            tokio::task::spawn_local(self.clone().call(std::mem::replace(&mut wanted, rest)));
        }
    }
}
impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        Self(Rc::new(Inner {
            bulk,
            max: max_batch,
            wanted: Default::default(),
            going: Cell::new(false),
            number: Cell::new(0),
            error: RefCell::new(None),
            out: Default::default(),
            byid: Default::default(),
        }))
    }
    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let (tx, rx) = oneshot::channel();
        {
            let mut w = self.0.wanted.borrow_mut();
            match w.iter_mut().find(|g| g.0 == id) {
                Some(g) => g.1.push(tx),
                None => w.push((id, vec![tx])),
            }
        }
        if !self.0.going.replace(true) {
            tokio::task::spawn_local(self.0.clone().go());
        }
        match rx.await {
            Ok(r) => r,
            Err(_) => Err(self
                .0
                .error
                .borrow()
                .clone()
                .unwrap_or(BulkError::Unavailable)),
        }
    }
}
