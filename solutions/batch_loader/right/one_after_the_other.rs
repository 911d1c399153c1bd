//! Right: the caller with the turn sends the ids that are there, and answers them. A batch waits for the
//! one before. What a dropped sender leaves behind asks again.

use std::cell::RefCell;

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use tokio::sync::{Mutex, oneshot};

type Answer = Result<Option<Item>, BulkError>;
type Request = (ItemId, oneshot::Sender<Answer>);

pub struct Loader {
    bulk: Bulk,
    max_batch: usize,
    waiting: RefCell<Vec<Request>>,
    turn: Mutex<()>,
}

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        Self {
            bulk,
            max_batch,
            waiting: RefCell::default(),
            turn: Mutex::default(),
        }
    }

    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        loop {
            let mut answered = self.ask(id);
            loop {
                tokio::select! {
                    biased;
                    answer = &mut answered => match answer {
                        Ok(answer) => return answer,
                        // The request that had it in its batch is gone.
                        Err(_) => break,
                    },
                    _turn = self.turn.lock() => {
                        tokio::task::yield_now().await;
                        self.send_one_batch().await;
                    }
                }
            }
        }
    }

    fn ask(&self, id: ItemId) -> oneshot::Receiver<Answer> {
        let (answer, answered) = oneshot::channel();
        let mut waiting = self.waiting.borrow_mut();
        waiting.retain(|(_, answer)| !answer.is_closed());
        waiting.push((id, answer));
        answered
    }

    async fn send_one_batch(&self) {
        let mut ids: Vec<ItemId> = Vec::new();
        let mut batch: Vec<Request> = Vec::new();
        for request in self.waiting.take() {
            let (id, answer) = &request;
            if answer.is_closed() {
                continue;
            }
            if ids.contains(id) {
                batch.push(request);
            } else if ids.len() < self.max_batch {
                ids.push(*id);
                batch.push(request);
            } else {
                self.waiting.borrow_mut().push(request);
            }
        }
        if ids.is_empty() {
            return;
        }
        let items = self.bulk.load(ids.clone()).await;
        for (id, answer) in batch {
            let place = ids.iter().position(|it| *it == id);
            let item = match &items {
                Ok(items) => Ok(place.and_then(|place| items[place].clone())),
                Err(error) => Err(error.clone()),
            };
            let _ = answer.send(item);
        }
    }
}
