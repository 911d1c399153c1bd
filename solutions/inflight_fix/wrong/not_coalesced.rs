//! Wrong: a cache and nothing else: every miss is a fetch. Caught by: one_fetch

use std::cell::RefCell;
use std::collections::HashMap;

use kit::{Db, DbError, User, UserId};

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let users = RefCell::default();
        Self { db, users }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = self.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let user = self.db.fetch_user(id).await?;
        self.users.borrow_mut().insert(id, user.clone());
        Ok(user)
    }
}
