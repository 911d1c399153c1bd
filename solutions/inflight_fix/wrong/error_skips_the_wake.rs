//! Wrong: the `?` after the fetch leaves before the followers are woken. Caught by: error_ends_waiting

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
        let dropped = OnDrop(&self.in_flight, id, &over);
        let answer = self.db.fetch_user(id).await;
        std::mem::forget(dropped);
        self.in_flight.borrow_mut().remove(&id);
        let user = answer?;
        self.users.borrow_mut().insert(id, user.clone());
        over.notify_waiters();
        Ok(user)
    }
}

/// Cleans up after a leader that was dropped.
struct OnDrop<'a>(&'a InFlight, UserId, &'a Notify);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().remove(&self.1);
        self.2.notify_waiters();
    }
}
