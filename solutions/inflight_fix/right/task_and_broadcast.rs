//! Right: a detached local task fetches and broadcasts the answer; the map owns the sender.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::broadcast;
use tokio::task::spawn_local;

type Answer = Result<User, DbError>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    slots: Rc<Slots>,
}

type Slots = RefCell<HashMap<UserId, Slot>>;

enum Slot {
    Cached(User),
    Fetching(broadcast::Sender<Answer>),
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let slots = Rc::default();
        Self { db, slots }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Answer {
        loop {
            let mut answer = match self.slots.borrow_mut().entry(id) {
                Entry::Occupied(slot) => match slot.get() {
                    Slot::Cached(user) => return Ok(user.clone()),
                    Slot::Fetching(sender) => sender.subscribe(),
                },
                Entry::Vacant(slot) => {
                    // One answer is all it ever carries.
                    let (sender, answer) = broadcast::channel(1);
                    slot.insert(Slot::Fetching(sender));
                    spawn_local(fetch(self.db.clone(), id, Rc::clone(&self.slots)));
                    answer
                }
            };
            if let Ok(answer) = answer.recv().await {
                return answer;
            }
            // Closed without an answer: the fetch panicked.
        }
    }
}

async fn fetch(db: Db, id: UserId, slots: Rc<Slots>) {
    let panicking = OnPanic(&slots, id);
    let answer = db.fetch_user(id).await;
    std::mem::forget(panicking);
    let waiting = match &answer {
        Ok(user) => slots.borrow_mut().insert(id, Slot::Cached(user.clone())),
        Err(_) => slots.borrow_mut().remove(&id),
    };
    if let Some(Slot::Fetching(sender)) = waiting {
        // An error here says that nobody waits any more.
        let _ = sender.send(answer);
    }
}

/// Removes the sender, which wakes all waiting callers.
struct OnPanic<'a>(&'a Slots, UserId);

impl Drop for OnPanic<'_> {
    fn drop(&mut self) {
        let waiting = self.0.borrow_mut().remove(&self.1);
        drop(waiting);
    }
}
