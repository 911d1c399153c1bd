//! Drill `cache_race`: build the cache everybody builds first, and count what
//! its race costs. Fix nothing here yet; that is the drill `inflight_fix`.

use std::time::Duration;

use kit::{Db, DbError, User, UserId};

/// A cache in front of the database.
pub struct UserCache {
    // What do you need to remember between two calls of `get_user`?
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let _ = db;
        todo!("keep the database handle and an empty map")
    }

    /// The user with this id.
    ///
    /// - A cached user is answered from the cache: no fetch.
    /// - Any other user is fetched, and a row that arrives is cached.
    /// - An error is handed to the caller and never cached.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        todo!("look {id} up; if absent, fetch it and remember the row")
    }
}

/// What a stampede cost.
#[derive(Clone, Copy, Debug)]
pub struct Stampede {
    /// How many fetches really began.
    pub fetches: u64,
    /// How long it took until the last request had its answer.
    pub elapsed: Duration,
}

/// Sends `requests` requests for one user through a new cache, all at once, and
/// reports what really happened: measure it, do not work it out.
pub async fn stampede(db: Db, id: UserId, requests: usize) -> Stampede {
    let _ = (db, id);
    todo!("start all {requests} requests together and wait for every one of them")
}
