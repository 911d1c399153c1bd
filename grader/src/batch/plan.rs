//! What is to be graded, and what is known already.
//!
//! Its main type is [`Plan`]. Planning reads every submission and every record about
//! it, and grades nothing.

use std::collections::HashMap;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::find::HandIn;
use super::record::{RECORD_SCHEMA, Record, Student};
use super::rules::{rules_of, seed_of};
use super::shape;
use super::store::Store;
use crate::drills::{self, Drill};
use crate::grading::{GradeError, Grader, not_graded, rejected};
use crate::submission::{Submission, SubmissionError};
use crate::text::one_line;
use crate::verdict::{Status, Verdict};

/// One grading, for everybody who handed in the same.
#[derive(Clone, Debug)]
pub struct Job {
    /// What it depends on.
    pub key: Key,
    /// Of the submission; see [`Record::shape`].
    pub shape: String,
    /// Who gets the verdict; never empty. The first one's files are graded.
    pub hand_ins: Vec<HandIn>,
    /// Gradings that failed.
    pub attempts: u32,
}

/// All that a verdict depends on: where it is the same, so is the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The drill's slug.
    pub drill: &'static str,
    /// Of the submission's Rust files.
    pub sha256: String,
    /// The seed.
    pub seed: u64,
    /// See [`Record::rules`].
    pub rules: String,
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan {
    /// What has to be graded, in the order of the hand-ins.
    pub jobs: Vec<Job>,
    /// Records that need no grading: what cannot be read, and copies of what was
    /// graded before.
    pub settled: Vec<Record>,
    /// Hand-ins whose record holds.
    pub kept: usize,
    /// Hand-ins that share the grading of an identical one.
    pub copies: usize,
}

/// Makes the plan for the hand-ins below `dir`; `seed` is the batch's.
///
/// # Errors
/// When a drill's `exercise.toml` cannot be read.
pub fn plan(
    grader: &Grader,
    store: &Store,
    dir: &Path,
    hand_ins: &[HandIn],
    seed: u64,
) -> Result<Plan, GradeError> {
    let mut plan = Plan::default();
    let mut known: HashMap<Key, Student> = HashMap::new();
    let mut rules: HashMap<&str, String> = HashMap::new();
    let mut open: Vec<(Key, String, HandIn)> = Vec::new();
    for hand_in in hand_ins {
        let drill = drills::find(&hand_in.drill)
            .ok_or_else(|| crate::course::CourseError::Ungraded(hand_in.drill.clone()))?;
        if !rules.contains_key(drill.slug()) {
            rules.insert(drill.slug(), rules_of(grader.course(), drill)?);
        }
        let rules = rules.get(drill.slug()).cloned().unwrap_or_default();
        let before = store.record(drill.slug(), &hand_in.student);
        let submission = match taken(grader, drill, dir, hand_in)? {
            Ok(submission) => submission,
            Err(verdict) => {
                let key = Key {
                    drill: drill.slug(),
                    sha256: String::new(),
                    seed: verdict.seed,
                    rules,
                };
                match before
                    .as_ref()
                    .is_some_and(|record| says(record, &verdict, hand_in))
                {
                    true => plan.kept += 1,
                    false => {
                        let record = record(hand_in, &key, "", *verdict, before.as_ref());
                        plan.settled.push(record);
                    }
                }
                continue;
            }
        };
        let key = Key {
            drill: drill.slug(),
            seed: seed_of(seed, drill.slug(), submission.sha256()),
            sha256: submission.sha256().to_owned(),
            rules,
        };
        match before.filter(|record| holds(record, &key, grader)) {
            Some(record) => {
                plan.kept += 1;
                known.entry(key).or_insert_with(|| hand_in.student.clone());
                plan.settled.extend(moved(record, hand_in));
            }
            None => open.push((key, shape::of(&submission), hand_in.clone())),
        }
    }
    let mut places: HashMap<Key, usize> = HashMap::new();
    for (key, shape, hand_in) in open {
        let same = known
            .get(&key)
            .and_then(|student| store.record(key.drill, student));
        if let Some(same) = same {
            let before = store.record(key.drill, &hand_in.student);
            let mut copy = record(&hand_in, &key, &shape, same.verdict, before.as_ref());
            (copy.graded_at, copy.attempts) = (same.graded_at, same.attempts);
            copy.same_as = Some(same.path);
            plan.copies += 1;
            plan.settled.push(copy);
            continue;
        }
        match places.get(&key).and_then(|place| plan.jobs.get_mut(*place)) {
            Some(job) => {
                plan.copies += 1;
                job.hand_ins.push(hand_in);
            }
            None => {
                places.insert(key.clone(), plan.jobs.len());
                plan.jobs.push(Job {
                    key,
                    shape,
                    hand_ins: vec![hand_in],
                    attempts: 0,
                });
            }
        }
    }
    Ok(plan)
}

