//! Right: callers queue; the right to fetch is a value sent down the queue, and dropping it passes it on.

use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use kit::{Db, DbError, User, UserId};
use tokio::sync::oneshot;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    users: RefCell<HashMap<UserId, User>>,
    // A user has a queue, be it empty, as long as there is a baton for it.
    queues: RefCell<HashMap<UserId, VecDeque<oneshot::Sender<Word>>>>,
}

enum Word {
    Row(User),
    YourTurn(Baton),
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let state = Rc::default();
        Self { db, state }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = self.state.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        let baton = match self.enqueue(id) {
            None => self.state.baton(id),
            Some(word) => match word.await.expect("nobody is left out of the queue") {
                Word::Row(user) => return Ok(user),
                Word::YourTurn(baton) => baton,
            },
        };
        let user = self.db.fetch_user(id).await?;
        let mut users = baton.state.users.borrow_mut();
        users.insert(id, user.clone());
        Ok(user)
    }

    /// What to wait for, or `None` for the first to come.
    fn enqueue(&self, id: UserId) -> Option<oneshot::Receiver<Word>> {
        match self.state.queues.borrow_mut().entry(id) {
            Entry::Vacant(queue) => {
                queue.insert(VecDeque::new());
                None
            }
            Entry::Occupied(mut queue) => {
                let (sender, word) = oneshot::channel();
                queue.get_mut().push_back(sender);
                Some(word)
            }
        }
    }
}

impl State {
    fn baton(self: &Rc<Self>, id: UserId) -> Baton {
        let state = Rc::clone(self);
        Baton { state, id }
    }

    /// The next in the queue who was not dropped; without one, the queue goes.
    fn next(&self, id: UserId) -> Option<oneshot::Sender<Word>> {
        let mut queues = self.queues.borrow_mut();
        let queue = queues.get_mut(&id)?;
        while let Some(next) = queue.pop_front() {
            if !next.is_closed() {
                return Some(next);
            }
        }
        queues.remove(&id);
        None
    }
}

/// The right to fetch one user. There is never more than one for a user.
struct Baton {
    state: Rc<State>,
    id: UserId,
}

impl Drop for Baton {
    fn drop(&mut self) {
        let row = self.state.users.borrow().get(&self.id).cloned();
        while let Some(next) = self.state.next(self.id) {
            let Some(user) = &row else {
                // Should the next caller be dropped with the baton in its channel,
                // this runs again for the one behind it.
                let _ = next.send(Word::YourTurn(self.state.baton(self.id)));
                return;
            };
            let _ = next.send(Word::Row(user.clone()));
        }
    }
}
