//! A promise of the sandbox, and what an attempt to break it showed.

use serde::{Deserialize, Serialize};

/// Something a submission cannot do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Promise {
    /// Its stable name: `compile/…` or `run/…`.
    pub id: String,
    /// What it promises, in words.
    pub title: String,
    /// Whether a full sandbox must keep it.
    pub required: bool,
    /// The outcome of the attempt to break it.
    pub kept: Kept,
    /// What to do if it is not kept.
    pub advice: String,
}

/// The outcome of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// It was refused.
    Refused,
    /// It ended the process that made it.
    Ended,
    /// It got through.
    Broken,
    /// It could not be tried; this is what the launcher said.
    Untried(String),
}

impl Promise {
    /// Whether it holds.
    pub fn is_kept(&self) -> bool {
        matches!(self.kept, Kept::Refused | Kept::Ended)
    }
}
