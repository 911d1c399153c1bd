//! Wrong: an error empties the whole cache. Caught by: cached

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use futures::stream::{FuturesUnordered, StreamExt};
use kit::{Db, DbError, User, UserId};
use tokio::time::Instant;

/// A cache in front of the database.
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
        let fetched = self.db.fetch_user(id).await;
        if fetched.is_err() {
            self.users.borrow_mut().clear();
        }
        let user = fetched?;
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

/// Sends `requests` requests at once and reports what happened.
pub async fn stampede(db: Db, id: UserId, requests: usize) -> Stampede {
    let before = db.fetches();
    let cache = UserCache::new(db.clone());
    let mut open: FuturesUnordered<_> = (0..requests).map(|_| cache.get_user(id)).collect();
    let start = Instant::now();
    let mut elapsed = Duration::ZERO;
    while open.next().await.is_some() {
        elapsed = start.elapsed();
    }
    let fetches = db.fetches() - before;
    Stampede { fetches, elapsed }
}
