//! The gradings of a batch: several at a time, each record kept as soon as it is made.
//!
//! Its main function is [`run`]. A failure of the machine is tried again and never counts
//! against a student. A submission that ran out of time beside others is graded again
//! alone, because a neighbour may have taken the time. One that was being graded when the
//! grader was ended is graded alone as well, and skipped if that happens again.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::attempts::{Attempts, DEATHS};
use super::find::HandIn;
use super::keeping::{Graded, record_of};
use super::key::{Content, Key, Terms};
use super::plan::{Job, Plan, taken};
use super::record::Record;
use super::shape;
use super::store::{Store, StoreError};
use crate::drills::{self, Drill};
use crate::drive::interrupt;
use crate::exam::ENDED_EARLY;
use crate::grade::grading::{GradeError, Grader, not_graded};
use crate::grade::verdict::{CheckStatus, Status, Verdict};

/// How many gradings of one submission are tried before giving up on the machine.
pub const ATTEMPTS: u32 = 3;

/// Where the gradings run, and who is told of them.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// The grader.
    pub grader: &'a Grader,
    /// The store of the records.
    pub store: &'a Store,
    /// The marks of the gradings under way.
    pub attempts: &'a Attempts,
    /// The folder with the hand-ins.
    pub dir: &'a Path,
    /// Gradings at the same time.
    pub jobs: usize,
    /// Told of each record once it is graded and kept.
    pub kept: &'a (dyn Fn(&Record) + Sync),
}

/// Carries out the plan.
///
/// # Errors
/// When a record cannot be written. Records that were written before stay.
pub fn run(run: Run<'_>, plan: Plan<'_>) -> Result<(), StoreError> {
    let work = Work {
        run,
        terms: plan.terms.clone(),
        queue: Mutex::new(Queue {
            plan,
            again: VecDeque::new(),
        }),
        under_way: AtomicUsize::new(0),
        alone: Mutex::default(),
        stop: AtomicBool::new(false),
        error: Mutex::default(),
    };
    let workers = run.jobs.max(1);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| work.through(workers > 1));
        }
    });
    let again = std::mem::take(&mut *lock(&work.alone));
    lock(&work.queue).again = again.into();
    work.through(false);
    match work
        .error
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
    {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

struct Work<'a> {
    run: Run<'a>,
    terms: Terms,
    queue: Mutex<Queue<'a>>,
    /// Jobs taken from the queue that may come back to it.
    under_way: AtomicUsize,
    /// Jobs to grade again when nothing else runs.
    alone: Mutex<Vec<Job<'a>>>,
    stop: AtomicBool,
    error: Mutex<Option<StoreError>>,
}

/// The gradings to do: first the planned ones, then those that follow from them.
struct Queue<'a> {
    plan: Plan<'a>,
    again: VecDeque<Job<'a>>,
}

impl<'a> Queue<'a> {
    fn pop(&mut self) -> Option<Job<'a>> {
        self.plan.next().or_else(|| self.again.pop_front())
    }
}

impl<'a> Work<'a> {
    /// One worker's work: until the queue is empty for good.
    fn through(&self, beside_others: bool) {
        while !self.stop.load(Ordering::Relaxed) {
            let job = {
                let mut queue = lock(&self.queue);
                let job = queue.pop();
                if job.is_some() {
                    self.under_way.fetch_add(1, Ordering::SeqCst);
                }
                job
            };
            let Some(job) = job else {
                if self.under_way.load(Ordering::SeqCst) == 0 {
                    return;
                }
                // Another worker's job may come back.
                std::thread::sleep(std::time::Duration::from_millis(5));
                continue;
            };
            let ends = Ends(&self.under_way);
            let what = job.clone();
            // A bug of ours counts as a failure of the machine for one job and does not end the rest.
            let done = catch_unwind(AssertUnwindSafe(|| self.one(job, beside_others)));
            if done.is_err() {
                self.give_up(&what);
            }
            drop(ends);
        }
    }

    /// Records that a job could not be done, unless it was done.
    fn give_up(&self, job: &Job<'_>) {
        let drill = drill_of(job.first);
        let why = GradeError::Machine(io::Error::other("the grader itself panicked"));
        let graded = Graded {
            key: self.terms.unread(drill, 0),
            shape: String::new(),
            verdict: not_graded(drill, &job.first.path, 0, &why),
        };
        if let Err(error) = self.keep(job, &graded, false) {
            self.fail(error);
        }
    }

    fn fail(&self, error: StoreError) {
        lock(&self.error).get_or_insert(error);
        self.stop.store(true, Ordering::Relaxed);
    }

    fn one(&self, mut job: Job<'a>, beside_others: bool) {
        let Some(graded) = self.graded(job.first, beside_others) else {
            lock(&self.alone).push(job);
            return;
        };
        job.attempts += 1;
        if interrupt::is_interrupted() {
            // We may have ended its worker, so this verdict is worth nothing.
            self.stop.store(true, Ordering::Relaxed);
            return;
        }
        if graded.verdict.status == Status::InfraError && job.attempts < ATTEMPTS {
            lock(&self.queue).again.push_back(job);
            return;
        }
        if let Some(others) = self.leave_out_others(&mut job, &graded.key) {
            lock(&self.queue).again.push_back(others);
        }
        let doubtful = beside_others && ran_out_of_time(&graded.verdict);
        if let Err(error) = self.keep(&job, &graded, doubtful) {
            self.fail(error);
        }
        if doubtful {
            lock(&self.alone).push(job);
        }
    }

