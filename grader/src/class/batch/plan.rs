//! The gradings to do, and the verdicts that are known already.
//!
//! Its main type is [`Plan`]. Planning reads every submission and every record about
//! it, one at a time, and grades nothing. Records that need no grading are kept at
//! once, so that a plan holds only a few words for each submission.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use thiserror::Error;

use super::find::HandIn;
use super::keeping::{
    Graded, has_same_refusal, is_valid_for, record_if_moved, record_of, record_of_copy,
};
use super::key::{Content, Terms};
use super::store::{Store, StoreError};
use crate::build::submission::{HAND_IN, Part, Submission, SubmissionError};
use crate::course::CourseError;
use crate::drills::{self, Drill};
use crate::grade::grading::{GradeError, Grader, not_graded, rejected};
use crate::grade::verdict::Verdict;
use play::text::one_line;

/// One grading, for everybody who handed in the same. Its key is computed again when
/// it is graded; otherwise a plan for a large class would be large.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The hand-in whose files are graded.
    pub first: &'a HandIn,
    /// The hand-ins that get the verdict as well.
    pub others: Vec<&'a HandIn>,
    /// Number of gradings that failed.
    pub attempts: u32,
}

/// The work to do. It gives out its jobs in the order of the hand-ins.
#[derive(Debug)]
pub struct Plan<'a> {
    hand_ins: &'a [HandIn],
    /// Indexes of the hand-ins to grade, in reverse order.
    to_grade: Vec<u32>,
    /// Indexes of identical hand-ins, by the index of the first.
    same: BTreeMap<u32, Vec<u32>>,
    /// Hand-ins whose record still holds.
    pub kept: usize,
    /// Hand-ins that share the grading of an identical one.
    pub copies: usize,
    /// Hand-ins that turned out unusable now.
    pub refused: usize,
    /// The terms of all gradings.
    pub terms: Terms,
}

impl<'a> Plan<'a> {
    /// Gradings to do.
    pub fn gradings(&self) -> usize {
        self.to_grade.len()
    }

    /// Hand-ins that get a verdict from them.
    pub fn to_be_told(&self) -> usize {
        self.to_grade.len() + self.same.values().map(Vec::len).sum::<usize>()
    }

    fn hand_in(&self, place: u32) -> &'a HandIn {
        &self.hand_ins[place as usize]
    }
}

impl<'a> Iterator for Plan<'a> {
    type Item = Job<'a>;

    fn next(&mut self) -> Option<Job<'a>> {
        let first = self.to_grade.pop()?;
        let others = self.same.remove(&first).unwrap_or_default();
        Some(Job {
            first: self.hand_in(first),
            others: others.into_iter().map(|it| self.hand_in(it)).collect(),
            attempts: 0,
        })
    }
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
    /// A record that needs no grading cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A submission that can be graded, while the plan for its drill is made.
struct Readable {
    content: Content,
    /// The index of its hand-in.
    place: u32,
    /// Whether its record still holds.
    kept: bool,
}

/// Makes the plan for the hand-ins below `dir`; `seed` is the batch's. Records that
/// need no grading are written now: unreadable submissions, and copies of what was
/// graded before.
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
    let slugs: BTreeSet<&str> = hand_ins.iter().map(|hand_in| hand_in.drill).collect();
    let drills = slugs.into_iter().map(|slug| {
        let ungraded = || CourseError::Ungraded(slug.to_owned());
        drills::find(slug).ok_or_else(ungraded)
    });
    let drills: Vec<&dyn Drill> = drills.collect::<Result<_, _>>()?;
    let mut plan = Plan {
        hand_ins,
        to_grade: Vec::new(),
        same: BTreeMap::new(),
        kept: 0,
        copies: 0,
        refused: 0,
        terms: Terms::of(grader.course(), seed, &drills),
    };
    for drill in drills {
        let readable = plan.look(grader, store, dir, drill)?;
        plan.share(store, readable)?;
    }
    plan.to_grade.sort_unstable_by_key(|place| Reverse(*place));
    plan.to_grade.shrink_to_fit();
    Ok(plan)
}

