//! Wrong: the fetch is a task of its own, but the row is cached by the caller who began it, when that caller runs next. Caught by: cached

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use futures::future::{FutureExt, LocalBoxFuture, Shared};
use kit::{Db, DbError, User, UserId};
use tokio::task::spawn_local;

type Answer = Result<User, DbError>;
/// `None`: the task panicked.
type Fetch = Shared<LocalBoxFuture<'static, Option<Answer>>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    users: RefCell<HashMap<UserId, User>>,
    in_flight: RefCell<HashMap<UserId, Fetch>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let state = Rc::default();
        Self { db, state }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Answer {
        loop {
            let cached = self.state.users.borrow().get(&id).cloned();
            if let Some(user) = cached {
                return Ok(user);
            }
            if let Some(answer) = self.join(id).await {
                if let Ok(user) = &answer {
                    self.state.users.borrow_mut().insert(id, user.clone());
                }
                return answer;
            }
        }
    }

    fn join(&self, id: UserId) -> Fetch {
        let mut in_flight = self.state.in_flight.borrow_mut();
        let joined = in_flight.entry(id).or_insert_with(|| {
            let db = self.db.clone();
            let entry = Entry(Rc::clone(&self.state), id);
            let task = spawn_local(async move {
                let _entry = entry;
                db.fetch_user(id).await
            });
            task.map(Result::ok).boxed_local().shared()
        });
        joined.clone()
    }
}

/// Owned by the task: takes its entry out when it ends, a panic included.
struct Entry(Rc<State>, UserId);

impl Drop for Entry {
    fn drop(&mut self) {
        let finished = self.0.in_flight.borrow_mut().remove(&self.1);
        drop(finished);
    }
}
