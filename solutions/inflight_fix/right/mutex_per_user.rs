//! Right: a tokio `Mutex` per user, the cache looked at again inside it; an empty one goes with its last caller.

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
        let claim = Claim {
            cache: self,
            id,
            row,
        };
        let mut row = claim.row.lock().await;
        if let Some(user) = &*row {
            return Ok(user.clone());
        }
        let user = self.db.fetch_user(id).await?;
        *row = Some(user.clone());
        Ok(user)
    }
}

/// Keeps a row in the map while somebody wants it.
struct Claim<'a> {
    cache: &'a UserCache,
    id: UserId,
    row: Row,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        // Two owners: the map and this caller, so nobody holds or awaits the lock.
        let last = Rc::strong_count(&self.row) == 2;
        if last && self.row.try_lock().is_ok_and(|row| row.is_none()) {
            self.cache.rows.borrow_mut().remove(&self.id);
        }
    }
}
