//! The grader's seam: lets a supervising process answer the fetches.
//!
//! Exists only under the `supervised` feature, which a learner's workspace
//! leaves off. [`connect`] hands out the one [`Connection`] of a process to
//! whoever asks first: the puppet, before any submitted code has run.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::{Db, DbError, User, UserId};

/// The answer to one fetch, to be awaited.
pub type Fetch = Pin<Box<dyn Future<Output = Result<User, DbError>> + Send>>;

/// Where a supervised [`Db`] gets its rows from.
pub trait Database: Debug + Send + Sync {
    /// Begins a fetch at once; dropping the future calls it off.
    fn fetch(&self, id: UserId) -> Fetch;
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
}
