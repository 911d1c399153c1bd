//! Wrong: the cleanup takes the entry out and keeps no promise: after an error, or when the leader is dropped, the others wait for ever. Caught by: error_ends_waiting

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::Notify;

/// As in languages whose promises can be forgotten: nobody notices a promise that
/// nobody keeps. (A dropped Rust channel would tell its receivers.)
#[derive(Default)]
struct Promise {
    user: OnceCell<User>,
    kept: Notify,
}

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    in_flight: RefCell<HashMap<UserId, Rc<Promise>>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            users: RefCell::default(),
            in_flight: RefCell::default(),
        }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = self.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let promised = self.in_flight.borrow().get(&id).cloned();
        if let Some(promise) = promised {
            promise.kept.notified().await;
            let user = promise.user.get().expect("it was kept");
            return Ok(user.clone());
        }
        let promise = Rc::new(Promise::default());
        self.in_flight.borrow_mut().insert(id, Rc::clone(&promise));
        let _finally = Finally { cache: self, id };
        let user = self.db.fetch_user(id).await?;
        self.users.borrow_mut().insert(id, user.clone());
        let _ = promise.user.set(user.clone());
        promise.kept.notify_waiters();
        Ok(user)
    }
}

/// What `finally` does in the original: it takes the entry out, and that is all.
struct Finally<'a> {
    cache: &'a UserCache,
    id: UserId,
}

impl Drop for Finally<'_> {
    fn drop(&mut self) {
        self.cache.in_flight.borrow_mut().remove(&self.id);
    }
}
