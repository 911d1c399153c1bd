//! The grader's seam: lets a supervising process answer the fetches and admit
//! the hashes.
//!
//! Exists only under the `supervised` feature, which a learner's workspace
//! leaves off. [`connect`] hands out the one [`Connection`] of a process to
//! whoever asks first: the puppet, before any submitted code has run.

use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::{Db, UserId};

/// The answer to one fetch, to be awaited.
pub type Fetch = crate::db::Fetch;

/// Where a supervised [`Db`] gets its rows from.
pub trait Database: Debug + Send + Sync {
    /// Begins a fetch at once; dropping the future calls it off.
    fn fetch(&self, id: UserId) -> Fetch;
}

/// What a supervised process does instead of hashing.
pub trait Hasher: Debug + Send + Sync {
    /// The hash of a password that is not too long. Blocks the calling thread.
    fn hash(&self, password: &str) -> String;

    /// Whether `hash` belongs to `password`. Blocks the calling thread.
    fn verify(&self, password: &str, hash: &str) -> bool;
}

static HASHER: OnceLock<Arc<dyn Hasher>> = OnceLock::new();

/// The process's hasher, if it has one.
pub(crate) fn hasher() -> Option<&'static dyn Hasher> {
    HASHER.get().map(|hasher| &**hasher)
}

/// The bcrypt hash of `password` with this work factor and salt.
///
/// # Panics
/// For a cost that bcrypt does not know: less than 4, more than 31.
pub fn bcrypt_with(password: &str, cost: u32, salt: [u8; 16]) -> String {
    let parts = bcrypt::hash_with_salt(password, cost, salt).expect("the cost is valid");
    parts.format_for_version(bcrypt::Version::TwoB)
}

/// Hashes and verifies for real, as a learner's own process does.
pub fn real_hash(password: &str) -> String {
    crate::password::bcrypt_hash(password)
}

/// See [`real_hash`].
pub fn real_verify(password: &str, hash: &str) -> bool {
    crate::password::bcrypt_verify(password, hash)
}

/// The right to make supervised handles. There is one in a process.
#[derive(Debug)]
pub struct Connection {
    _only_connect_makes_one: (),
}

static CONNECTED: AtomicBool = AtomicBool::new(false);

/// The process's one connection for the first caller, `None` for every other.
pub fn connect() -> Option<Connection> {
    let first = !CONNECTED.swap(true, Ordering::SeqCst);
    first.then_some(Connection {
        _only_connect_makes_one: (),
    })
}

impl Connection {
    /// A handle whose fetches go to `database`.
    pub fn db(&self, database: Arc<dyn Database>) -> Db {
        Db::supervised(database)
    }

    /// From now on every hash of the process asks `hasher`. The first one stays.
    pub fn supervise_hashing(&self, hasher: Arc<dyn Hasher>) {
        let _ = HASHER.set(hasher);
    }
}
