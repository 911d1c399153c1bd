//! Wrong: the lock of a user stays in the map for ever, row or no row. Caught by: bounded_state

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::Mutex;

type Row = Rc<Mutex<Option<User>>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    rows: RefCell<HashMap<UserId, Row>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let rows = RefCell::default();
        Self { db, rows }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let row = Rc::clone(self.rows.borrow_mut().entry(id).or_default());
        let mut row = row.lock().await;
        if let Some(user) = &*row {
            return Ok(user.clone());
        }
        let user = self.db.fetch_user(id).await?;
        *row = Some(user.clone());
        Ok(user)
    }
}
