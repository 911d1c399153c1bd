//! Right: a fetch that takes too long is cancelled and begun again.

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
            loop {
                if let Ok(r) =
                    tokio::time::timeout(std::time::Duration::from_secs(2), self.db.fetch_user(id))
                        .await
                {
                    return r;
                }
            }
        })
        .await
        .cloned()
    }
}
