//! Wrong: one tokio `Mutex` around the map, held during the fetch: users wait for each other. Caught by: users_independent

use std::collections::HashMap;

use kit::{Db, DbError, User, UserId};
use tokio::sync::Mutex;

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
        let mut users = self.users.lock().await;
        let cached = users.get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let user = self.db.fetch_user(id).await?;
        users.insert(id, user.clone());
        Ok(user)
    }
}
