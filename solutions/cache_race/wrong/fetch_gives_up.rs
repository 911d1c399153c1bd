//! Wrong: a fetch that takes more than five seconds is given up. Caught by: cached

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use futures::future::join_all;
use kit::{Db, DbError, User, UserId};
use tokio::time::Instant;

/// A cache in front of the database.
pub struct UserCache {
    db: Db,
    // No lock: nothing else runs between two awaits.
    users: RefCell<HashMap<UserId, User>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let users = RefCell::default();
        Self { db, users }
    }

    /// The user with this id, from the cache or else from the database.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        // A statement of its own, so that the borrow ends before the await.
        let cached = self.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        // The race: a request that comes while this waits finds the map still empty.
        let fetch = self.db.fetch_user(id);
        let user = tokio::time::timeout(Duration::from_secs(5), fetch)
            .await
            .unwrap_or(Err(DbError::Unavailable))?;
        self.users.borrow_mut().insert(id, user.clone());
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

/// Sends `requests` requests for one user through a new cache, all at once, and
/// reports what really happened.
pub async fn stampede(db: Db, id: UserId, requests: usize) -> Stampede {
    // The handle may have been used before; only this stampede is to be counted.
    let begun_before = db.fetches();
    let start = Instant::now();
    let cache = UserCache::new(db.clone());
    join_all((0..requests).map(|_| cache.get_user(id))).await;
    Stampede {
        fetches: db.fetches() - begun_before,
        elapsed: start.elapsed(),
    }
}
