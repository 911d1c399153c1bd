//! Wrong: the number of requests is kept in a byte. Caught by: stampede_fetches

#![allow(unused)]
use kit::{Db, DbError, User, UserId};
use std::collections::BTreeMap;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::sync::Barrier;
use tokio::time::Instant;
pub struct UserCache {
    db: Db,
    rows: RwLock<Arc<BTreeMap<UserId, User>>>,
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            rows: RwLock::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let now = Arc::clone(&self.rows.read().unwrap());
        if let Some(u) = now.get(&id) {
            return Ok(u.clone());
        }
        let user = self.db.fetch_user(id).await?;
        let mut rows = self.rows.write().unwrap();
        let mut next = BTreeMap::clone(&rows);
        next.insert(id, user.clone());
        *rows = Arc::new(next);
        Ok(user)
    }
}
#[derive(Clone, Copy, Debug)]
pub struct Stampede {
    pub fetches: u64,
    pub elapsed: Duration,
}
pub async fn stampede(db: Db, id: UserId, requests: usize) -> Stampede {
    let before = db.fetches();
    let cache = Arc::new(UserCache::new(db.clone()));
    let gate = Arc::new(Barrier::new((requests as u8).max(1) as usize));
    let begun = Instant::now();
    let tasks: Vec<_> = (0..requests as u8)
        .map(|_| {
            let (c, g) = (cache.clone(), gate.clone());
            tokio::spawn(async move {
                g.wait().await;
                let _ = c.get_user(id).await;
                Instant::now()
            })
        })
        .collect();
    let mut last = begun;
    for t in tasks {
        last = last.max(t.await.unwrap());
    }
    Stampede {
        fetches: db.fetches() - before,
        elapsed: last - begun,
    }
}
