//! Wrong: the map of `Shared` fetches is the cache, and a failed one stays in it. Caught by: error_not_cached

use std::cell::RefCell;
use std::collections::HashMap;

use futures::future::{FutureExt, LocalBoxFuture, Shared};
use kit::{Db, DbError, User, UserId};

type Fetch = Shared<LocalBoxFuture<'static, Result<User, DbError>>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    fetches: RefCell<HashMap<UserId, Fetch>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let fetches = RefCell::default();
        Self { db, fetches }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let begin = || {
            let db = self.db.clone();
            async move { db.fetch_user(id).await }
                .boxed_local()
                .shared()
        };
        let fetch = self
            .fetches
            .borrow_mut()
            .entry(id)
            .or_insert_with(begin)
            .clone();
        fetch.await
    }
}
