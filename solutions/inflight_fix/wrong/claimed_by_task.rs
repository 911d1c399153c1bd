//! Wrong: the spawned task enters itself as in flight, but it has not run when the next caller looks. Caught by: one_fetch

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::Notify;
use tokio::task::spawn_local;

#[derive(Default)]
struct State {
    users: RefCell<HashMap<UserId, User>>,
    in_flight: InFlight,
}

type InFlight = RefCell<HashMap<UserId, Rc<Notify>>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    state: Rc<State>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let state = Rc::default();
        Self { db, state }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        loop {
            let cached = self.state.users.borrow().get(&id).cloned();
            if let Some(user) = cached {
                return Ok(user);
            }
            let over = self.state.in_flight.borrow().get(&id).cloned();
            let Some(over) = over else { break };
            // No await since the look, so no wake-up can be missed.
            over.notified().await;
        }
        let (db, state) = (self.db.clone(), Rc::clone(&self.state));
        let fetch = spawn_local(async move {
            let _leader = Leader::new(&state.in_flight, id);
            let user = db.fetch_user(id).await?;
            state.users.borrow_mut().insert(id, user.clone());
            Ok(user)
        });
        fetch.await.expect("the fetch panicked")
    }
}

/// While it lives the user's fetch is under way.
struct Leader<'a> {
    in_flight: &'a InFlight,
    id: UserId,
    over: Rc<Notify>,
}

impl<'a> Leader<'a> {
    fn new(in_flight: &'a InFlight, id: UserId) -> Self {
        let over = Rc::new(Notify::new());
        in_flight.borrow_mut().insert(id, Rc::clone(&over));
        Self {
            in_flight,
            id,
            over,
        }
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        // The entry first: a woken caller must be able to lead.
        self.in_flight.borrow_mut().remove(&self.id);
        self.over.notify_waiters();
    }
}
