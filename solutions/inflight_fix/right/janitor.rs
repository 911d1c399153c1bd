//! Right: a task of its own tidies up by the clock.

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
        tokio::spawn(async {
            let mut i = tokio::time::interval(std::time::Duration::from_millis(100));
            loop {
                i.tick().await;
            }
        });
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
            self.rows.borrow_mut().insert(id, row.clone());
            return Ok(row);
        }
    }
}
