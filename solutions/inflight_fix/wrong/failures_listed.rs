//! Wrong: remembers for ever which users could not be read. Caught by: bounded_state

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::OnceCell;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<Users>,
    // For the report: who could not be read.
    failed: RefCell<Vec<UserId>>,
}

// A full cell is a cached user. An empty one is a fetch under way: it stays in
// the map as long as somebody waits for it, and no longer.
type Users = HashMap<UserId, Rc<OnceCell<User>>>;

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let users = RefCell::default();
        Self {
            db,
            users,
            failed: RefCell::default(),
        }
    }

    /// The user with this id, for at most one fetch at a time.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cell = Rc::clone(self.users.borrow_mut().entry(id).or_default());
        let users = &self.users;
        let waiting = Waiting { users, id, cell };
        // Lets one caller in. Should it fail, panic or be dropped, the next may try.
        let fetch = || self.db.fetch_user(id);
        let answer = waiting.cell.get_or_try_init(fetch).await.cloned();
        if answer.is_err() {
            self.failed.borrow_mut().push(id);
        }
        answer
    }
}

/// One caller's stake in a cell. Giving it up is a `Drop`, because no line after
/// an await runs when the caller is dropped there.
struct Waiting<'a> {
    users: &'a RefCell<Users>,
    id: UserId,
    cell: Rc<OnceCell<User>>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        // Two owners are the map and this caller: nobody else wants the cell, so
        // it cannot be one that others still wait for, or a newer one.
        if !self.cell.initialized() && Rc::strong_count(&self.cell) == 2 {
            self.users.borrow_mut().remove(&self.id);
        }
    }
}
