//! Right: `Send` throughout: a spawned task fetches and answers a list of `oneshot`s under a std `Mutex`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use kit::{Db, DbError, User, UserId};
use tokio::sync::oneshot;

type Answer = Result<User, DbError>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    slots: Arc<Slots>,
}

type Slots = Mutex<HashMap<UserId, Slot>>;

enum Slot {
    Cached(User),
    Fetching(Vec<oneshot::Sender<Answer>>),
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let slots = Arc::default();
        Self { db, slots }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Answer {
        loop {
            let (sender, answer) = oneshot::channel();
            match self.slots.lock().unwrap().entry(id) {
                Entry::Occupied(mut slot) => match slot.get_mut() {
                    Slot::Cached(user) => return Ok(user.clone()),
                    Slot::Fetching(waiting) => waiting.push(sender),
                },
                Entry::Vacant(slot) => {
                    slot.insert(Slot::Fetching(vec![sender]));
                    tokio::spawn(fetch(self.db.clone(), id, Arc::clone(&self.slots)));
                }
            }
            if let Ok(answer) = answer.await {
                return answer;
            }
            // The fetch panicked, so nobody has an answer: ask again.
        }
    }
}

async fn fetch(db: Db, id: UserId, slots: Arc<Slots>) {
    let fetch = AssertUnwindSafe(db.fetch_user(id)).catch_unwind();
    let answer = fetch.await.ok();
    let slot = match &answer {
        Some(Ok(user)) => {
            let cached = Slot::Cached(user.clone());
            slots.lock().unwrap().insert(id, cached)
        }
        _ => slots.lock().unwrap().remove(&id),
    };
    // The lock is let go: an answer may wake anything.
    if let (Some(Slot::Fetching(waiting)), Some(answer)) = (slot, answer) {
        for caller in waiting {
            // An error here says that this caller was dropped.
            let _ = caller.send(answer.clone());
        }
    }
}
