//! Wrong: no line runs in a dropped leader, so its entry stays and the followers wait for ever. Caught by: leader_dropped

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::Notify;

type InFlight = RefCell<HashMap<UserId, Rc<Notify>>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    in_flight: InFlight,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            users: RefCell::default(),
            in_flight: RefCell::default(),
        }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        loop {
            let cached = self.users.borrow().get(&id).cloned();
            if let Some(user) = cached {
                return Ok(user);
            }
            let over = self.in_flight.borrow().get(&id).cloned();
            let Some(over) = over else { break };
            // No await since the look, so no wake-up can be missed.
            over.notified().await;
        }
        let over = Rc::new(Notify::new());
        self.in_flight.borrow_mut().insert(id, Rc::clone(&over));
        let answer = self.db.fetch_user(id).await;
        if let Ok(user) = &answer {
            self.users.borrow_mut().insert(id, user.clone());
        }
        self.in_flight.borrow_mut().remove(&id);
        over.notify_waiters();
        answer
    }
}
