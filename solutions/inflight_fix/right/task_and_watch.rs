//! Right: a detached local task fetches, so no caller matters to it; all of them watch for its answer.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::watch;
use tokio::task::spawn_local;

type Answer = Result<User, DbError>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    users: RefCell<HashMap<UserId, User>>,
    in_flight: RefCell<HashMap<UserId, watch::Receiver<Option<Answer>>>>,
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
            let mut answer = self.join(id);
            if let Ok(answer) = answer.wait_for(Option::is_some).await {
                return answer.clone().expect("it was waited for");
            }
            // The task panicked and took its entry with it: ask again.
        }
    }

    fn join(&self, id: UserId) -> watch::Receiver<Option<Answer>> {
        let mut in_flight = self.state.in_flight.borrow_mut();
        let joined = in_flight.entry(id).or_insert_with(|| {
            let (sender, receiver) = watch::channel(None);
            let db = self.db.clone();
            let entry = Entry(Rc::clone(&self.state), id);
            spawn_local(async move {
                let answer = db.fetch_user(id).await;
                if let Ok(user) = &answer {
                    entry.0.users.borrow_mut().insert(id, user.clone());
                }
                drop(entry);
                sender.send_replace(Some(answer));
            });
            receiver
        });
        joined.clone()
    }
}

/// Takes the task's entry out, a panic included.
struct Entry(Rc<State>, UserId);

impl Drop for Entry {
    fn drop(&mut self) {
        self.0.in_flight.borrow_mut().remove(&self.1);
    }
}
