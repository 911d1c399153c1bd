//! Wrong: one broadcast for all users, and a follower takes the first answer it hears for its own. Caught by: users_independent

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use kit::{Db, DbError, User, UserId};
use tokio::sync::broadcast;

type Answer = Result<User, DbError>;
type InFlight = RefCell<HashSet<UserId>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    in_flight: InFlight,
    /// `None`: somebody was dropped, look again.
    answers: broadcast::Sender<Option<Answer>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            users: RefCell::default(),
            in_flight: RefCell::default(),
            answers: broadcast::channel(1024).0,
        }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Answer {
        loop {
            let cached = self.users.borrow().get(&id).cloned();
            if let Some(user) = cached {
                return Ok(user);
            }
            if !self.in_flight.borrow().contains(&id) {
                return self.lead(id).await;
            }
            if let Ok(Some(answer)) = self.answers.subscribe().recv().await {
                return answer;
            }
        }
    }

    async fn lead(&self, id: UserId) -> Answer {
        self.in_flight.borrow_mut().insert(id);
        let entry = Entry(self, id);
        let answer = self.db.fetch_user(id).await;
        if let Ok(user) = &answer {
            self.users.borrow_mut().insert(id, user.clone());
        }
        self.in_flight.borrow_mut().remove(&id);
        std::mem::forget(entry);
        let _ = self.answers.send(Some(answer.clone()));
        answer
    }
}

/// Sends everyone to look again when the leader is dropped.
struct Entry<'a>(&'a UserCache, UserId);

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.0.in_flight.borrow_mut().remove(&self.1);
        let _ = self.0.answers.send(None);
    }
}
