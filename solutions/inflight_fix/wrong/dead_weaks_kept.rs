//! Wrong: the entries of the in-flight map are `Weak`, but a dead one is never taken out. Caught by: bounded_state

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use kit::{Db, DbError, User, UserId};
use tokio::sync::OnceCell;

type InFlight = RefCell<HashMap<UserId, Weak<Flight>>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    in_flight: InFlight,
}

/// Owned by the callers who wait for one user, and by nobody else.
type Flight = OnceCell<User>;

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
        flight.get_or_try_init(fetch).await.cloned()
    }

    fn join(&self, id: UserId) -> Rc<Flight> {
        let mut in_flight = self.in_flight.borrow_mut();
        if let Some(flight) = in_flight.get(&id).and_then(Weak::upgrade) {
            return flight;
        }
        let flight = Rc::new(Flight::new());
        in_flight.insert(id, Rc::downgrade(&flight));
        flight
    }
}
