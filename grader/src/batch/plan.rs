//! What is to be graded, and what is known already.
//!
//! Its main type is [`Plan`]. Planning reads every submission and every record about
//! it, one at a time, and grades nothing. What needs no grading is kept at once, so
//! that a plan holds no more than a few words for each submission.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use thiserror::Error;

use super::find::HandIn;
use super::record::{RECORD_SCHEMA, Record, Student};
use super::rules::{rules_of, seed_of};
use super::store::{Store, StoreError};
use crate::course::CourseError;
use crate::drills::{self, Drill};
use crate::grading::{GradeError, Grader, not_graded, rejected};
use crate::submission::{Submission, SubmissionError};
use crate::text::one_line;
use crate::verdict::{Status, Verdict};

/// One grading, for everybody who handed in the same.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// What it depends on.
    pub key: Key,
    /// Who gets the verdict; never empty. The first one's files are graded.
    pub hand_ins: Vec<&'a HandIn>,
    /// Gradings that failed.
    pub attempts: u32,
}

/// All that a verdict depends on: where it is the same, so is the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The drill's slug.
    pub drill: &'static str,
    /// Of the submission's Rust files.
    pub sha256: Arc<str>,
    /// The seed.
    pub seed: u64,
    /// See [`Record::rules`].
    pub rules: Arc<str>,
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan<'a> {
    /// What has to be graded, in the order of the hand-ins.
    pub jobs: Vec<Job<'a>>,
    /// Hand-ins whose record holds.
    pub kept: usize,
    /// Hand-ins that share the grading of an identical one.
    pub copies: usize,
}

/// Why there is no plan.
#[derive(Debug, Error)]
pub enum PlanError {
    /// A drill's `exercise.toml` cannot be read.
    #[error(transparent)]
    Course(#[from] CourseError),
    /// A submission cannot be looked at, for a reason that is not its own.
    #[error(transparent)]
    Grade(#[from] GradeError),
    /// What needs no grading cannot be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the plan for the hand-ins below `dir`; `seed` is the batch's. Records that
/// need no grading are kept now: what cannot be read, and copies of what was graded
/// before.
///
/// # Errors
/// When a drill's `exercise.toml` cannot be read, or a record cannot be written.
pub fn plan<'a>(
    grader: &Grader,
    store: &Store,
    dir: &Path,
    hand_ins: &'a [HandIn],
    seed: u64,
) -> Result<Plan<'a>, PlanError> {
    let mut plan = Plan::default();
    let mut rules: HashMap<&str, Arc<str>> = HashMap::new();
    let mut known: HashMap<Key, &Student> = HashMap::new();
    let mut jobs: Vec<Job<'a>> = Vec::new();
    let mut places: HashMap<Key, usize> = HashMap::new();
    for hand_in in hand_ins {
        let drill = drills::find(&hand_in.drill)
            .ok_or_else(|| CourseError::Ungraded(hand_in.drill.clone()))?;
        if !rules.contains_key(drill.slug()) {
            rules.insert(drill.slug(), rules_of(grader.course(), drill)?.into());
        }
        let mut key = Key {
            drill: drill.slug(),
            sha256: Arc::default(),
            seed: 0,
            rules: rules.get(drill.slug()).cloned().unwrap_or_default(),
        };
        let before = store.record(drill.slug(), &hand_in.student);
        match taken(grader, drill, dir, hand_in)? {
            Err(verdict) => match before {
                Some(record) if says(&record, &verdict, hand_in) => plan.kept += 1,
                before => {
                    key.seed = verdict.seed;
                    store.keep(&record(hand_in, &key, "", *verdict, before.as_ref()))?;
                }
            },
            Ok(submission) => {
                key.sha256 = submission.sha256().into();
                key.seed = seed_of(seed, drill.slug(), &key.sha256);
                if let Some(record) = before.filter(|record| holds(record, &key, grader)) {
                    plan.kept += 1;
                    known.entry(key).or_insert(&hand_in.student);
                    if let Some(moved) = moved(record, hand_in) {
                        store.keep(&moved)?;
                    }
                } else if let Some(place) = places.get(&key) {
                    jobs[*place].hand_ins.push(hand_in);
                } else {
                    places.insert(key.clone(), jobs.len());
                    jobs.push(Job {
                        key,
                        hand_ins: vec![hand_in],
                        attempts: 0,
                    });
                }
            }
        }
    }
    for job in jobs {
        let known = known.get(&job.key);
        match known.and_then(|student| store.record(job.key.drill, student)) {
            Some(same) => {
                plan.copies += job.hand_ins.len();
                for hand_in in &job.hand_ins {
                    store.keep(&copy(&same, hand_in, &job.key, store))?;
                }
            }
            None => {
                plan.copies += job.hand_ins.len() - 1;
                plan.jobs.push(job);
            }
        }
    }
    Ok(plan)
}

/// The record of one more hand-in of what `same` is about.
fn copy(same: &Record, hand_in: &HandIn, key: &Key, store: &Store) -> Record {
    let before = store.record(key.drill, &hand_in.student);
    let verdict = same.verdict.clone();
    let mut copy = record(hand_in, key, &same.shape, verdict, before.as_ref());
    (copy.graded_at, copy.attempts) = (same.graded_at, same.attempts);
    copy.same_as = Some(same.path.clone());
    copy
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
        sha256: key.sha256.to_string(),
        shape: shape.to_owned(),
        seed: key.seed,
        rules: key.rules.to_string(),
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
    *record.sha256 == *key.sha256
        && record.seed == key.seed
        && *record.rules == *key.rules
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
