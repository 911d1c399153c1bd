//! Wrong: looks users up by the low half of their id. Caught by: users_independent

use kit::{Db, DbError, User, UserId};
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use tokio::sync::OnceCell;
pub struct UserCache {
    db: Db,
    cells: RefCell<HashMap<UserId, Rc<OnceCell<User>>>>,
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            cells: Default::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cell = self
            .cells
            .borrow_mut()
            .entry(UserId(u64::from(id.0 as u32)))
            .or_default()
            .clone();
        cell.get_or_try_init(|| self.db.fetch_user(id))
            .await
            .cloned()
    }
}
