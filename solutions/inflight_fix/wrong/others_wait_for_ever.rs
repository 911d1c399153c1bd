//! Wrong: a request that comes while another user is being fetched waits for ever; nothing that happens to that fetch helps. Caught by: users_independent

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::pending;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::OnceCell;

pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, Rc<OnceCell<User>>>>,
    fetched: Cell<Option<UserId>>,
}

struct Fetching<'a>(&'a Cell<Option<UserId>>);

impl Drop for Fetching<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        let users = RefCell::default();
        let fetched = Cell::new(None);
        Self { db, users, fetched }
    }

    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        if self.fetched.get().is_some_and(|other| other != id) {
            return pending().await;
        }
        let user = Rc::clone(self.users.borrow_mut().entry(id).or_default());
        let fetch = async || {
            self.fetched.set(Some(id));
            let _fetching = Fetching(&self.fetched);
            self.db.fetch_user(id).await
        };
        user.get_or_try_init(fetch).await.cloned()
    }
}
