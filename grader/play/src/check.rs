//! Checks and what becomes of them. Its main types are [`Check`], one hidden test, and
//! [`Decision`].

use serde::{Deserialize, Serialize};

use crate::schedule::ReplayKey;
use crate::timeline::Line;

/// Whether a check held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// It held.
    Passed,
    /// It did not.
    Failed,
    /// It could not be judged.
    Skipped,
}

/// One hidden test of a drill.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Stable, in snake case.
    pub id: &'static str,
    /// What it demands, in one plain line.
    pub title: &'static str,
    /// Whether a submission can pass without it; otherwise it is mastery.
    pub required: bool,
    /// Its points.
    pub points: u32,
    /// A nudge that does not give the answer away.
    pub hint: &'static str,
}

/// What became of a check.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Whether it held.
    pub status: CheckStatus,
    /// The fact seen; empty when it passed.
    pub message: String,
    /// The schedule that failed it.
    pub schedule: Option<ReplayKey>,
    /// That schedule, line by line.
    pub timeline: Vec<Line>,
    /// A hint that fits better than the check's own.
    pub hint: Option<&'static str>,
}
