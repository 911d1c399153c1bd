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

/// The held operation that a turn lets go on, if it does that.
pub(super) fn held_before(run: &Run, action: Action) -> Option<u32> {
    let Action::Answer { operation, .. } = action else {
        return None;
    };
    held(&run.evidence).find(|number| *number == operation)
}

impl Driver<'_> {
    /// Call this when the turn is over: it checks that each held operation has a thread,
    /// and that a thread ran where an operation ended. `answered` is the operation that the
    /// turn let go on, with the threads as they were before; `now` is how they came to rest.
    ///
    /// # Errors
    /// [`Failure::Garbled`] when the worker has reported what its threads did not do.
    pub(super) fn vouch(
        &self,
        run: &Run,
        answered: Option<(u32, Threads)>,
        now: Option<Threads>,
    ) -> Result<(), Failure> {
        let evidence = &run.evidence;
        let is_over = |number: u32| {
            let state = evidence.operation(number).map(|it| it.state);
            state == Some(OperationState::Over)
        };
        // If the system does not say what threads do, there is nothing to compare.
        if let Some((operation, before)) = answered
            && before.tell()
            && is_over(operation)
            && now.as_ref() == Some(&before)
        {
            let noun = evidence.noun(operation);
            return garbled(Err(Tampering(format!(
                "{noun} {operation} ended on a thread of its own, but no such thread has run"
            ))));
        }
        let held = held(evidence).count();
        let mut most = now.map_or(0, |threads| threads.count());
        if most >= held {
            return Ok(());
        }
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
