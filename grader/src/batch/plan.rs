//! What is to be graded, and what is known already.
//!
//! Its main type is [`Plan`]. Planning reads every submission and every record about
//! it, one at a time, and grades nothing. What needs no grading is kept at once, so
//! that a plan holds no more than a few words for each submission.

use std::collections::HashMap;
use std::fmt;
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
    /// Whose files are graded.
    pub first: &'a HandIn,
    /// Who gets the verdict as well.
    pub others: Vec<&'a HandIn>,
    /// Gradings that failed.
    pub attempts: u32,
}

impl<'a> Job<'a> {
    /// Everybody who gets the verdict.
    pub fn hand_ins(&self) -> impl Iterator<Item = &'a HandIn> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }
}

/// All that a verdict depends on: where it is the same, so is the verdict.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The drill's slug.
    pub drill: &'static str,
    /// Of the submission's Rust files; none, when they cannot be read.
    pub content: Option<Content>,
    /// The seed.
    pub seed: u64,
    /// See [`Record::rules`].
    pub rules: Arc<str>,
}

/// A SHA-256, in half the room that its digits take.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Content([u8; 32]);

impl Content {
    /// Of a submission's Rust files.
    pub fn of(submission: &Submission) -> Content {
        let digits = submission.sha256();
        Content(std::array::from_fn(|at| {
            let pair = digits.get(2 * at..2 * at + 2).unwrap_or_default();
            u8::from_str_radix(pair, 16).unwrap_or_default()
        }))
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
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
    /// Hand-ins that cannot be taken, found out now.
    pub refused: usize,
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
    let mut known: HashMap<(&str, Option<Content>), &Student> = HashMap::new();
    // Rules and seed follow from drill and content.
    let mut places: HashMap<(&str, Option<Content>), u32> = HashMap::new();
    for hand_in in hand_ins {
        let drill = drills::find(hand_in.drill)
            .ok_or_else(|| CourseError::Ungraded(hand_in.drill.to_owned()))?;
        if !rules.contains_key(drill.slug()) {
            rules.insert(drill.slug(), rules_of(grader.course(), drill)?.into());
        }
        let mut key = Key {
            drill: drill.slug(),
            content: None,
            seed: 0,
            rules: rules.get(drill.slug()).cloned().unwrap_or_default(),
        };
        let before = store.record(drill.slug(), &hand_in.student);
        match taken(grader, drill, dir, hand_in)? {
            Err(verdict) => match before {
                Some(record) if says(&record, &verdict, hand_in) => plan.kept += 1,
                before => {
                    plan.refused += 1;
                    key.seed = verdict.seed;
                    store.keep(&record(hand_in, &key, "", *verdict, before.as_ref()))?;
                }
            },
            Ok(submission) => {
                key.content = Some(Content::of(&submission));
                key.seed = seed_of(seed, drill.slug(), submission.sha256());
                let place = (key.drill, key.content);
                if let Some(record) = before.filter(|record| holds(record, &key, grader)) {
                    plan.kept += 1;
                    known.entry(place).or_insert(&hand_in.student);
                    if let Some(moved) = moved(record, hand_in) {
                        store.keep(&moved)?;
                    }
                } else if let Some(at) = places.get(&place) {
                    plan.jobs[*at as usize].others.push(hand_in);
                } else {
                    places.insert(place, u32::try_from(plan.jobs.len()).unwrap_or(u32::MAX));
                    plan.jobs.push(Job {
                        key,
                        first: hand_in,
                        others: Vec::new(),
                        attempts: 0,
                    });
                }
            }
        }
    }
    drop(places);
    let mut failed = None;
    plan.jobs.retain(|job| {
        let known = known.get(&(job.key.drill, job.key.content));
        let same = known.and_then(|student| store.record(job.key.drill, student));
        plan.copies += job.others.len() + usize::from(same.is_some());
        if let Some(same) = &same {
            let mut copies = job.hand_ins().map(|it| copy(same, it, &job.key, store));
            let kept = copies.try_for_each(|copy| store.keep(&copy));
            failed = failed.take().or(kept.err());
        }
        same.is_none()
    });
    plan.jobs.shrink_to_fit();
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(plan),
    }
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
        sha256: key
            .content
            .map_or(String::new(), |content| content.to_string()),
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
    key.content
        .is_some_and(|content| content.to_string() == record.sha256)
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
