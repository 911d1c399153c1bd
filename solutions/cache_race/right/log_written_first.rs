//! Right: a blocking thread writes a line to the log before the row is returned.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::join_all;
use kit::{Db, DbError, User, UserId};
use tokio::time::Instant;

pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    log: Arc<Mutex<Option<UserId>>>,
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        let users = RefCell::default();
        let log = Arc::default();
        Self { db, users, log }
    }

    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = self.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let user = self.db.fetch_user(id).await?;
        let log = Arc::clone(&self.log);
        // As a file would be written to.
        let written = tokio::task::spawn_blocking(move || {
            *log.lock().unwrap() = Some(id);
        });
        written.await.expect("the log can be written to");
        self.users.borrow_mut().insert(id, user.clone());
        Ok(user)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Stampede {
    pub fetches: u64,
    pub elapsed: Duration,
}

pub async fn stampede(db: Db, id: UserId, requests: usize) -> Stampede {
    let begun_before = db.fetches();
    let start = Instant::now();
    let cache = UserCache::new(db.clone());
    join_all((0..requests).map(|_| cache.get_user(id))).await;
    Stampede {
        fetches: db.fetches() - begun_before,
        elapsed: start.elapsed(),
    }
}
