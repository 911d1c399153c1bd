//! Wrong: an error clears the users that nobody awaits, the cached rows. Caught by: cached

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
        let waiting = Waiting {
            users: &self.users,
            id,
            cell: Rc::clone(self.users.borrow_mut().entry(id).or_default()),
        };
        let fetch = || self.db.fetch_user(id);
        let answer = waiting.cell.get_or_try_init(fetch).await.cloned();
        if answer.is_err() {
            self.tidy_up();
        }
        answer
    }

    /// With more than four users in it, the map keeps those that somebody waits for.
    fn tidy_up(&self) {
        let mut users = self.users.borrow_mut();
        if users.len() > 4 {
            users.retain(|_, cell| Rc::strong_count(cell) > 1);
        }
    }
}

/// One caller's stake in a cell.
struct Waiting<'a> {
    users: &'a RefCell<Users>,
    id: UserId,
    cell: Rc<OnceCell<User>>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.cell.initialized() && Rc::strong_count(&self.cell) == 2 {
            self.users.borrow_mut().remove(&self.id);
        }
    }
}
