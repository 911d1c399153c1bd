//! Wrong: a lock for each of 1024 shards is held across the fetch; more than users in most tests. Caught by: users_independent

use kit::{Db, DbError, User, UserId};
use std::collections::HashMap;
use tokio::sync::Mutex;
pub struct UserCache {
    db: Db,
    shards: Vec<Mutex<HashMap<UserId, User>>>,
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            shards: (0..1024).map(|_| Mutex::default()).collect(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let mut rows = self.shards[id.0 as usize % 1024].lock().await;
        if let Some(row) = rows.get(&id) {
            return Ok(row.clone());
        }
        let row = self.db.fetch_user(id).await?;
        rows.insert(id, row.clone());
        Ok(row)
    }
}
