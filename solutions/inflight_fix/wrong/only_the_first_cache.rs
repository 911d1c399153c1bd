//! Wrong: only the first cache of a process shares its fetches. Caught by: one_fetch

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};

use kit::{Db, DbError, User, UserId};
use tokio::sync::OnceCell;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<Users>,
    is_first: bool,
}

static IS_MADE: AtomicBool = AtomicBool::new(false);

// A full cell is a cached user. An empty one is a fetch under way: it stays in
// the map as long as somebody waits for it, and no longer.
type Users = HashMap<UserId, Rc<OnceCell<User>>>;

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            users: RefCell::default(),
            is_first: !IS_MADE.swap(true, Ordering::Relaxed),
        }
    }

    /// The user with this id, for at most one fetch at a time.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        if !self.is_first {
            return self.db.fetch_user(id).await;
        }
        let cell = Rc::clone(self.users.borrow_mut().entry(id).or_default());
        let users = &self.users;
        let waiting = Waiting { users, id, cell };
        // Lets one caller in. Should it fail, panic or be dropped, the next may try.
        let fetch = || self.db.fetch_user(id);
        waiting.cell.get_or_try_init(fetch).await.cloned()
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
