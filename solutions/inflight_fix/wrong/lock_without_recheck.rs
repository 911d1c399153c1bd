//! Wrong: a lock per user, but the cache is not looked at again inside it: everyone fetches in turn. Caught by: cached

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::Mutex;

type Turn = Rc<Mutex<()>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    turns: RefCell<HashMap<UserId, Turn>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            users: RefCell::default(),
            turns: RefCell::default(),
        }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = self.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let turn = Rc::clone(self.turns.borrow_mut().entry(id).or_default());
        let claim = Claim {
            cache: self,
            id,
            turn,
        };
        let _my_turn = claim.turn.lock().await;
        let user = self.db.fetch_user(id).await?;
        self.users.borrow_mut().insert(id, user.clone());
        Ok(user)
    }
}

/// Keeps a turn in the map while somebody wants it.
struct Claim<'a> {
    cache: &'a UserCache,
    id: UserId,
    turn: Turn,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        // Two owners: the map and this caller, so nobody holds or awaits the lock.
        if Rc::strong_count(&self.turn) == 2 {
            self.cache.turns.borrow_mut().remove(&self.id);
        }
    }
}
