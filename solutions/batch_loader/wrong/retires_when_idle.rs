//! Wrong: the task that makes the calls ends when nothing has come for a minute. Caught by: own_item

use kit::bulk::{Bulk, BulkError, Item, ItemId};
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_local;

type Answer = Result<Option<Item>, BulkError>;
type Request = (ItemId, oneshot::Sender<Answer>);

pub struct Loader {
    requests: mpsc::UnboundedSender<Request>,
}

impl Loader {
    pub fn new(bulk: Bulk, max_batch: usize) -> Self {
        let (requests, inbox) = mpsc::unbounded_channel();
        spawn_local(serve(bulk, max_batch, inbox));
        Self { requests }
    }

    pub async fn load(&self, id: ItemId) -> Result<Option<Item>, BulkError> {
        let (answer, answered) = oneshot::channel();
        self.requests
            .send((id, answer))
            .map_err(|_| BulkError::Unavailable)?;
        answered.await.unwrap_or(Err(BulkError::Unavailable))
    }
}

async fn serve(bulk: Bulk, max_batch: usize, mut inbox: mpsc::UnboundedReceiver<Request>) {
    let mut queue: Vec<Request> = Vec::new();
    loop {
        if queue.is_empty() {
            // Nobody has asked for a minute: it is not needed any more.
            match tokio::time::timeout(std::time::Duration::from_secs(60), inbox.recv())
                .await
                .ok()
                .flatten()
            {
                Some(request) => queue.push(request),
                None => return,
            }
        }
        while let Ok(request) = inbox.try_recv() {
            queue.push(request);
        }
        queue.retain(|(_, answer)| !answer.is_closed());
        let mut ids: Vec<ItemId> = Vec::new();
        for (id, _) in &queue {
            if ids.len() < max_batch && !ids.contains(id) {
                ids.push(*id);
            }
        }
        if ids.is_empty() {
            continue;
        }
        let (now, later) = queue.into_iter().partition(|(id, _)| ids.contains(id));
        queue = later;
        let bulk = bulk.clone();
        // A task of its own, so that a panic ends this call and not this loop.
        let _ = spawn_local(call(bulk, ids, now)).await;
    }
}

async fn call(bulk: Bulk, ids: Vec<ItemId>, requests: Vec<Request>) {
    let items = bulk.load(ids.clone()).await;
    for (id, answer) in requests {
        let place = ids.iter().position(|it| *it == id);
        let item = items
            .as_ref()
            .map(|items| place.and_then(|place| items[place].clone()));
        let _ = answer.send(item.map_err(Clone::clone));
    }
}
