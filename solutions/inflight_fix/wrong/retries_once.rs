//! Wrong: a follower tries a second time when its leader is dropped, and gives up with an error of its own after that. Caught by: leader_dropped

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
        for _attempt in 0..2 {
            let cached = self.users.borrow().get(&id).cloned();
            if let Some(user) = cached {
                return Ok(user);
            }
            let found = self.in_flight.borrow().get(&id).cloned();
            let Some(mut answer) = found else {
                return self.lead(id).await;
            };
            if let Ok(answer) = answer.wait_for(Option::is_some).await {
                return answer.clone().expect("it was waited for");
            }
            // The leader is gone without an answer. The first caller to get here leads.
        }
        Err(DbError::Unavailable)
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

/// Takes the leader's entry out, however the leader ends.
struct Entry<'a>(&'a InFlight, UserId);

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().remove(&self.1);
    }
}
