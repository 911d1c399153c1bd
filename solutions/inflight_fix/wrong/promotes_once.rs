//! Wrong: the follower who takes over has no guard of its own: if it is dropped as well, the rest wait for ever. Caught by: leader_dropped

use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};

use kit::{Db, DbError, User, UserId};
use tokio::sync::oneshot;

type Queue = VecDeque<oneshot::Sender<Word>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: RefCell<HashMap<UserId, User>>,
    // A user has a queue, be it empty, as long as somebody fetches it.
    queues: RefCell<HashMap<UserId, Queue>>,
}

enum Word {
    Answer(Result<User, DbError>),
    YourTurn,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            users: RefCell::default(),
            queues: RefCell::default(),
        }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = self.users.borrow().get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        match self.enqueue(id) {
            None => self.lead(id).await,
            Some(word) => match word.await.expect("nobody is left out of the queue") {
                Word::Answer(answer) => answer,
                Word::YourTurn => {
                    let answer = self.db.fetch_user(id).await;
                    self.tell_everyone(id, &answer);
                    answer
                }
            },
        }
    }

    /// What to wait for, or `None` for the first to come.
    fn enqueue(&self, id: UserId) -> Option<oneshot::Receiver<Word>> {
        match self.queues.borrow_mut().entry(id) {
            Entry::Vacant(queue) => {
                queue.insert(Queue::new());
                None
            }
            Entry::Occupied(mut queue) => {
                let (sender, word) = oneshot::channel();
                queue.get_mut().push_back(sender);
                Some(word)
            }
        }
    }

    async fn lead(&self, id: UserId) -> Result<User, DbError> {
        let leader = Leader { cache: self, id };
        let answer = self.db.fetch_user(id).await;
        // Fetched: nothing is left to hand over.
        std::mem::forget(leader);
        self.tell_everyone(id, &answer);
        answer
    }

    fn tell_everyone(&self, id: UserId, answer: &Result<User, DbError>) {
        if let Ok(user) = answer {
            self.users.borrow_mut().insert(id, user.clone());
        }
        let queue = self.queues.borrow_mut().remove(&id);
        for caller in queue.into_iter().flatten() {
            let _ = caller.send(Word::Answer(answer.clone()));
        }
    }

    /// Makes the next caller in the queue fetch; without one, the queue goes.
    fn promote(&self, id: UserId) {
        let mut queues = self.queues.borrow_mut();
        while let Some(next) = queues.get_mut(&id).and_then(Queue::pop_front) {
            if next.send(Word::YourTurn).is_ok() {
                return;
            }
        }
        queues.remove(&id);
    }
}

/// Hands over when the caller who fetches is dropped.
struct Leader<'a> {
    cache: &'a UserCache,
    id: UserId,
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        self.cache.promote(self.id);
    }
}
