//! Right: an `Arc` of std `Mutex` that is let go before the await; one `Send` task per request.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use kit::{Db, DbError, User, UserId};
use tokio::time::Instant;

/// A cache in front of the database.
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
        let cached = self.users.lock().unwrap().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let user = self.db.fetch_user(id).await?;
        self.users.lock().unwrap().insert(id, user.clone());
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
    let cache = Arc::new(UserCache::new(db.clone()));
    let tasks = (0..requests).map(|_| {
        let cache = Arc::clone(&cache);
        tokio::spawn(async move { cache.get_user(id).await })
    });
    join_all(tasks).await;
    Stampede {
        fetches: db.fetches() - before,
        elapsed: start.elapsed(),
    }
}