    /// Grades one job. A failure of the grader is a verdict as well. `None` if it must
    /// not be graded beside others.
    fn graded(&self, hand_in: &HandIn, beside_others: bool) -> Option<Graded> {
        let drill = drill_of(hand_in);
        let mut key = self.terms.unread(drill, 0);
        let mut shape = String::new();
        let graded = catch_unwind(AssertUnwindSafe(|| {
            match taken(self.run.grader, drill, self.run.dir, hand_in)? {
                // It could be read when the plan was made.
                Err(refused) => Ok(Some(*refused)),
                Ok(submission) => {
                    key = self.terms.key(drill, &submission);
                    shape = shape::of(&submission);
                    let attempts = self.run.attempts;
                    match attempts.deaths(&key) {
                        0 => {}
                        deaths @ DEATHS.. => {
                            let mark = attempts.mark(&key);
                            return Err(GradeError::PassedBy { deaths, mark });
                        }
                        _ if beside_others => return Ok(None),
                        _ => {}
                    }
                    let _attempt = attempts.begin(&key).map_err(GradeError::Machine)?;
                    let grader = self.run.grader;
                    let verdict = grader.grade_submission(drill, &submission, key.seed);
                    verdict.map(Some)
                }
            }
        }));
        let infra = |why: &GradeError| not_graded(drill, &hand_in.path, key.seed, why);
        let verdict = match graded {
            Ok(Ok(Some(verdict))) => verdict,
            Ok(Ok(None)) => return None,
            Ok(Err(error)) => infra(&error),
            Err(_) => infra(&GradeError::Machine(io::Error::other(
                "the grader itself panicked",
            ))),
        };
        Some(Graded {
            key,
            shape,
            verdict,
        })
    }

    /// Keeps in a job only the hand-ins with the content that was graded. Others have
    /// changed since the plan was made, and get jobs of their own.
    fn leave_out_others(&self, job: &mut Job<'a>, graded: &Key) -> Option<Job<'a>> {
        let is_same = |hand_in: &&HandIn| {
            let taken = taken(self.run.grader, drill_of(hand_in), self.run.dir, hand_in);
            let content = |submission| Content::of(&submission);
            taken.is_ok_and(|taken| taken.ok().map(content) == graded.content)
        };
        let all = std::mem::take(&mut job.others).into_iter();
        let (same, others): (Vec<_>, Vec<_>) = all.partition(is_same);
        job.others = same;
        let mut others = others.into_iter();
        others.next().map(|first| Job {
            first,
            others: others.collect(),
            attempts: 0,
        })
    }

    fn keep(&self, job: &Job<'_>, graded: &Graded, doubtful: bool) -> Result<(), StoreError> {
        let mut same_as = None;
        for hand_in in std::iter::once(&job.first).chain(&job.others) {
            let before = self.run.store.record(hand_in.drill, &hand_in.student);
            let mut record = record_of(hand_in, graded, before.as_ref());
            record.attempts = job.attempts;
            record.doubtful = doubtful;
            record.same_as = same_as.clone();
            self.run.store.keep(&record)?;
            same_as = same_as.or_else(|| Some(record.path.clone()));
            if !doubtful {
                // The audience cannot undo what is kept.
                let _ = catch_unwind(AssertUnwindSafe(|| (self.run.kept)(&record)));
            }
        }
        Ok(())
    }
}

/// A job that is under way until this is dropped.
struct Ends<'a>(&'a AtomicUsize);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn drill_of(hand_in: &HandIn) -> &'static dyn Drill {
    let Some(drill) = drills::find(hand_in.drill) else {
        unreachable!("a job is planned for a drill that can be graded");
    };
    drill
}

/// Whether a busy machine may have caused this verdict: it came from a wall clock.
fn ran_out_of_time(verdict: &Verdict) -> bool {
    let by_the_clock = |text: &str| {
        let words = [
            "the time limit of",
            "the time limit was",
            "rustc was stopped after",
            ENDED_EARLY,
        ];
        words.iter().any(|words| text.contains(words))
    };
    let mut failed = verdict
        .checks
        .iter()
        .filter(|check| check.status != CheckStatus::Passed);
    verdict.status == Status::TimedOut
        || (verdict.status != Status::Passed
            && (failed.any(|check| by_the_clock(&check.message))
                || by_the_clock(&verdict.diagnostics)))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_judged_by_the_clock_is_in_doubt() {
        let drill = drills::find("cache_race").expect("it is one");
        let machine = GradeError::Machine(io::Error::other("for a test"));
        let verdict = |message: &str| {
            let mut verdict = not_graded(drill, Path::new("x"), 7, &machine);
            verdict.status = Status::Failed;
            verdict.diagnostics.clear();
            for check in &mut verdict.checks {
                check.status = CheckStatus::Skipped;
                message.clone_into(&mut check.message);
            }
            verdict
        };
        let early = format!("not judged: `cached` has failed, and runs take {ENDED_EARLY}");
        assert!(ran_out_of_time(&verdict(&early)));
        assert!(ran_out_of_time(&verdict("the time limit of 13 s")));
        assert!(!ran_out_of_time(&verdict("cannot be judged: see `cached`")));
        let mut passed = verdict(&early);
        passed.status = Status::Passed;
        assert!(!ran_out_of_time(&passed));
    }
}
