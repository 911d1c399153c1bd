//! Wrong: a detached fetch is aborted when nobody wants it, but the one who began it was never counted. Caught by: follower_dropped

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use futures::future::{FutureExt, LocalBoxFuture, Shared};
use kit::{Db, DbError, User, UserId};
use tokio::task::{AbortHandle, spawn_local};

type Answer = Result<User, DbError>;
/// `None`: the task panicked.
type Fetch = Shared<LocalBoxFuture<'static, Option<Answer>>>;

#[derive(Clone)]
struct Flight {
    fetch: Fetch,
    task: AbortHandle,
    wanted_by: Rc<Cell<usize>>,
}

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    users: RefCell<HashMap<UserId, User>>,
    in_flight: RefCell<HashMap<UserId, Flight>>,
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
        let found = self.state.in_flight.borrow().get(&id).cloned();
        let (flight, _wanting) = match found {
            Some(flight) => (flight.clone(), Some(Wanting::new(flight))),
            None => (self.begin(id), None),
        };
        flight.fetch.await.expect("the fetch panicked")
    }

    fn begin(&self, id: UserId) -> Flight {
        let db = self.db.clone();
        let entry = Entry(Rc::clone(&self.state), id);
        let task = spawn_local(async move {
            let answer = db.fetch_user(id).await;
            if let Ok(user) = &answer {
                entry.0.users.borrow_mut().insert(id, user.clone());
            }
            answer
        });
        let flight = Flight {
            task: task.abort_handle(),
            fetch: task.map(Result::ok).boxed_local().shared(),
            wanted_by: Rc::default(),
        };
        let mut in_flight = self.state.in_flight.borrow_mut();
        in_flight.insert(id, flight.clone());
        flight
    }
}

/// Counts one caller who wants the answer.
struct Wanting(Flight);

impl Wanting {
    fn new(flight: Flight) -> Self {
        flight.wanted_by.set(flight.wanted_by.get() + 1);
        Self(flight)
    }
}

impl Drop for Wanting {
    fn drop(&mut self) {
        let left = self.0.wanted_by.get() - 1;
        self.0.wanted_by.set(left);
        if left == 0 {
            self.0.task.abort();
        }
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
