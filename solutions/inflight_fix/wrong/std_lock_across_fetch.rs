//! Wrong: a std `Mutex` is held during the fetch; the second caller blocks the thread that would answer the first. Caught by: answered

use std::collections::HashMap;
use std::sync::Mutex;

use kit::{Db, DbError, User, UserId};

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: Mutex<HashMap<UserId, User>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let users = Mutex::default();
        Self { db, users }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let mut users = self.users.lock().unwrap();
        let cached = users.get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let user = self.db.fetch_user(id).await?;
        users.insert(id, user.clone());
        Ok(user)
    }
}
