//! Right: the stampede brings its own `LocalSet` and awaits its tasks one after another.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use kit::{Db, DbError, User, UserId};
use tokio::task::{LocalSet, spawn_local};
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
    let cache = Rc::new(UserCache::new(db.clone()));
    let start = Instant::now();
    let everyone = async {
        let tasks: Vec<_> = (0..requests)
            .map(|_| Rc::clone(&cache))
            .map(|cache| spawn_local(async move { cache.get_user(id).await }))
            .collect();
        for task in tasks {
            task.await.expect("no request panics").ok();
        }
    };
    LocalSet::new().run_until(everyone).await;
    Stampede {
        fetches: db.fetches() - before,
        elapsed: start.elapsed(),
    }
}
