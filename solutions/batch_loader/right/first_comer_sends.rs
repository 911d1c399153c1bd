//! The first to come sends, in its own future; if it goes away, what it had goes to a task.
use kit::bulk::{Bulk, BulkError, Item, ItemId};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use tokio::sync::oneshot::{self, Sender};
use tokio::task::{spawn_local, yield_now};

type Answer = Result<Option<Item>, BulkError>;
type Requests = Vec<(ItemId, Sender<Answer>)>;
#[derive(Clone)]
pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    waiting: Rc<RefCell<Requests>>,
    has_sender: Rc<std::cell::Cell<bool>>,
}

struct Duty {
    loader: Loader,
    done: bool,
}
impl Drop for Duty {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        let loader = self.loader.clone();
        spawn_local(async move { loader.send_all().await });
    }
}

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        Self {
            bulk,
            max_batch,
            waiting: Rc::default(),
            has_sender: Rc::default(),
        }
    }
    pub async fn load(&self, id: ItemId) -> Answer {
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().push((id, sender));
        if !self.has_sender.replace(true) {
            let mut duty = Duty {
                loader: self.clone(),
                done: false,
            };
            yield_now().await;
            self.send_all().await;
            duty.done = true;
        }
        receiver.await.unwrap_or(Err(BulkError::Unavailable))
    }
    /// Starts what waits; the calls are tasks, so that no caller owns them.
    async fn send_all(&self) {
        self.has_sender.set(false);
        let mut by_id: HashMap<ItemId, Vec<Sender<Answer>>> = HashMap::new();
        for (id, sender) in self.waiting.take() {
            if !sender.is_closed() {
                by_id.entry(id).or_default().push(sender);
            }
        }
        let mut all: Vec<_> = by_id.into_iter().collect();
        while !all.is_empty() {
            let n = self.max_batch.min(all.len());
            let batch: Vec<_> = all.drain(..n).collect();
            let bulk = self.bulk.clone();
            spawn_local(async move {
                let (ids, senders): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
                let answer = bulk.load(ids).await;
                for (n, senders) in senders.into_iter().enumerate() {
                    for sender in senders {
                        let _ = sender.send(
                            answer
                                .as_ref()
                                .map(|items| items[n].clone())
                                .map_err(Clone::clone),
                        );
                    }
                }
            });
        }
    }
}
