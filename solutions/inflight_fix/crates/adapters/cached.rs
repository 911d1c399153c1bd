//! `cached` 4.1.0: `#[cached(sync_writes = "by_key")]`, which locks one of its 64 buckets around each fetch.
//! Verdict: failed. Failed checks: users_independent. Not judged: long_runs, bounded_state.

use std::sync::atomic::{AtomicU64, Ordering};

use cached::macros::cached;
use kit::{Db, DbError, User, UserId};

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    /// Its number: the macro keeps the rows of all instances in one static.
    instance: u64,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        static INSTANCES: AtomicU64 = AtomicU64::new(0);
        let instance = INSTANCES.fetch_add(1, Ordering::Relaxed);
        Self { db, instance }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        fetched(&self.db, self.instance, id).await
    }
}

// Only `Ok` is cached.
#[cached(
    sync_writes = "by_key",
    key = "(u64, UserId)",
    convert = { (instance, id) }
)]
async fn fetched(db: &Db, instance: u64, id: UserId) -> Result<User, DbError> {
    db.fetch_user(id).await
}
