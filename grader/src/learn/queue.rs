//! The drills to grade next. The drill that was saved last comes first. A save ends the
//! grading in flight, which is repeated later, so nothing is ever lost.
//!
//! Its main type is [`Queue`]. It knows nothing of files or verdicts.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::drive::stop::Stop;

/// A drill to be graded.
#[derive(Clone, Debug)]
pub struct Job {
    /// The drill and its language, as `DrillNow::id`.
    pub id: String,
    /// When its file was saved; `None` when nobody is waiting for a save.
    pub saved: Option<Instant>,
    /// Set when something else is more urgent.
    pub stop: Stop,
}

/// The drills that wait, and the one that is being graded.
#[derive(Debug, Default)]
pub struct Queue {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    /// The last one is next.
    waiting: Vec<Job>,
    in_flight: Option<Job>,
    /// How often a grading was asked for at once.
    requests: u64,
}

impl Inner {
    fn forget(&mut self, id: &str) {
        self.waiting.retain(|job| job.id != id);
    }
}

impl Queue {
    /// Grades this drill now: it was saved, or somebody asked for it. The grading in flight
    /// is ended; if it is another drill's, that comes right after.
    pub fn grade_now(&self, id: &str, saved: Option<Instant>) {
        let mut inner = self.lock();
        inner.requests += 1;
        inner.forget(id);
        if let Some(job) = &inner.in_flight {
            job.stop.ask();
            if job.id != id {
                let again = fresh(&job.id, job.saved);
                inner.forget(&again.id);
                inner.waiting.push(again);
            }
        }
        inner.waiting.push(fresh(id, saved));
        self.changed.notify_all();
    }

    /// Restarts the grading in flight, because the program was suspended for a while.
    pub fn restart_current(&self) {
        let mut inner = self.lock();
        let in_flight = inner.in_flight.clone();
        if let Some(job) = in_flight.filter(|job| !job.stop.is_asked()) {
            job.stop.ask();
            // Not measured from the save, which would count the suspended time.
            inner.waiting.push(fresh(&job.id, None));
            self.changed.notify_all();
        }
    }

    /// Grades this drill when nothing else waits.
    pub fn grade_when_idle(&self, id: &str) {
        let mut inner = self.lock();
        let known = inner.waiting.iter().any(|job| job.id == id);
        if !known {
            inner.waiting.insert(0, fresh(id, None));
            self.changed.notify_all();
        }
    }

    /// Waits for a drill to be graded, and takes it. The one before is over.
    pub fn take(&self) -> Job {
        let mut inner = self.lock();
        inner.in_flight = None;
        loop {
            if let Some(job) = inner.waiting.pop() {
                inner.in_flight = Some(job.clone());
                return job;
            }
            inner = self
                .changed
                .wait(inner)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// How often a grading was asked for at once.
    pub fn requests(&self) -> u64 {
        self.lock().requests
    }

    /// Waits until a grading was asked for at once more often than `so_far`.
    pub fn await_request(&self, so_far: u64) {
        let none = |inner: &mut Inner| inner.requests == so_far;
        drop(
            self.changed
                .wait_while(self.lock(), none)
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    /// Lets `tell` report the job in flight, unless it was ended: then a newer job
    /// counts and will be reported itself. Returns whether it was reported.
    pub fn finish(&self, job: &Job, tell: impl FnOnce()) -> bool {
        let mut inner = self.lock();
        let counts = !job.stop.is_asked();
        if counts {
            tell();
            inner.in_flight = None;
        }
        counts
    }

    /// Whether this drill waits for its grading.
    pub fn is_waiting(&self, id: &str) -> bool {
        self.lock().waiting.iter().any(|job| job.id == id)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn fresh(id: &str, saved: Option<Instant>) -> Job {
    Job {
        id: id.to_owned(),
        saved,
        stop: Stop::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(queue: &Queue, count: usize) -> Vec<String> {
        (0..count).map(|_| queue.take().id).collect()
    }

    #[test]
    fn what_was_saved_last_comes_first_and_once() {
        let queue = Queue::default();
        for slug in ["a", "b", "c"] {
            queue.grade_when_idle(slug);
        }
        queue.grade_now("c", None);
        queue.grade_now("b", None);
        queue.grade_now("c", None);
        assert_eq!(order(&queue, 3), ["c", "b", "a"]);
    }

    #[test]
    fn a_save_ends_the_grading_in_flight_and_is_graded_itself() {
        let queue = Queue::default();
        queue.grade_now("a", None);
        let job = queue.take();
        assert!(!job.stop.is_asked());
        queue.grade_now("a", Some(Instant::now()));
        assert!(job.stop.is_asked());
        queue.finish(&job, || panic!("nobody wants this verdict any more"));
        let again = queue.take();
        assert!(again.id == "a" && again.saved.is_some() && !again.stop.is_asked());
        let mut told = false;
        assert!(queue.finish(&again, || told = true) && told);
    }

    #[test]
    fn a_grading_that_another_save_ended_comes_right_after_it() {
        let queue = Queue::default();
        queue.grade_when_idle("c");
        let saved = Some(Instant::now());
        queue.grade_now("a", saved);
        let job = queue.take();
        queue.grade_now("b", None);
        assert!(job.stop.is_asked() && queue.is_waiting("a"));
        let next = queue.take();
        assert_eq!(next.id, "b");
        // While it runs, the first drill is saved again: still only one grading.
        queue.grade_now("a", saved);
        assert!(next.stop.is_asked());
        assert_eq!(order(&queue, 3), ["a", "b", "c"]);
        assert!(!queue.is_waiting("a"));
    }

    #[test]
    fn a_grading_is_begun_anew_once_and_before_all_others() {
        let queue = Queue::default();
        queue.restart_current();
        queue.grade_when_idle("b");
        queue.grade_now("a", Some(Instant::now()));
        let job = queue.take();
        queue.restart_current();
        queue.restart_current();
        assert!(job.stop.is_asked() && !queue.finish(&job, || ()));
        let anew = queue.take();
        assert!(anew.id == "a" && anew.saved.is_none() && !anew.stop.is_asked());
        assert!(queue.finish(&anew, || ()));
        // A finished grading is not repeated.
        queue.restart_current();
        assert_eq!(order(&queue, 1), ["b"]);
        assert!(!queue.is_waiting("a"));
    }

    #[test]
    fn saves_while_a_grading_runs_are_never_lost() {
        let queue = Queue::default();
        queue.grade_now("a", None);
        for _ in 0..100 {
            let job = queue.take();
            queue.grade_now("a", None);
            assert!(!queue.finish(&job, || ()));
        }
        assert!(queue.is_waiting("a"));
    }
}
