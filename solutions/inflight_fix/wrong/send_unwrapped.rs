//! Wrong: the leader sends the answer with `unwrap`, so one follower who hung up makes it panic. Caught by: follower_dropped

use std::cell::RefCell;
use std::collections::HashMap;

use kit::{Db, DbError, User, UserId};
use tokio::sync::oneshot;

type Answer = Result<User, DbError>;
type InFlight = RefCell<HashMap<UserId, Vec<oneshot::Sender<Answer>>>>;

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
            let Some(answer) = self.follow(id) else {
                return self.lead(id).await;
            };
            if let Ok(answer) = answer.await {
                return answer;
            }
            // The leader is gone without an answer. The first caller to get here leads.
        }
    }

    fn follow(&self, id: UserId) -> Option<oneshot::Receiver<Answer>> {
        let mut in_flight = self.in_flight.borrow_mut();
        let followers = in_flight.get_mut(&id)?;
        let (sender, answer) = oneshot::channel();
        followers.push(sender);
        Some(answer)
    }

    async fn lead(&self, id: UserId) -> Answer {
        self.in_flight.borrow_mut().insert(id, Vec::new());
        let _entry = Entry(&self.in_flight, id);
        let answer = self.db.fetch_user(id).await;
        if let Ok(user) = &answer {
            self.users.borrow_mut().insert(id, user.clone());
        }
        let followers = self.in_flight.borrow_mut().remove(&id);
        for follower in followers.into_iter().flatten() {
            follower.send(answer.clone()).unwrap();
        }
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
