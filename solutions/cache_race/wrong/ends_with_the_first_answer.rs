//! Wrong: a stampede is over with its first answer, and the other requests are dropped. Caught by: stampede_elapsed

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use kit::{Db, DbError, User, UserId};
use tokio::task::JoinSet;
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
        let user = self.db.fetch_user(id).await?;
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
    let start = Instant::now();
    let cache = Rc::new(UserCache::new(db.clone()));
    let mut tasks = JoinSet::new();
    for _ in 0..requests {
        let cache = Rc::clone(&cache);
        tasks.spawn_local(async move { cache.get_user(id).await });
    }
    if tasks.join_next().await.is_some() {}
    Stampede {
        fetches: db.fetches() - before,
        elapsed: start.elapsed(),
    }
}
