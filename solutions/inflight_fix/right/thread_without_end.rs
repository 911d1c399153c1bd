//! Right: a OnceCell per user, and a thread beside the loop that never ends.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;

use kit::{Db, DbError, User, UserId};
use tokio::sync::OnceCell;

pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, Rc<OnceCell<User>>>>,
    log: mpsc::Sender<UserId>,
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        let (log, entries) = mpsc::channel();
        // Held by the thread itself, the channel never closes.
        let own = log.clone();
        thread::spawn(move || {
            let asked = entries.iter().count();
            drop(own);
            asked
        });
        let users = RefCell::default();
        UserCache { db, users, log }
    }

    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let _ = self.log.send(id);
        let user = Rc::clone(self.users.borrow_mut().entry(id).or_default());
        let row = user.get_or_try_init(|| self.db.fetch_user(id)).await;
        row.cloned()
    }
}
