//! `singleflight-async` 0.2.0: `SingleFlight::work`, whose callers all get what the fetch returned, row or error.
//! Verdict: passed. Failed checks: bounded_state.

use std::cell::RefCell;
use std::collections::HashMap;

use kit::{Db, DbError, User, UserId};
use singleflight_async::SingleFlight;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    in_flight: SingleFlight<UserId, Result<User, DbError>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            users: RefCell::default(),
            in_flight: SingleFlight::new(),
        }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = self.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let fetch = async || {
            let user = self.db.fetch_user(id).await?;
            self.users.borrow_mut().insert(id, user.clone());
            Ok(user)
        };
        self.in_flight.work(id, fetch).await
    }
}
