//! Wrong: a row that is a day old is neither returned nor fetched again: its request is told `Unavailable`. Caught by: cached

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use kit::{Db, DbError, User, UserId};
use tokio::sync::OnceCell;
use tokio::time::Instant;

const OLD: Duration = Duration::from_secs(24 * 60 * 60);

type Row = Rc<OnceCell<(User, Instant)>>;

pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, Row>>,
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        let users = RefCell::default();
        Self { db, users }
    }

    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let row = Rc::clone(self.users.borrow_mut().entry(id).or_default());
        let fetch = async || Ok((self.db.fetch_user(id).await?, Instant::now()));
        let (user, fetched) = row.get_or_try_init(fetch).await?;
        match fetched.elapsed() < OLD {
            true => Ok(user.clone()),
            false => Err(DbError::Unavailable),
        }
    }
}
