//! Wrong: takes its entry out, awaits, and only then caches the row; who comes in between fetches again. Caught by: cached

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
        let leader = Leader::new(&self.in_flight, id);
        let user = self.db.fetch_user(id).await?;
        drop(leader);
        // Be nice to the callers just woken.
        tokio::task::yield_now().await;
        self.users.borrow_mut().insert(id, user.clone());
        Ok(user)
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
        // The entry first: a woken caller must be able to lead.
        self.in_flight.borrow_mut().remove(&self.id);
        self.over.notify_waiters();
    }
}
