//! Wrong: makes up an error when the database hangs for a minute. Caught by: answered

use kit::{Db, DbError, User, UserId};
use std::{cell::RefCell, collections::HashMap, rc::Rc, time::Duration};
use tokio::{sync::OnceCell, time::timeout};
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
            timeout(Duration::from_secs(60), self.db.fetch_user(id))
                .await
                .unwrap_or(Err(DbError::Unavailable))
        })
        .await
        .cloned()
    }
}