/// The submission as it is graded in a batch: a lone file is called `src/lib.rs`, so
/// that whoever handed in the same reads the same in the verdict. The inner error is
/// the verdict on what cannot be read.
pub(super) fn taken(
    grader: &Grader,
    drill: &dyn Drill,
    dir: &Path,
    hand_in: &HandIn,
) -> Result<Result<Submission, Box<Verdict>>, GradeError> {
    let path = one_line(&hand_in.path.display().to_string(), 200);
    let refused = |why: String| Ok(Err(Box::new(rejected(drill, &hand_in.path, 0, why))));
    if let Some(trouble) = &hand_in.trouble {
        return refused(format!("`{path}` {trouble}"));
    }
    match grader.read(drill, &dir.join(&hand_in.path)) {
        Ok(submission) => Ok(Ok(submission.as_crate())),
        Err(GradeError::Submission(SubmissionError::Rejected { fault, .. })) => {
            refused(format!("`{path}` {fault}"))
        }
        Err(GradeError::Submission(SubmissionError::UnknownKind { .. })) => refused(format!(
            "`{path}` is no kind of submission; hand in a crate folder, a .rs file, a .tar.gz or a .zip"
        )),
        Err(error @ GradeError::Submission(_)) => {
            Ok(Err(Box::new(not_graded(drill, &hand_in.path, 0, &error))))
        }
        Err(error) => Err(error),
    }
}

/// A record of `verdict` for one hand-in.
pub(super) fn record(
    hand_in: &HandIn,
    key: &Key,
    shape: &str,
    verdict: Verdict,
    before: Option<&Record>,
) -> Record {
    let path = hand_in.path.to_string_lossy().into_owned();
    let mut record = Record {
        schema: RECORD_SCHEMA,
        student: hand_in.student.clone(),
        drill: key.drill.to_owned(),
        late: hand_in.late,
        sha256: key.sha256.clone(),
        shape: shape.to_owned(),
        seed: key.seed,
        rules: key.rules.clone(),
        graded_at: now(),
        attempts: 1,
        doubtful: false,
        same_as: None,
        // What a machine's failure took the place of is still what was said before.
        before: before.and_then(|record| match record.verdict.status {
            Status::InfraError => record.before.clone(),
            _ if record.doubtful => record.before.clone(),
            _ => Some(record.outcome()),
        }),
        verdict: Verdict {
            submission: path.clone(),
            ..verdict
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

/// Whether a record still holds for what it was made of.
fn holds(record: &Record, key: &Key, grader: &Grader) -> bool {
    record.sha256 == key.sha256
        && record.seed == key.seed
        && record.rules == key.rules
        && record.verdict.status != Status::InfraError
        && record.verdict.sandbox >= grader.sandbox().tier()
        && !record.doubtful
}

/// Whether a record says this of something that cannot be read.
fn says(record: &Record, verdict: &Verdict, hand_in: &HandIn) -> bool {
    record.sha256.is_empty()
        && verdict.status == Status::Rejected
        && record.verdict.status == verdict.status
        && record.verdict.diagnostics == verdict.diagnostics
        && record.path == hand_in.path.to_string_lossy()
        && record.late == hand_in.late
}

/// The record anew, if the same code lies elsewhere or came at another time.
fn moved(record: Record, hand_in: &HandIn) -> Option<Record> {
    let path = hand_in.path.to_string_lossy();
    if record.path == path && record.late == hand_in.late && record.student == hand_in.student {
        return None;
    }
    let mut record = record;
    record.path = path.clone().into_owned();
    record.verdict.submission = path.into_owned();
    record.late = hand_in.late;
    record.student = hand_in.student.clone();
    Some(record)
}
