//! Wrong: a follower yields and looks again until the leader is done, as fast as the loop turns. Caught by: no_polling

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use kit::{Db, DbError, User, UserId};
use tokio::task::yield_now;

type InFlight = RefCell<HashSet<UserId>>;

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
            if !self.in_flight.borrow().contains(&id) {
                break;
            }
            yield_now().await;
        }
        let _leader = Leader::new(&self.in_flight, id);
        let user = self.db.fetch_user(id).await?;
        self.users.borrow_mut().insert(id, user.clone());
        Ok(user)
    }
}

/// While it lives the user's fetch is under way.
struct Leader<'a> {
    in_flight: &'a InFlight,
    id: UserId,
}

impl<'a> Leader<'a> {
    fn new(in_flight: &'a InFlight, id: UserId) -> Self {
        in_flight.borrow_mut().insert(id);
        Self { in_flight, id }
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        self.in_flight.borrow_mut().remove(&self.id);
    }
}
