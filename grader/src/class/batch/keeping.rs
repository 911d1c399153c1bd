//! The record to keep of a hand-in, and whether a kept record still holds.

use std::time::{SystemTime, UNIX_EPOCH};

use super::find::HandIn;
use super::key::Key;
use super::record::{Outcome, RECORD_SCHEMA, Record};
use crate::grade::grading::Grader;
use crate::grade::verdict::{Status, Verdict};

/// The result of a grading.
#[derive(Debug)]
pub(super) struct Graded {
    /// The key that it depends on.
    pub(super) key: Key,
    /// See [`Record::shape`].
    pub(super) shape: String,
    pub(super) verdict: Verdict,
}

/// A record of a grading for one hand-in, in place of the record `before`.
pub(super) fn record_of(hand_in: &HandIn, graded: &Graded, before: Option<&Record>) -> Record {
    let Graded {
        key,
        shape,
        verdict,
    } = graded;
    let path = hand_in.path.to_string_lossy().into_owned();
    let mut record = Record {
        schema: RECORD_SCHEMA,
        student: hand_in.student.clone(),
        drill: key.drill.to_owned(),
        late: hand_in.late,
        sha256: key
            .content
            .map_or(String::new(), |content| content.to_string()),
        shape: shape.clone(),
        seed: key.seed,
        rules: key.rules.to_string(),
        graded_at: now(),
        attempts: 1,
        doubtful: false,
        same_as: None,
        before: earlier(before),
        history: history(before),
        at: hand_in.at.as_deref().map(str::to_owned),
        verdict: Verdict {
            submission: path.clone(),
            ..verdict.clone()
        },
        path,
    };
    record.shorten();
    record
}

/// Seconds since 1970, for people to read.
#[expect(
    clippy::disallowed_methods,
    reason = "a record says when it was made; no verdict comes from it"
)]
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Whether a record still holds for the submission it was made for.
pub(super) fn is_valid_for(record: &Record, key: &Key, grader: &Grader) -> bool {
    key.content
        .is_some_and(|content| content.to_string() == record.sha256)
        && record.seed == key.seed
        && *record.rules == *key.rules
        && record.verdict.status != Status::InfraError
        && record.verdict.sandbox >= grader.sandbox().tier()
        && !record.doubtful
}

/// Whether a record has this verdict on something that cannot be read.
pub(super) fn has_same_refusal(record: &Record, verdict: &Verdict, hand_in: &HandIn) -> bool {
    record.sha256.is_empty()
        && verdict.status == Status::Rejected
        && record.verdict.status == verdict.status
        && record.verdict.diagnostics == verdict.diagnostics
        && record.path == hand_in.path.to_string_lossy()
        && record.late == hand_in.late
}

/// The updated record, if the same code has moved or came at another time.
pub(super) fn record_if_moved(record: Record, hand_in: &HandIn) -> Option<Record> {
    let path = hand_in.path.to_string_lossy();
    let same = record.path == path
        && record.late == hand_in.late
        && record.at.as_deref() == hand_in.at.as_deref()
        && record.student == hand_in.student;
    if same {
        return None;
    }
    Some(of_hand_in(record, hand_in))
}

/// The record of another hand-in with the content that `same` is about.
pub(super) fn record_of_copy(same: &Record, hand_in: &HandIn, before: Option<&Record>) -> Record {
    Record {
        same_as: Some(same.path.clone()),
        before: earlier(before),
        history: history(before),
        ..of_hand_in(same.clone(), hand_in)
    }
}

/// A record's verdict, applied to another hand-in.
fn of_hand_in(record: Record, hand_in: &HandIn) -> Record {
    let path = hand_in.path.to_string_lossy().into_owned();
    Record {
        student: hand_in.student.clone(),
        late: hand_in.late,
        at: hand_in.at.as_deref().map(str::to_owned),
        verdict: Verdict {
            submission: path.clone(),
            ..record.verdict
        },
        path,
        ..record
    }
}

/// The verdict to remember as the earlier one when this record replaces that one. If that
/// one is a machine's failure, the verdict before it still counts as the earlier one.
fn earlier(before: Option<&Record>) -> Option<Outcome> {
    before.and_then(|record| match record.verdict.status {
        Status::InfraError => record.before.clone(),
        _ if record.doubtful => record.before.clone(),
        _ => Some(record.outcome()),
    })
}

/// The most outcomes remembered of one student's submissions for a drill.
const REMEMBERED: usize = 50;

/// All earlier outcomes, one entry for each content or grader.
fn history(before: Option<&Record>) -> Vec<Outcome> {
    let mut all = before.map_or(Vec::new(), |record| record.history.clone());
    if let Some(last) = earlier(before)
        && all.last() != Some(&last)
    {
        all.push(last);
    }
    let too_many = all.len().saturating_sub(REMEMBERED);
    all.drain(..too_many);
    all
}
