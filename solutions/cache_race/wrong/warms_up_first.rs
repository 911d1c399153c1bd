//! Wrong: sends an extra request before the stampede. Caught by: stampede_fetches

#![allow(unused_imports, dead_code)]
use futures::{
    future::{FutureExt, join_all, try_join_all},
    stream::{self, FuturesUnordered, StreamExt},
};
use kit::{Db, DbError, User, UserId};
use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    sync::{Arc, Mutex},
    time::Duration,
};
#[derive(Clone, Copy, Debug)]
pub struct Stampede {
    pub fetches: u64,
    pub elapsed: Duration,
}
#[derive(Clone)]
pub struct UserCache {
    db: Db,
    rows: Rc<RefCell<HashMap<UserId, User>>>,
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            rows: Default::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        if let Some(u) = self.rows.borrow().get(&id) {
            return Ok(u.clone());
        }
        let u = self.db.fetch_user(id).await?;
        self.rows.borrow_mut().insert(id, u.clone());
        Ok(u)
    }
}
pub async fn stampede(db: Db, id: UserId, requests: usize) -> Stampede {
    let t = tokio::time::Instant::now();
    let c = UserCache::new(db.clone());
    let b = db.fetches();
    let _ = c.get_user(UserId(id.0 + 1)).await;
    join_all((0..requests).map(|_| c.get_user(id))).await;
    Stampede {
        fetches: db.fetches() - b,
        elapsed: t.elapsed(),
    }
}
