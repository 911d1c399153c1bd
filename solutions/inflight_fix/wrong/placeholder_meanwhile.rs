//! Wrong: a request that comes while the fetch is under way gets a made-up row. Caught by: answered

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use kit::{Db, DbError, User, UserId};

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
        {
            let cached = self.users.borrow().get(&id).cloned();
            if let Some(user) = cached {
                return Ok(user);
            }
            if self.in_flight.borrow().contains(&id) {
                let name = "loading".to_owned();
                return Ok(User { id, name });
            }
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
