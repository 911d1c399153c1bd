//! Drill `inflight_fix`: the same cache, but one fetch however many ask.

use kit::{Db, DbError, User, UserId};

/// A cache in front of the database that never fetches a user twice at once.
pub struct UserCache {
    // The cache itself, and what else? Somebody who asks while a fetch is under
    // way must be able to find it and to wait for its answer.
}

impl UserCache {
    /// An empty cache in front of `db`.
    pub fn new(db: Db) -> Self {
        let _ = db;
        todo!("keep the database handle, the cache and what is in flight")
    }

    /// The user with this id.
    ///
    /// - A cached user costs no fetch; otherwise at most one fetch per user is
    ///   under way at any time, and everyone who asks meanwhile waits for it.
    /// - Requests for different users never wait for each other.
    /// - Every request ends: with the row its user's fetch returned, or with an
    ///   error that a fetch really returned. Errors are never cached.
    /// - Any caller may be dropped at any moment, the one that fetches too. The
    ///   others are still served, with at most one more fetch.
    /// - Waiting costs nothing: the answer wakes every caller that waits for it.
    pub async fn get_user(&self, id: UserId) -> Result<User, DbError> {
        todo!("answer {id} from the cache, join the fetch in flight, or begin one")
    }
}
