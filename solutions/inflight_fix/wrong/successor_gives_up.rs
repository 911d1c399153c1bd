//! Wrong: after a leader has left, the one who fetches gives up after five seconds. Caught by: leader_dropped

use kit::{Db, DbError, User, UserId};
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use tokio::{sync::Notify, task::JoinHandle};
pub struct UserCache {
    db: Db,
    rows: RefCell<HashMap<UserId, User>>,
    busy: RefCell<HashMap<UserId, Rc<Notify>>>,
}
struct Lead<'a> {
    c: &'a UserCache,
    id: UserId,
    n: Rc<Notify>,
    h: JoinHandle<Result<User, DbError>>,
}
impl Drop for Lead<'_> {
    fn drop(&mut self) {
        self.c.busy.borrow_mut().remove(&self.id);
        self.h.abort();
        self.n.notify_waiters();
    }
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            rows: Default::default(),
            busy: Default::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let mut waited = false;
        loop {
            if let Some(u) = self.rows.borrow().get(&id) {
                return Ok(u.clone());
            }
            let other = self.busy.borrow().get(&id).cloned();
            if let Some(n) = other {
                n.notified().await;
                waited = true;
                continue;
            }
            let n = Rc::new(Notify::new());
            self.busy.borrow_mut().insert(id, n.clone());
            let db = self.db.clone();
            let h = tokio::spawn(async move { db.fetch_user(id).await });
            let mut lead = Lead { c: self, id, n, h };
            let fetched = match waited {
                false => (&mut lead.h).await,
                true => match tokio::time::timeout(std::time::Duration::from_secs(5), &mut lead.h)
                    .await
                {
                    Ok(fetched) => fetched,
                    Err(_) => return Err(DbError::Unavailable),
                },
            };
            let row = match fetched {
                Ok(r) => r?,
                Err(e) => std::panic::resume_unwind(e.into_panic()),
            };
            self.rows.borrow_mut().insert(id, row.clone());
            return Ok(row);
        }
    }
}
