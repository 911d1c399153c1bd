//! Right: a blocking thread writes a line to the log before the row is returned.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use kit::{Db, DbError, User, UserId};
use tokio::sync::OnceCell;

pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, Rc<OnceCell<User>>>>,
    log: Arc<Mutex<Option<UserId>>>,
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        let users = RefCell::default();
        let log = Arc::default();
        Self { db, users, log }
    }

    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cell = Rc::clone(self.users.borrow_mut().entry(id).or_default());
        let users = &self.users;
        let waiting = Waiting { users, id, cell };
        let fetch = async || {
            let row = self.db.fetch_user(id).await?;
            let log = Arc::clone(&self.log);
            // As a file would be written to.
            let written = tokio::task::spawn_blocking(move || {
                *log.lock().unwrap() = Some(id);
            });
            written.await.expect("the log can be written to");
            Ok(row)
        };
        waiting.cell.get_or_try_init(fetch).await.cloned()
    }
}

struct Waiting<'a> {
    users: &'a RefCell<HashMap<UserId, Rc<OnceCell<User>>>>,
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
