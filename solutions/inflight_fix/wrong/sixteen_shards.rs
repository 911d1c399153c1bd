//! Wrong: sixteen locks for all users; two on the same shard wait for each other. Caught by: users_independent

use std::collections::HashMap;

use kit::{Db, DbError, User, UserId};
use tokio::sync::Mutex;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    shards: [Mutex<HashMap<UserId, User>>; 16],
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let shards = Default::default();
        Self { db, shards }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let mut users = self.shards[id.0 as usize % 16].lock().await;
        let cached = users.get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let user = self.db.fetch_user(id).await?;
        users.insert(id, user.clone());
        Ok(user)
    }
}
