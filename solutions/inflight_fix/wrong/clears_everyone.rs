//! Wrong: the guard of a dropped leader clears the whole in-flight map, other users' entries too. Caught by: long_runs

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
        let dropped = OnDrop(&self.in_flight, &over);
        let answer = self.db.fetch_user(id).await;
        std::mem::forget(dropped);
        if let Ok(user) = &answer {
            self.users.borrow_mut().insert(id, user.clone());
        }
        self.in_flight.borrow_mut().remove(&id);
        over.notify_waiters();
        answer
    }
}

/// Cleans up after a leader that was dropped.
struct OnDrop<'a>(&'a InFlight, &'a Notify);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().clear();
        self.1.notify_waiters();
    }
}
