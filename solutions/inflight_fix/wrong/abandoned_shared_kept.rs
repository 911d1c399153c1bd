//! Wrong: the map owns the `Shared` fetches: one whose callers were all dropped is neither driven nor removed. Caught by: bounded_state

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use futures::future::{FutureExt, LocalBoxFuture, Shared};
use kit::{Db, DbError, User, UserId};

type Answer = Result<User, DbError>;
type Fetch = LocalBoxFuture<'static, Answer>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    users: RefCell<HashMap<UserId, User>>,
    in_flight: RefCell<HashMap<UserId, Shared<Fetch>>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let state = Rc::default();
        Self { db, state }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Answer {
        let cached = self.state.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        self.join(id).await
    }

    fn join(&self, id: UserId) -> Shared<Fetch> {
        let mut in_flight = self.state.in_flight.borrow_mut();
        if let Some(fetch) = in_flight.get(&id) {
            return fetch.clone();
        }
        let db = self.db.clone();
        let entry = Entry(Rc::clone(&self.state), id);
        let fetch = async move {
            let answer = db.fetch_user(id).await;
            if let Ok(user) = &answer {
                entry.0.users.borrow_mut().insert(id, user.clone());
            }
            answer
        };
        let fetch = fetch.boxed_local().shared();
        in_flight.insert(id, fetch.clone());
        fetch
    }
}

/// Part of the fetch: goes when the fetch ends.
struct Entry(Rc<State>, UserId);

impl Drop for Entry {
    fn drop(&mut self) {
        let over = self.0.in_flight.borrow_mut().remove(&self.1);
        drop(over);
    }
}
