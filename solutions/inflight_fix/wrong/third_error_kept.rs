//! Wrong: from the third failure on, the error is remembered. Caught by: error_not_cached

use kit::{Db, DbError, User, UserId};
use std::{collections::HashMap, sync::Arc};
use tokio::sync::Mutex;
pub struct UserCache {
    db: Db,
    errs: std::cell::RefCell<HashMap<UserId, (u32, Option<DbError>)>>,
    slots: std::sync::Mutex<HashMap<UserId, Arc<Mutex<Option<User>>>>>,
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            errs: Default::default(),
            slots: Default::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let slot = self.slots.lock().unwrap().entry(id).or_default().clone();
        let mut row = slot.lock().await;
        if let Some(u) = &*row {
            return Ok(u.clone());
        }
        if let (3.., Some(e)) = self.errs.borrow().get(&id).cloned().unwrap_or((0, None)) {
            return Err(e);
        }
        let u = self.db.fetch_user(id).await.inspect_err(|e| {
            let mut m = self.errs.borrow_mut();
            let x = m.entry(id).or_insert((0, None));
            x.0 += 1;
            x.1 = Some(e.clone());
        })?;
        *row = Some(u.clone());
        Ok(u)
    }
}
