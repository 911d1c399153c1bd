//! Wrong: a caller whose fetch failed waits for a row that nobody fetches. Caught by: error_not_cached

use kit::{Db, DbError, User, UserId};
use std::{cell::RefCell, collections::HashMap, time::Duration};
use tokio::time::Instant;
pub struct UserCache {
    db: Db,
    rows: RefCell<HashMap<UserId, User>>,
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            rows: Default::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let found = self.rows.borrow().get(&id).cloned();
        if let Some(row) = found {
            return Ok(row);
        }
        let Ok(row) = self.db.fetch_user(id).await else {
            return std::future::pending().await;
        };
        self.rows.borrow_mut().insert(id, row.clone());
        Ok(row)
    }
}
pub struct Stampede {
    pub fetches: u64,
    pub elapsed: Duration,
}
pub async fn stampede(db: Db, id: UserId, requests: usize) -> Stampede {
    let (before, start) = (db.fetches(), Instant::now());
    let cache = UserCache::new(db.clone());
    futures::future::join_all((0..requests).map(|_| cache.get_user(id))).await;
    Stampede {
        fetches: db.fetches() - before,
        elapsed: start.elapsed(),
    }
}
