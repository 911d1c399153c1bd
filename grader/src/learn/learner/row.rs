//! The row of one drill in the learner's file.

use serde::{Deserialize, Serialize};

use crate::grade::verdict::{Status, Verdict};

/// A pause that is longer than this is not work: 30 minutes, in seconds.
const PAUSE: u64 = 30 * 60;

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
    /// Seconds of work, as far as gradings show it.
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) worked_seconds: u64,
    /// When it was last graded, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) graded_at: Option<u64>,
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
    /// When the drill first passed, in seconds since 1970; older graders did not note it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) first_at: Option<u64>,
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

fn is_zero(seconds: &u64) -> bool {
    *seconds == 0
}

impl Row {
    /// Counts the time since `before`, when any drill was last graded, as work on this one:
    /// if there was no long pause, and the text is new. A text that is graded again, as when
    /// `cargo learn` starts, shows no work.
    pub(super) fn work(&mut self, before: Option<u64>, now: u64, sha256: &str) {
        let since = before.and_then(|before| now.checked_sub(before));
        if let Some(seconds) = since.filter(|seconds| *seconds <= PAUSE && !self.has(sha256)) {
            self.worked_seconds += seconds;
        }
        self.graded_at = Some(now);
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_between_two_gradings_is_work_unless_it_is_a_long_pause() {
        let mut row = Row::default();
        row.work(None, 1_000, "first");
        assert_eq!((row.worked_seconds, row.graded_at), (0, Some(1_000)));
        row.work(Some(1_000), 1_600, "second");
        assert_eq!(row.worked_seconds, 600);
        row.work(Some(1_600), 1_600 + PAUSE, "third");
        assert_eq!(row.worked_seconds, 600 + PAUSE);
        row.work(Some(10_000), 10_001 + PAUSE, "after lunch");
        // A clock that was set back shows no work either.
        row.work(Some(20_000), 19_000, "set back");
        assert_eq!(row.worked_seconds, 600 + PAUSE);
    }

    #[test]
    fn a_text_that_is_graded_again_shows_no_work() {
        let mut row = Row::default();
        row.results.push(Outcome {
            sha256: "known".to_owned(),
            grader: "0.1.0".to_owned(),
            status: "failed".to_owned(),
            points: Points {
                score: 0,
                max_score: 100,
            },
        });
        row.work(Some(1_000), 1_300, "known");
        assert_eq!(row.worked_seconds, 0);
        row.work(Some(1_300), 1_400, "new");
        assert_eq!(row.worked_seconds, 100);
    }
}
