//! Right: a tokio `RwLock` around the map, held for the look and for the store, never for the fetch.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use kit::{Db, DbError, User, UserId};
use tokio::sync::RwLock;
use tokio::time::Instant;

/// A cache in front of the database.
pub struct UserCache {
    db: Db,
    users: RwLock<BTreeMap<UserId, User>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let users = RwLock::default();
        Self { db, users }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = self.users.read().await.get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let user = self.db.fetch_user(id).await?;
        self.users.write().await.insert(id, user.clone());
        Ok(user)
    }
}

/// What a stampede cost.
#[derive(Clone, Copy, Debug)]
pub struct Stampede {
    /// How many fetches really began.
    pub fetches: u64,
    /// How long it took until the last request had its answer.
    pub elapsed: Duration,
}

/// Sends `requests` requests at once and reports what happened.
pub async fn stampede(db: Db, id: UserId, requests: usize) -> Stampede {
    let before = db.fetches();
    let start = Instant::now();
    let cache = UserCache::new(db.clone());
    join_all((0..requests).map(|_| cache.get_user(id))).await;
    Stampede {
        fetches: db.fetches() - before,
        elapsed: start.elapsed(),
    }
}
