//! Wrong: the followers of a dropped leader notice it only when their timeout ends. Caught by: no_polling

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use kit::{Db, DbError, User, UserId};
use tokio::sync::Notify;
use tokio::time::timeout;

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
            let _ = timeout(Duration::from_secs(1), over.notified()).await;
        }
        let leader = Leader::new(&self.in_flight, id);
        let answer = self.db.fetch_user(id).await;
        if let Ok(user) = &answer {
            self.users.borrow_mut().insert(id, user.clone());
        }
        leader.over.notify_waiters();
        answer
    }
}

/// While it lives the user's fetch is under way.
struct Leader<'a> {
    in_flight: &'a InFlight,
    id: UserId,
    over: Rc<Notify>,
}

impl<'a> Leader<'a> {
    fn new(in_flight: &'a InFlight, id: UserId) -> Self {
        let over = Rc::new(Notify::new());
        in_flight.borrow_mut().insert(id, Rc::clone(&over));
        Self {
            in_flight,
            id,
            over,
        }
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        self.in_flight.borrow_mut().remove(&self.id);
    }
}
