//! Wrong: every user ever asked for keeps a once-cell, filled or not. Caught by: bounded_state

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::OnceCell;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<Users>,
}

// A full cell is a cached user. An empty one is a fetch under way.
type Users = HashMap<UserId, Rc<OnceCell<User>>>;

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let users = RefCell::default();
        Self { db, users }
    }

    /// The user with this id, for at most one fetch at a time.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cell = Rc::clone(self.users.borrow_mut().entry(id).or_default());
        // Lets one caller in. Should it fail, panic or be dropped, the next may try.
        let fetch = || self.db.fetch_user(id);
        cell.get_or_try_init(fetch).await.cloned()
    }
}
