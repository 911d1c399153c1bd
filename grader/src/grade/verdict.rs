//! The verdict: the grader's judgement of one submission. Its JSON form is the
//! stable, versioned contract that other tools read.

pub use play::check::CheckStatus;
use play::timeline::Moment;
use serde::{Deserialize, Serialize};

use crate::course::language::Language;
use crate::drive::sandbox::Tier;
use crate::grade::latency::LoopLatency;

/// The version of the JSON form.
pub const SCHEMA: u32 = 2;

/// How a grading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Every required check passed.
    Passed,
    /// Some required check did not pass.
    Failed,
    /// rustc refused it, or it does not offer what the drill asks for.
    CompileError,
    /// It was not compiled, because the submission cannot be taken.
    Rejected,
    /// Its process ended by itself in the middle of a check.
    Crashed,
    /// The time ran out before everything was judged.
    TimedOut,
    /// The grader could not do its work; this says nothing about the submission.
    InfraError,
}

/// The verdict on one submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// [`SCHEMA`].
    pub schema: u32,
    /// The drill's slug.
    pub drill: String,
    /// The path as it was given.
    pub submission: String,
    /// The language that it is written in; Rust where JSON does not say.
    #[serde(default, skip_serializing_if = "Language::is_rust")]
    pub language: Language,
    /// The hash of the submission's files; empty if they could not be read.
    pub sha256: String,
    /// How it ended.
    pub status: Status,
    /// Points reached.
    pub score: u32,
    /// Points that could be reached.
    pub max_score: u32,
    /// The seed; the same seed gives the same verdict.
    pub seed: u64,
    /// The grader's version.
    pub grader: String,
    /// The sandbox that kept the submission from doing harm.
    pub sandbox: Tier,
    /// One result for each check, in the drill's order.
    pub checks: Vec<CheckResult>,
    /// Numbers about the run.
    pub metrics: Metrics,
    /// rustc's text for a compile error, the reason for a rejection; else empty.
    pub diagnostics: String,
    /// The submission's output, cut short; shown, never believed.
    pub output: String,
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check's id, stable.
    pub id: String,
    /// What the check demands, in one line.
    pub title: String,
    /// Whether a submission can pass without it.
    pub required: bool,
    /// Whether it held.
    pub status: CheckStatus,
    /// Points reached.
    pub points: u32,
    /// Points that could be reached.
    pub max_points: u32,
    /// The fact that was seen; empty for a check that passed.
    pub message: String,
    /// A nudge that does not give the answer away; empty for a check that passed.
    pub hint: String,
    /// The key that plays the failing schedule again, if there is one.
    pub schedule: Option<String>,
    /// The failing schedule in words.
    pub timeline: Vec<String>,
    /// What each line of it is about, for figures: as many as there are lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moments: Vec<Option<Moment>>,
}

/// Numbers about a grading.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Fetches that began in all schedules together, if the drill is about fetches.
    pub fetches: u64,
    /// Operations of any kind that began in them.
    #[serde(default)]
    pub operations: u64,
    /// Schedules played to their end.
    pub schedules: u64,
    /// Branches that were found and not played because a limit was reached.
    pub unexplored: u64,
    /// Whether it passed without the ready-made types that do the drill's work, if there
    /// are any. It has no points: a name in the source is no evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<bool>,
    /// What was found, and no check of the drill names: a defect of the drill.
    #[serde(skip)]
    pub unnamed: Vec<String>,
    /// The longest time that the loop was held up, if the drill measures it.
    pub loop_stall_max_ms: Option<f64>,
    /// How long the loop was kept from everything else while real passwords were hashed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loop_latency: Option<LoopLatency>,
    /// The same for the drill's stub, on this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stub_loop_latency: Option<LoopLatency>,
    /// Wall time of compiling, in milliseconds.
    pub compile_ms: u64,
    /// Wall time of all checks together, in milliseconds.
    pub run_ms: u64,
}

impl Verdict {
    /// Whether the submission passed.
    pub fn passed(&self) -> bool {
        self.status == Status::Passed
    }
}
