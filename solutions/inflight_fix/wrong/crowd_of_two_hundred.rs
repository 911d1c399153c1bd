//! Wrong: when two hundred wait for a user, the next one is told an error. Caught by: one_fetch

#![allow(unused)]
use futures::future::{FutureExt, LocalBoxFuture, Shared};
use kit::{Db, DbError, User, UserId};
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;
type Fetch = tokio::sync::broadcast::Sender<Result<User, DbError>>;
#[derive(Default)]
struct Books {
    rows: HashMap<UserId, (Instant2, User)>,
    order: VecDeque<UserId>,
    fetching: HashMap<UserId, Fetch>,
    errors: u32,
    last_error: Option<(Instant2, UserId, DbError)>,
}
type Instant2 = Instant;
pub struct UserCache {
    db: Db,
    books: Rc<RefCell<Books>>,
    gate: Rc<tokio::sync::Semaphore>,
}
impl UserCache {
    pub fn new(db: Db) -> Self {
        Self {
            db,
            books: Rc::default(),
            gate: Rc::new(tokio::sync::Semaphore::new(1_000_000)),
        }
    }
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        if self
            .books
            .borrow()
            .fetching
            .get(&id)
            .is_some_and(|f| f.receiver_count() > 200)
        {
            return self.db.fetch_user(id).await;
        }
        let found = self.books.borrow().rows.get(&id).cloned();
        if let Some((at, user)) = found {
            return Ok(user);
        }
        let mut told = {
            let mut books = self.books.borrow_mut();
            match books.fetching.get(&id) {
                Some(t) => t.subscribe(),
                None => {
                    let (tell, told) = tokio::sync::broadcast::channel(1);
                    books.fetching.insert(id, tell);
                    let (db, shared, gate) =
                        (self.db.clone(), self.books.clone(), self.gate.clone());
                    tokio::task::spawn_local(async move {
                        let _gate = gate.acquire().await;
                        let r = std::panic::AssertUnwindSafe(db.fetch_user(id))
                            .catch_unwind()
                            .await
                            .unwrap_or(Err(DbError::Unavailable));
                        let mut books = shared.borrow_mut();
                        let books = &mut *books;
                        let tell = books.fetching.remove(&id).unwrap();
                        if let Ok(u) = &r {
                            books.rows.insert(id, (Instant::now(), u.clone()));
                        }
                        let _ = tell.send(r);
                    });
                    told
                }
            }
        };
        told.recv().await.unwrap_or(Err(DbError::Unavailable))
    }
}
