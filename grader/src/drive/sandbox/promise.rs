//! A promise of the sandbox, and what an attempt to break it showed.

use serde::{Deserialize, Serialize};

/// Something a submission cannot do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Promise {
    /// Its stable name: `compile/…` or `run/…`.
    pub id: String,
    /// What it says.
    pub title: String,
    /// Whether the sandbox is full only with it.
    pub required: bool,
    /// What the attempt to break it showed.
    pub kept: Kept,
    /// What to do if it is not kept.
    pub advice: String,
}

/// What an attempt showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// It was refused.
    Refused,
    /// It ended the process that made it.
    Ended,
    /// It got through.
    Broken,
    /// It could not be tried: what the launcher said.
    Untried(String),
}

impl Promise {
    /// Whether it holds.
    pub fn is_kept(&self) -> bool {
        matches!(self.kept, Kept::Refused | Kept::Ended)
    }
}
