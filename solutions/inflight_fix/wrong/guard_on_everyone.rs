//! Wrong: the guard that takes the entry out sits on followers too, so one who hangs up ends the flight for the map. Caught by: follower_dropped

use std::cell::RefCell;
use std::collections::HashMap;

use kit::{Db, DbError, User, UserId};
use tokio::sync::watch;

type Answer = Result<User, DbError>;
type InFlight = RefCell<HashMap<UserId, watch::Receiver<Option<Answer>>>>;

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
    pub async fn get_user(&self, id: UserId) -> Answer {
        loop {
            let cached = self.users.borrow().get(&id).cloned();
            if let Some(user) = cached {
                return Ok(user);
            }
            let found = self.in_flight.borrow().get(&id).cloned();
            let Some(mut answer) = found else {
                return self.lead(id).await;
            };
            let entry = Entry(&self.in_flight, id);
            let heard = answer.wait_for(Option::is_some).await;
            // Waited to the end: what is in the map now is not ours.
            std::mem::forget(entry);
            if let Ok(answer) = heard {
                return answer.clone().expect("it was waited for");
            }
            // The leader is gone without an answer. The first caller to get here leads.
        }
    }

    async fn lead(&self, id: UserId) -> Answer {
        let (sender, receiver) = watch::channel(None);
        self.in_flight.borrow_mut().insert(id, receiver);
        let _entry = Entry(&self.in_flight, id);
        let answer = self.db.fetch_user(id).await;
        if let Ok(user) = &answer {
            self.users.borrow_mut().insert(id, user.clone());
        }
        sender.send_replace(Some(answer.clone()));
        answer
    }
}

/// Takes the entry out when its caller is dropped.
struct Entry<'a>(&'a InFlight, UserId);

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().remove(&self.1);
    }
}
