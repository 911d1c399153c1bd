//! Right: a OnceCell per user, and eight threads beside the loop that count requests.

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
    helpers: Vec<mpsc::Sender<()>>,
}

impl UserCache {
    pub fn new(db: Db) -> Self {
        let helper = |_| {
            let (tell, told) = mpsc::channel();
            thread::spawn(move || told.iter().count());
            tell
        };
        let helpers = (0..8).map(helper).collect();
        let users = RefCell::default();
        UserCache { db, users, helpers }
    }

    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let _ = self.helpers[id.0 as usize % 8].send(());
        let user = Rc::clone(self.users.borrow_mut().entry(id).or_default());
        let row = user.get_or_try_init(|| self.db.fetch_user(id)).await;
        row.cloned()
    }
}
