//! Right: a dropped leader's Drop hands the half done fetch to a task.

use futures::future::BoxFuture;
use kit::{Db, DbError, User, UserId};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use tokio::sync::broadcast;
type Ans = Result<User, DbError>;
#[derive(Default)]
struct St {
    rows: HashMap<UserId, User>,
    live: HashMap<UserId, broadcast::Sender<Ans>>,
}
pub struct UserCache {
    db: Db,
    st: Arc<Mutex<St>>,
}
fn publish(st: &Mutex<St>, id: UserId, a: &Ans) {
    let mut s = st.lock().unwrap();
    if let Ok(u) = a {
        s.rows.insert(id, u.clone());
    }
    let tx = s.live.remove(&id);
    drop(s);
    if let Some(tx) = tx {
        let _ = tx.send(a.clone());
    }
}
struct Keep {
    f: Option<BoxFuture<'static, Ans>>,
    st: Arc<Mutex<St>>,
    id: UserId,
}
impl Drop for Keep {
    fn drop(&mut self) {
        let Some(f) = self.f.take() else { return };
        if std::thread::panicking() {
            self.st.lock().unwrap().live.remove(&self.id);
            return;
        }
        let (st, id) = (self.st.clone(), self.id);
        tokio::spawn(async move {
            let _forgotten = ForgottenInAPanic(st.clone(), id);
            let a = f.await;
            publish(&st, id, &a);
        });
    }
}
struct ForgottenInAPanic(Arc<Mutex<St>>, UserId);
impl Drop for ForgottenInAPanic {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lock().unwrap().live.remove(&self.1);
        }
    }
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            st: Arc::default(),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Ans {
        loop {
            let rx = {
                let mut s = self.st.lock().unwrap();
                if let Some(u) = s.rows.get(&id) {
                    return Ok(u.clone());
                }
                let rx = s.live.get(&id).map(|t| t.subscribe());
                if rx.is_none() {
                    s.live.insert(id, broadcast::channel(1).0);
                }
                rx
            };
            if let Some(mut rx) = rx {
                match rx.recv().await {
                    Ok(a) => return a,
                    Err(_) => continue,
                }
            }
            let db = self.db.clone();
            let mut k = Keep {
                f: Some(Box::pin(async move { db.fetch_user(id).await })),
                st: self.st.clone(),
                id,
            };
            let a = k.f.as_mut().unwrap().as_mut().await;
            k.f = None;
            publish(&self.st, id, &a);
            return a;
        }
    }
}