impl Plan<'_> {
    /// Reads the hand-ins for a drill. Unreadable ones are refused now.
    fn look(
        &mut self,
        grader: &Grader,
        store: &Store,
        dir: &Path,
        drill: &dyn Drill,
    ) -> Result<Vec<Readable>, PlanError> {
        let mut readable = Vec::new();
        let hand_ins = (0..).zip(self.hand_ins);
        for (place, hand_in) in hand_ins.filter(|(_, it)| it.drill == drill.slug()) {
            let before = store.record(drill.slug(), &hand_in.student);
            match taken(grader, drill, dir, hand_in)? {
                Err(verdict) => match before {
                    Some(record) if has_same_refusal(&record, &verdict, hand_in) => self.kept += 1,
                    before => {
                        self.refused += 1;
                        let refused = Graded {
                            key: self.terms.unread(drill, verdict.seed),
                            shape: String::new(),
                            verdict: *verdict,
                        };
                        store.keep(&record_of(hand_in, &refused, before.as_ref()))?;
                    }
                },
                Ok(submission) => {
                    let key = self.terms.key(drill, &submission);
                    let before = before.filter(|record| is_valid_for(record, &key, grader));
                    readable.push(Readable {
                        content: Content::of(&submission),
                        place,
                        kept: before.is_some(),
                    });
                    if let Some(record) = before {
                        self.kept += 1;
                        if let Some(moved) = record_if_moved(record, hand_in) {
                            store.keep(&moved)?;
                        }
                    }
                }
            }
        }
        Ok(readable)
    }

    /// Plans one grading for all identical submissions, and none if one of them is known.
    fn share(&mut self, store: &Store, mut readable: Vec<Readable>) -> Result<(), StoreError> {
        readable.sort_unstable_by_key(|it| (it.content, !it.kept, it.place));
        for all in readable.chunk_by(|one, other| one.content == other.content) {
            if all.iter().all(|it| it.kept) {
                continue;
            }
            // A known submission comes before unknown ones.
            let first = self.hand_in(all[0].place);
            let known = all[0]
                .kept
                .then(|| store.record(first.drill, &first.student));
            let new = all.iter().filter(|it| !it.kept);
            let mut new = new.map(|it| it.place);
            if let Some(known) = known.flatten() {
                for place in new {
                    let hand_in = self.hand_in(place);
                    let before = store.record(hand_in.drill, &hand_in.student);
                    store.keep(&record_of_copy(&known, hand_in, before.as_ref()))?;
                    self.copies += 1;
                }
            } else if let Some(first) = new.next() {
                let others: Vec<u32> = new.collect();
                self.copies += others.len();
                self.to_grade.push(first);
                if !others.is_empty() {
                    self.same.insert(first, others);
                }
            }
        }
        Ok(())
    }
}

/// The submission as a batch grades it: a lone file is called `src/lib.rs`, so that
/// students who handed in the same read the same verdict. The inner error is the
/// verdict on an unreadable submission.
pub(in crate::class) fn taken(
    grader: &Grader,
    drill: &dyn Drill,
    dir: &Path,
    hand_in: &HandIn,
) -> Result<Result<Submission, Box<Verdict>>, GradeError> {
    let path = one_line(&hand_in.path.display().to_string(), 200);
    let refused = |why: String| Ok(Err(Box::new(rejected(drill, &hand_in.path, 0, why))));
    if let Some(trouble) = &hand_in.trouble {
        return refused(format!("`{path}` {}", trouble.why));
    }
    let read = match &hand_in.parts {
        None => grader.read(drill, &dir.join(&hand_in.path)),
        Some(parts) => {
            let from_here = |part: &Part| Part {
                path: dir.join(&part.path),
                ..part.clone()
            };
            let parts: Vec<Part> = parts.iter().map(from_here).collect();
            grader.read_parts(drill, &dir.join(&hand_in.path), &parts)
        }
    };
    match read {
        Ok(submission) => Ok(Ok(submission.as_crate())),
        Err(GradeError::Submission(SubmissionError::Rejected { fault, .. })) => {
            refused(format!("`{path}` {fault}"))
        }
        Err(GradeError::Submission(SubmissionError::UnknownKind { .. })) => refused(format!(
            "`{path}` is not a kind of submission; hand in {HAND_IN}"
        )),
        // What is wrong with one drill's files is said of its own hand-ins only.
        Err(error @ (GradeError::Submission(_) | GradeError::Course(_))) => {
            Ok(Err(Box::new(not_graded(drill, &hand_in.path, 0, &error))))
        }
        Err(error) => Err(error),
    }
}
