//! Wrong: the line has 98 places; callers that come later are never told. Caught by: answered

use kit::{Db, DbError, User, UserId};
use std::{cell::RefCell, collections::HashMap};
use tokio::sync::oneshot;
type Ans = Result<User, DbError>;
enum E {
    Have(User),
    Wait(u64, Vec<oneshot::Sender<Ans>>),
}
pub struct UserCache {
    db: Db,
    e: RefCell<HashMap<UserId, E>>,
    turn: std::cell::Cell<u64>,
}
struct Lead<'a> {
    c: &'a UserCache,
    id: UserId,
    turn: u64,
}
impl Lead<'_> {
    fn take(&self) -> Vec<oneshot::Sender<Ans>> {
        let mut e = self.c.e.borrow_mut();
        match e.get(&self.id) {
            Some(E::Wait(t, _)) if *t == self.turn => {}
            _ => return vec![],
        }
        match e.remove(&self.id) {
            Some(E::Wait(_, v)) => v,
            _ => vec![],
        }
    }
}
impl Drop for Lead<'_> {
    fn drop(&mut self) {
        drop(self.take());
    }
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            e: RefCell::default(),
            turn: Default::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Ans {
        loop {
            let rx = match self.e.borrow_mut().get_mut(&id) {
                Some(E::Have(u)) => return Ok(u.clone()),
                Some(E::Wait(_, v)) => {
                    let (tx, rx) = oneshot::channel();
                    if v.len() < 98 {
                        v.push(tx);
                    } else {
                        std::mem::forget(tx);
                    }
                    Some(rx)
                }
                None => None,
            };
            if let Some(rx) = rx {
                if let Ok(a) = rx.await {
                    return a;
                } else {
                    continue;
                }
            }
            let turn = self.turn.get();
            self.turn.set(turn + 1);
            self.e.borrow_mut().insert(id, E::Wait(turn, vec![]));
            let lead = Lead { c: self, id, turn };
            let ans = self.db.fetch_user(id).await;
            let v = lead.take();
            if let Ok(u) = &ans {
                self.e.borrow_mut().insert(id, E::Have(u.clone()));
            }
            for tx in v {
                let _ = tx.send(ans.clone());
            }
            return ans;
        }
    }
}
