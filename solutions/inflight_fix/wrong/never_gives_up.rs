//! Wrong: retries a failed fetch for ever and never hands on the error. Caught by: error_ends_waiting

use kit::{Db, DbError, User, UserId};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::Mutex;
pub struct UserCache {
    db: Db,
    slots: std::sync::Mutex<HashMap<UserId, Arc<Mutex<Option<User>>>>>,
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            slots: Default::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let slot = self.slots.lock().unwrap().entry(id).or_default().clone();
        let mut row = slot.lock().await;
        if let Some(u) = &*row {
            return Ok(u.clone());
        }
        let u = loop {
            match self.db.fetch_user(id).await {
                Ok(u) => break u,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        *row = Some(u.clone());
        Ok(u)
    }
}
