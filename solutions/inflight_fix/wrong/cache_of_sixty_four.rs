//! Wrong: the cache forgets rows once it holds 64. Caught by: cached

use kit::{Db, DbError, User, UserId};
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use tokio::sync::Notify;
pub struct UserCache {
    db: Db,
    rows: RefCell<HashMap<UserId, User>>,
    busy: RefCell<HashMap<UserId, Rc<Notify>>>,
}
struct Busy<'a> {
    c: &'a UserCache,
    id: UserId,
    n: Rc<Notify>,
}
impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.c.busy.borrow_mut().remove(&self.id);
        self.n.notify_waiters();
    }
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            rows: Default::default(),
            busy: Default::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        loop {
            if let Some(u) = self.rows.borrow().get(&id) {
                return Ok(u.clone());
            }
            let other = self.busy.borrow().get(&id).cloned();
            if let Some(n) = other {
                n.notified().await;
                continue;
            }
            let n = Rc::new(Notify::new());
            self.busy.borrow_mut().insert(id, n.clone());
            let _busy = Busy { c: self, id, n };
            let row = self.db.fetch_user(id).await?;
            {
                let mut m = self.rows.borrow_mut();
                if m.len() >= 64 {
                    m.clear();
                }
                m.insert(id, row.clone());
            }
            return Ok(row);
        }
    }
}
