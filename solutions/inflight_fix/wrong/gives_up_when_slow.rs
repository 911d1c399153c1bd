//! Wrong: makes up an error when the database is slow. Caught by: answered

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
        let cell = self.cells.borrow_mut().entry(id).or_default().clone();
        cell.get_or_try_init(|| async {
            tokio::time::timeout(std::time::Duration::from_secs(1), self.db.fetch_user(id))
                .await
                .unwrap_or(Err(DbError::Unavailable))
        })
        .await
        .cloned()
    }
}
