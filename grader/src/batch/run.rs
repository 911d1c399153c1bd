//! The gradings of a batch: some at a time, each record kept as soon as it is there.
//!
//! Its main function is [`run`]. A failure of the machine is tried again and never
//! counts against anybody. What ran out of time beside others is graded once more
//! alone, because a neighbour may have taken it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::plan::{Content, Job, Plan, record, taken};
use super::record::Record;
use super::shape;
use super::store::{Store, StoreError};
use crate::drills;
use crate::grading::{GradeError, Grader, not_graded};
use crate::interrupt;
use crate::verdict::{CheckStatus, Status, Verdict};

/// Gradings of one submission before its machine is given up.
pub const ATTEMPTS: u32 = 3;

/// Where the gradings run, and who hears of them.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Who grades.
    pub grader: &'a Grader,
    /// Where records are kept.
    pub store: &'a Store,
    /// The folder the hand-ins lie in.
    pub dir: &'a Path,
    /// Gradings at the same time.
    pub jobs: usize,
    /// Told of each record once it is graded and kept.
    pub kept: &'a (dyn Fn(&Record) + Sync),
}

/// Does what is planned.
///
/// # Errors
/// When a record cannot be written. Those that were written stay.
pub fn run(run: Run<'_>, plan: Plan<'_>) -> Result<(), StoreError> {
    let work = Work {
        run,
        queue: Mutex::new(plan.jobs.into()),
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
    *lock(&work.queue) = again.into();
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
    queue: Mutex<VecDeque<Job<'a>>>,
    /// Jobs taken from the queue that may come back to it.
    under_way: AtomicUsize,
    /// To be graded once more when nothing else runs.
    alone: Mutex<Vec<Job<'a>>>,
    stop: AtomicBool,
    error: Mutex<Option<StoreError>>,
}

impl<'a> Work<'a> {
    /// One worker's work: until the queue is empty for good.
    fn through(&self, beside_others: bool) {
        while !self.stop.load(Ordering::Relaxed) {
            let job = {
                let mut queue = lock(&self.queue);
                let job = queue.pop_front();
                if job.is_some() {
                    self.under_way.fetch_add(1, Ordering::SeqCst);
                }
                job
            };
            let Some(job) = job else {
                if self.under_way.load(Ordering::SeqCst) == 0 {
                    return;
                }
                // Somebody's job may come back.
                std::thread::sleep(std::time::Duration::from_millis(5));
                continue;
            };
            self.one(job, beside_others);
            self.under_way.fetch_sub(1, Ordering::SeqCst);
        }
    }

    fn one(&self, mut job: Job<'a>, beside_others: bool) {
        job.attempts += 1;
        let (verdict, shape) = self.verdict(&job);
        if interrupt::is_interrupted() {
            // Its worker may have been ended by us: this verdict is worth nothing.
            self.stop.store(true, Ordering::Relaxed);
            return;
        }
        if verdict.status == Status::InfraError && job.attempts < ATTEMPTS {
            lock(&self.queue).push_back(job);
            return;
        }
        let doubtful = beside_others && ran_out_of_time(&verdict);
        if let Err(error) = self.keep(&job, &shape, &verdict, doubtful) {
            lock(&self.error).get_or_insert(error);
            self.stop.store(true, Ordering::Relaxed);
        }
        if doubtful {
            lock(&self.alone).push(job);
        }
    }

    /// The verdict on a job, and the submission's shape. Whatever goes wrong with the
    /// grader is a verdict as well.
    fn verdict(&self, job: &Job<'_>) -> (Verdict, String) {
        let Some(drill) = drills::find(job.key.drill) else {
            unreachable!("a job is planned for a drill that can be graded");
        };
        let first = job.first;
        let mut shape = String::new();
        let infra = |why: &GradeError| not_graded(drill, &first.path, job.key.seed, why);
        let machine = |why: String| infra(&GradeError::Machine(std::io::Error::other(why)));
        let graded = catch_unwind(AssertUnwindSafe(|| {
            let submission = match taken(self.run.grader, drill, self.run.dir, first)? {
                Ok(submission) if Some(Content::of(&submission)) == job.key.content => submission,
                _ => {
                    let text = "it was changed while the batch ran; run the batch again";
                    return Ok(machine(text.to_owned()));
                }
            };
            shape = shape::of(&submission);
            self.run
                .grader
                .grade_submission(drill, &submission, job.key.seed)
        }));
        let verdict = match graded {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(error)) => infra(&error),
            Err(_) => machine("the grader itself panicked".to_owned()),
        };
        (verdict, shape)
    }

    fn keep(
        &self,
        job: &Job<'_>,
        shape: &str,
        verdict: &Verdict,
        doubtful: bool,
    ) -> Result<(), StoreError> {
        let graded = job.first.path.to_string_lossy();
        for (place, hand_in) in job.hand_ins().enumerate() {
            let before = self.run.store.record(job.key.drill, &hand_in.student);
            let verdict = verdict.clone();
            let mut record = record(hand_in, &job.key, shape, verdict, before.as_ref());
            record.attempts = job.attempts;
            record.doubtful = doubtful;
            record.same_as = (place > 0).then(|| graded.clone().into_owned());
            self.run.store.keep(&record)?;
            if !doubtful {
                (self.run.kept)(&record);
            }
        }
        Ok(())
    }
}

/// Whether a busy machine could have made this verdict: a clock on the wall did.
fn ran_out_of_time(verdict: &Verdict) -> bool {
    let by_the_clock = |text: &str| {
        let words = [
            "the time limit of",
            "the time limit was",
            "rustc was stopped after",
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
