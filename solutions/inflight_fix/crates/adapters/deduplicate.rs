//! `deduplicate` 0.4.1: a `Deduplicate` without its cache, whose callers all get what the delegate returned.
//! Verdict: failed. Failed checks: error_ends_waiting, error_no_herd, error_not_cached, bounded_state.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use deduplicate::{Deduplicate, DeduplicateFuture};
use kit::{Db, DbError, User, UserId};

type Answer = Result<User, DbError>;
type Delegate = Box<dyn Fn(UserId) -> DeduplicateFuture<Answer>>;
type Users = Arc<Mutex<HashMap<UserId, User>>>;

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    users: Users,
    fetches: Deduplicate<Delegate, UserId, Answer>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let users = Users::default();
        let kept = Arc::clone(&users);
        let delegate: Delegate = Box::new(move |id| {
            let (db, kept) = (db.clone(), Arc::clone(&kept));
            Box::pin(async move {
                let answer = db.fetch_user(id).await;
                if let Ok(user) = &answer {
                    lock(&kept).insert(id, user.clone());
                }
                Some(answer)
            })
        });
        // Capacity 0: its own cache would keep errors too.
        let fetches = Deduplicate::with_capacity(delegate, 0);
        Self { users, fetches }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = lock(&self.users).get(&id).cloned();
        if let Some(user) = cached {
            return Ok(user);
        }
        match self.fetches.get(id).await {
            Ok(Some(answer)) => answer,
            // "The delegate panics or is cancelled", say its docs.
            Ok(None) | Err(_) => Err(DbError::Unavailable),
        }
    }
}

fn lock(users: &Users) -> std::sync::MutexGuard<'_, HashMap<UserId, User>> {
    users.lock().unwrap_or_else(PoisonError::into_inner)
}
