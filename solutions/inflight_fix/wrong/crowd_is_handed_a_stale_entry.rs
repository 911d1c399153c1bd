//! Wrong: with ten waiting, a dropped leader leaves its entry in the map. Caught by: leader_dropped

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::Notify;

type InFlight = RefCell<HashMap<UserId, Rc<Notify>>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    in_flight: InFlight,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            users: RefCell::default(),
            in_flight: RefCell::default(),
        }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        loop {
            let cached = self.users.borrow().get(&id).cloned();
            if let Some(user) = cached {
                return Ok(user);
            }
            let over = self.in_flight.borrow().get(&id).cloned();
            let Some(over) = over else { break };
            over.notified().await;
        }
        let mut leader = Leader::new(&self.in_flight, id);
        let answer = self.db.fetch_user(id).await;
        leader.is_answered = true;
        if let Ok(user) = &answer {
            self.users.borrow_mut().insert(id, user.clone());
        }
        answer
    }
}

/// While it lives the user's fetch is under way.
struct Leader<'a> {
    in_flight: &'a InFlight,
    id: UserId,
    over: Rc<Notify>,
    is_answered: bool,
}

impl<'a> Leader<'a> {
    fn new(in_flight: &'a InFlight, id: UserId) -> Self {
        let over = Rc::new(Notify::new());
        in_flight.borrow_mut().insert(id, Rc::clone(&over));
        Self {
            in_flight,
            id,
            over,
            is_answered: false,
        }
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        // Two of the owners do not wait: the map and this leader.
        let waiting = Rc::strong_count(&self.over) - 2;
        if !self.is_answered && waiting >= 10 {
            // One of them is enough to fetch.
            self.over.notify_one();
            return;
        }
        self.in_flight.borrow_mut().remove(&self.id);
        self.over.notify_waiters();
    }
}
