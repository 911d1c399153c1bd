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
    Supervised(Arc<dyn crate::supervised::Operator>),
}

/// Does not show what is behind the handle, or what it will answer.
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

    fn with(backend: Backend) -> Db {
        let fetches = AtomicU64::new(0);
        Db {
            shared: Arc::new(Shared { backend, fetches }),
        }
    }

    /// Fetches one row. The fetch begins when the future is first polled and is
    /// cancelled when the future is dropped.
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

/// The answer to one fetch, to be awaited. It is boxed so that code which awaits it
/// compiles without all that a fetch is made of.
type Fetch = Pin<Box<dyn Future<Output = Result<User, DbError>> + Send>>;

impl Shared {
    fn fetch(&self, id: UserId) -> Fetch {
        self.fetches.fetch_add(1, Ordering::Relaxed);
        match &self.backend {
            Backend::Simulated { latency } => Box::pin(simulated(*latency, id)),
            #[cfg(feature = "supervised")]
            Backend::Supervised(operator) => {
                let answer = operator.begin("fetch_user", vec![id.0.into()]);
                Box::pin(async move {
                    match answer.await {
                        Ok(name) => Ok(User {
                            id,
                            name: name.text().to_owned(),
                        }),
                        Err(failed) if failed.0 == "not_found" => Err(DbError::NotFound(id)),
                        Err(_) => Err(DbError::Unavailable),
                    }
                })
            }
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

#[cfg(feature = "supervised")]
mod supervised {
    use super::{Backend, Db, DbError};
    use crate::supervised::{Datum, Failed, Named, Supply, Told};
    use crate::{User, UserId};

    impl Supply {
        /// A handle to the run's database, its fetch counter at zero.
        pub fn db(&self) -> Db {
            self.db_after(0)
        }

        /// A handle through which so many fetches have begun before.
        pub fn db_after(&self, fetches: u64) -> Db {
            let db = Db::with(Backend::Supervised(self.operator()));
            db.shared
                .fetches
                .store(fetches, std::sync::atomic::Ordering::Relaxed);
            db
        }
    }

    impl Named for DbError {
        fn named(&self) -> Failed {
            match self {
                DbError::NotFound(id) => Failed("not_found".to_owned(), vec![id.0.into()]),
                DbError::Unavailable => Failed("unavailable".to_owned(), Vec::new()),
            }
        }

        fn of(failed: &Failed) -> Option<DbError> {
            match (&*failed.0, &failed.1[..]) {
                ("not_found", [id]) => Some(DbError::NotFound(UserId(id.number() as u64))),
                ("unavailable", []) => Some(DbError::Unavailable),
                _ => None,
            }
        }
    }

    impl Told for User {
        fn told(self) -> Datum {
            Datum::List(vec![self.id.0.into(), Datum::Text(self.name)])
        }
    }
}
