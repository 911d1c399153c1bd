//! The database every drill talks to. Its main type is [`Db`]: a cheap handle
//! whose only operation, [`Db::fetch_user`], takes a while.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::{User, UserId};

/// A handle to the database. Clones are cheap and share one connection and one
/// fetch counter; a `Db` may be sent to and used from any thread.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    backend: Backend,
    fetches: AtomicU64,
}

enum Backend {
    Simulated {
        latency: Duration,
    },
    #[cfg(feature = "supervised")]
    Supervised(Arc<dyn crate::supervised::Database>),
}

/// What is behind the handle, and what it will answer, is not shown.
impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").finish_non_exhaustive()
    }
}

impl Db {
    /// A database that answers every fetch after `latency` of tokio time.
    ///
    /// It has a row for every id except 0: `UserId(0)` is answered with
    /// [`DbError::NotFound`]. For your own experiments and the public tests.
    pub fn simulated(latency: Duration) -> Db {
        Db::with(Backend::Simulated { latency })
    }

    #[cfg(feature = "supervised")]
    pub(crate) fn supervised(database: Arc<dyn crate::supervised::Database>) -> Db {
        Db::with(Backend::Supervised(database))
    }

    fn with(backend: Backend) -> Db {
        let fetches = AtomicU64::new(0);
        Db {
            shared: Arc::new(Shared { backend, fetches }),
        }
    }

    /// Fetches one row. The fetch begins when the future is first polled and is
    /// called off when the future is dropped.
    ///
    /// # Errors
    /// [`DbError::NotFound`] when there is no such user, [`DbError::Unavailable`]
    /// when the database could not be asked.
    pub async fn fetch_user(&self, id: UserId) -> Result<User, DbError> {
        self.shared.fetch(id).await
    }

    /// How many fetches have begun through this handle and its clones.
    pub fn fetches(&self) -> u64 {
        self.shared.fetches.load(Ordering::Relaxed)
    }
}

/// The answer to one fetch, to be awaited. In a box, so that whoever awaits it need not
/// be compiled anew with all that a fetch is made of.
pub(crate) type Fetch = Pin<Box<dyn Future<Output = Result<User, DbError>> + Send>>;

impl Shared {
    fn fetch(&self, id: UserId) -> Fetch {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        match &self.backend {
            Backend::Simulated { latency } => Box::pin(simulated(*latency, id)),
            #[cfg(feature = "supervised")]
            Backend::Supervised(database) => database.fetch(id),
        }
    }
}

async fn simulated(latency: Duration, id: UserId) -> Result<User, DbError> {
    tokio::time::sleep(latency).await;
    match id {
        UserId(0) => Err(DbError::NotFound(id)),
        UserId(key) => Ok(User {
            id,
            name: format!("simulated row {key}"),
        }),
    }
}

/// Why a fetch brought no row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbError {
    /// The database answered: there is no such user.
    NotFound(UserId),
    /// The database could not be asked; the next attempt may succeed.
    Unavailable,
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DbError::NotFound(id) => write!(f, "no row for {id}"),
            DbError::Unavailable => f.write_str("the database is unavailable"),
        }
    }
}

impl std::error::Error for DbError {}
