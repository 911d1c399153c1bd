//! Wrong: after two failures, it yields before it caches the row. Caught by: error_no_herd

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use futures::FutureExt;
use kit::{Db, DbError, User, UserId};
use tokio::sync::oneshot;
use tokio::task::{spawn_local, yield_now};

type Answer = Result<User, DbError>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    users: RefCell<HashMap<UserId, User>>,
    in_flight: RefCell<HashMap<UserId, Vec<oneshot::Sender<Answer>>>>,
    failures: Cell<u32>,
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
            let (caller, answer) = oneshot::channel();
            match self.state.in_flight.borrow_mut().entry(id) {
                Entry::Occupied(mut callers) => callers.get_mut().push(caller),
                Entry::Vacant(callers) => {
                    callers.insert(vec![caller]);
                    spawn_local(fetch(self.db.clone(), id, Rc::clone(&self.state)));
                }
            }
            if let Ok(answer) = answer.await {
                return answer;
            }
            // The fetch panicked: ask again.
        }
    }
}

async fn fetch(db: Db, id: UserId, state: Rc<State>) {
    let fetch = AssertUnwindSafe(db.fetch_user(id)).catch_unwind();
    let answer = fetch.await.ok();
    let callers = state.in_flight.borrow_mut().remove(&id);
    let (Some(answer), Some(callers)) = (answer, callers) else {
        return;
    };
    if state.failures.get() >= 2 {
        // Go easy on a database in trouble.
        yield_now().await;
    }
    match &answer {
        Ok(user) => {
            state.users.borrow_mut().insert(id, user.clone());
        }
        Err(_) => state.failures.set(state.failures.get() + 1),
    }
    for caller in callers {
        let _ = caller.send(answer.clone());
    }
}
