//! The row of one drill in the learner's file.

use serde::{Deserialize, Serialize};

use crate::grade::verdict::{Status, Verdict};

/// How many results of one drill are kept; the oldest are dropped first.
const RESULTS: usize = 50;

/// One drill's row. Fields of a newer grader that this one does not know are kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Row {
    pub(super) hints_shown: usize,
    /// The last pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) passed: Option<Pass>,
    /// The best result so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) best: Option<Points>,
    /// The hash of the stub the learner began with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stub: Option<String>,
    /// The last results, one for each text and grader.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) results: Vec<Outcome>,
    #[serde(flatten)]
    unknown: serde_json::Map<String, serde_json::Value>,
}

/// A pass: of which text, by which grader.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Pass {
    pub(super) sha256: String,
    pub(super) grader: String,
}

/// The points, and the most points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Points {
    pub(super) score: u32,
    pub(super) max_score: u32,
}

impl Points {
    /// Whether these are a larger share of the points than others.
    pub(super) fn beats(self, other: Points) -> bool {
        let cross = |one: Points, two: Points| u64::from(one.score) * u64::from(two.max_score);
        cross(self, other) > cross(other, self)
    }
}

/// A result: of which text, by which grader, and its status.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Outcome {
    sha256: String,
    grader: String,
    /// The status, as a verdict spells it; a newer grader's word is kept.
    status: String,
    #[serde(flatten)]
    points: Points,
}

impl Row {
    /// Whether the text with this hash was graded.
    pub(super) fn has(&self, sha256: &str) -> bool {
        self.results.iter().any(|result| result.sha256 == sha256)
    }

    pub(super) fn add(&mut self, verdict: &Verdict) {
        self.results
            .retain(|known| (&known.sha256, &known.grader) != (&verdict.sha256, &verdict.grader));
        self.results.push(Outcome {
            sha256: verdict.sha256.clone(),
            grader: verdict.grader.clone(),
            status: name(verdict.status),
            points: Points {
                score: verdict.score,
                max_score: verdict.max_score,
            },
        });
        let more = self.results.len().saturating_sub(RESULTS);
        self.results.drain(..more);
    }
}

/// A status as a verdict spells it.
fn name(status: Status) -> String {
    match serde_json::to_value(status) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}
