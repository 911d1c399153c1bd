//! Wrong: keeps track of fifty fetches; one that begins while fifty run is not shared. Caught by: users_independent

use kit::{Db, DbError, User, UserId};
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use tokio::sync::Notify;
pub struct UserCache {
    db: Db,
    rows: RefCell<HashMap<UserId, User>>,
    busy: RefCell<HashMap<UserId, Rc<Notify>>>,
}
struct Busy<'a>(&'a UserCache, UserId, Rc<Notify>);
impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.borrow_mut().remove(&self.1);
        self.2.notify_waiters();
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
            if let Some(row) = self.rows.borrow().get(&id) {
                return Ok(row.clone());
            }
            let other = self.busy.borrow().get(&id).cloned();
            if let Some(other) = other {
                other.notified().await;
                continue;
            }
            let busy = Busy(self, id, Rc::default());
            if self.busy.borrow().len() < 50 {
                self.busy.borrow_mut().insert(id, busy.2.clone());
            }
            let row = self.db.fetch_user(id).await?;
            self.rows.borrow_mut().insert(id, row.clone());
            return Ok(row);
        }
    }
}
