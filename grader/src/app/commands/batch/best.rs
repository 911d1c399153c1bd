//! How many points an attempt is worth, for `--attempt best`. It is graded here and
//! remembered, so that the same class is not graded again each time.

use std::sync::Mutex;

use crate::class::batch::key::Terms;
use crate::class::batch::{Attempts, HandIn, Store};
use crate::course::aloud;
use crate::drills;
use crate::grade::grading::Grader;
use crate::grade::verdict::Status;

/// Grades attempts with the seed of a batch. One that ends the grader, or makes it panic, is worth
/// nothing that is known, and is no other student's loss.
pub(super) fn points(
    store: &Store,
    attempts: &Attempts,
    seed: u64,
) -> impl Fn(&Grader, &HandIn) -> Option<u32> {
    let said = Mutex::new(false);
    move |grader, hand_in| {
        let drill = drills::find(hand_in.drill)?;
        let terms = Terms::of(grader.course(), seed, &[drill]);
        let submission = grader.read(drill, &hand_in.path).ok()?.as_crate();
        let key = terms.key(drill, &submission);
        let name = format!("{}-{}-{}", key.seed, key.rules, submission.sha256());
        if let Some(points) = store.attempt(drill.slug(), &name) {
            return Some(points);
        }
        if let Ok(mut said) = said.lock()
            && !std::mem::replace(&mut *said, true)
        {
            aloud::say("several attempts are graded, to find the best of each");
        }
        let grade = || grader.grade_submission(drill, &submission, key.seed);
        let verdict = attempts.guarded(&key, grade)?.ok()?;
        if verdict.status == Status::InfraError {
            return None;
        }
        // If it cannot be kept, it is graded again next time.
        let _ = store.keep_attempt(drill.slug(), &name, verdict.score);
        Some(verdict.score)
    }
}
