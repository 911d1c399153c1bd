//! Wrong: keeps every answer, an error too, for ever. Caught by: error_not_cached

use std::cell::RefCell;
use std::collections::HashMap;

use kit::{Db, DbError, User, UserId};
use tokio::sync::watch;

type Answer = Result<User, DbError>;
type InFlight = RefCell<HashMap<UserId, watch::Receiver<Option<Answer>>>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    answers: RefCell<HashMap<UserId, Answer>>,
    in_flight: InFlight,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            answers: RefCell::default(),
            in_flight: RefCell::default(),
        }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Answer {
        loop {
            let cached = self.answers.borrow().get(&id).cloned();
            if let Some(answer) = cached {
                return answer;
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
    }

    async fn lead(&self, id: UserId) -> Answer {
        let (sender, receiver) = watch::channel(None);
        self.in_flight.borrow_mut().insert(id, receiver);
        let _entry = Entry(&self.in_flight, id);
        let answer = self.db.fetch_user(id).await;
        let mut answers = self.answers.borrow_mut();
        answers.insert(id, answer.clone());
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
