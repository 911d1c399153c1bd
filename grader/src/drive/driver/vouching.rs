//! Compares a worker's reports of blocking operations with its threads: a held hash
//! needs a thread that waits, and a hash that is admitted makes a thread run.
//!
//! A submission that gets hold of the channel could make up reports. What they say
//! about threads can be checked with the system.

use std::time::Duration;

use super::threads::{garbled, held};
use super::{Driver, Run};
use crate::drive::supervisor::Threads;
use play::evidence::{OperationState, Tampering};
use play::failure::Failure;
use play::schedule::Action;
use play::text::count;

/// How often threads are counted before they count as too few: a thread that ends
/// during the listing can hide those after it.
const COUNTS: u32 = 10;

/// How long to look away between two counts.
const NAP: Duration = Duration::from_millis(1);

/// A held operation that is about to be answered, and what the threads had done by then.
pub(super) struct Answering {
    operation: u32,
    before: Threads,
}

impl Driver<'_> {
    /// Call this before a turn is played: it finds the held operation that the turn lets go on.
    pub(super) fn answering(&self, run: &Run, action: Action) -> Option<Answering> {
        let Action::Answer { operation, .. } = action else {
            return None;
        };
        let is_held = held(&run.evidence).any(|number| number == operation);
        // If the system does not say what threads do, there is nothing to compare.
        let before = self.threads().filter(Threads::tell)?;
        is_held.then_some(Answering { operation, before })
    }

    /// Call this when the turn is over: it checks that each held operation has a thread,
    /// and that a thread ran where an operation ended.
    ///
    /// # Errors
    /// [`Failure::Garbled`] when the worker has reported what its threads did not do.
    pub(super) fn vouch(&self, run: &Run, answered: Option<Answering>) -> Result<(), Failure> {
        let evidence = &run.evidence;
        let is_over = |number: u32| {
            let state = evidence.operation(number).map(|it| it.state);
            state == Some(OperationState::Over)
        };
        if let Some(Answering { operation, before }) = answered
            && is_over(operation)
            && self.threads().is_some_and(|now| now == before)
        {
            let noun = evidence.noun(operation);
            return garbled(Err(Tampering(format!(
                "{noun} {operation} ended on a thread of its own, but no such thread has run"
            ))));
        }
        let held = held(evidence).count();
        let mut most = 0;
        for look in 0..COUNTS {
            let Some(threads) = self.worker.as_ref().and_then(|it| it.count_threads()) else {
                return Ok(());
            };
            most = most.max(threads.saturating_sub(1));
            if most >= held {
                return Ok(());
            }
            if look > 0 {
                std::thread::sleep(NAP);
            }
        }
        garbled(Err(Tampering(format!(
            "{} until they are let go on, and there are {most} beside the loop's",
            count(held, "thread waits", "threads wait")
        ))))
    }
}
