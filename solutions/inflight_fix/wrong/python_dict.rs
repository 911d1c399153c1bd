//! Wrong: the in-flight dict of other languages, line by line: no `finally` runs when a future is dropped. Caught by: leader_dropped

use std::cell::RefCell;
use std::collections::HashMap;

use futures::future::{FutureExt, Shared};
use kit::{Db, DbError, User, UserId};
use tokio::sync::oneshot;

type Answer = Result<User, DbError>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    in_flight: RefCell<HashMap<UserId, Shared<oneshot::Receiver<Answer>>>>,
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
    pub async fn get_user(&self, id: UserId) -> Answer {
        let cached = self.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let promised = self.in_flight.borrow().get(&id).cloned();
        if let Some(promised) = promised {
            return promised.await.expect("the promise is kept");
        }
        let (promise, promised) = oneshot::channel();
        self.in_flight.borrow_mut().insert(id, promised.shared());
        let answer = self.db.fetch_user(id).await;
        if let Ok(user) = &answer {
            self.users.borrow_mut().insert(id, user.clone());
        }
        let _ = promise.send(answer.clone());
        self.in_flight.borrow_mut().remove(&id);
        answer
    }
}
