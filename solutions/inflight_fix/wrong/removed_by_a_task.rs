//! Wrong: a task of its own removes what has failed, some turns later. Caught by: error_not_cached

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use futures::future::{FutureExt, LocalBoxFuture, Shared};
use kit::{Db, DbError, User, UserId};
use tokio::task::{spawn_local, yield_now};

type Fetched = Shared<LocalBoxFuture<'static, Result<User, DbError>>>;

pub struct UserCache {
    db: Db,
    known: Rc<RefCell<HashMap<UserId, Fetched>>>,
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        let known = Rc::default();
        Self { db, known }
    }

    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let found = self.known.borrow().get(&id).cloned();
        let fetched = found.unwrap_or_else(|| {
            let db = self.db.clone();
            let fetched = async move { db.fetch_user(id).await }
                .boxed_local()
                .shared();
            self.known.borrow_mut().insert(id, fetched.clone());
            spawn_local(tidy(Rc::clone(&self.known), id, fetched.clone()));
            fetched
        });
        fetched.await
    }
}

async fn tidy(known: Rc<RefCell<HashMap<UserId, Fetched>>>, id: UserId, fetched: Fetched) {
    if fetched.await.is_err() {
        yield_now().await;
        known.borrow_mut().remove(&id);
    }
}
