//! Wrong: the row is not kept when the first caller has gone. Caught by: leader_dropped

use kit::{Db, DbError, User, UserId};
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use tokio::sync::oneshot;
type Ans = Result<User, DbError>;
enum Slot {
    Row(User),
    Queue(Vec<oneshot::Sender<Ans>>),
}
pub struct UserCache {
    db: Db,
    slots: Rc<RefCell<HashMap<UserId, Slot>>>,
}
struct Unqueue(Rc<RefCell<HashMap<UserId, Slot>>>, UserId);
impl Drop for Unqueue {
    fn drop(&mut self) {
        let mut m = self.0.borrow_mut();
        if let Some(Slot::Queue(_)) = m.get(&self.1) {
            m.remove(&self.1);
        }
    }
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            slots: Rc::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Ans {
        loop {
            let (tx, rx) = oneshot::channel();
            let mut start = false;
            match self.slots.borrow_mut().entry(id).or_insert_with(|| {
                start = true;
                Slot::Queue(vec![])
            }) {
                Slot::Row(u) => return Ok(u.clone()),
                Slot::Queue(q) => q.push(tx),
            }
            if start {
                let (db, slots) = (self.db.clone(), self.slots.clone());
                tokio::task::spawn_local(async move {
                    let guard = Unqueue(slots.clone(), id);
                    let ans = db.fetch_user(id).await;
                    let old = match &ans {
                        Ok(u) => {
                            let first_gone = match slots.borrow().get(&id) {
                                Some(Slot::Queue(q)) => q[0].is_closed(),
                                _ => false,
                            };
                            if first_gone {
                                slots.borrow_mut().remove(&id)
                            } else {
                                slots.borrow_mut().insert(id, Slot::Row(u.clone()))
                            }
                        }
                        Err(_) => slots.borrow_mut().remove(&id),
                    };
                    drop(guard);
                    if let Some(Slot::Queue(q)) = old {
                        for tx in q {
                            let _ = tx.send(ans.clone());
                        }
                    }
                });
            }
            if let Ok(a) = rx.await {
                return a;
            }
        }
    }
}
