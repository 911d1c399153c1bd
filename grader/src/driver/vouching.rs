//! What a worker says of its hashes is compared with its threads: a hash that is held
//! is a thread that waits, and one that is admitted makes a thread run.
//!
//! Reports alone could be made up, by a submission that gets hold of the channel. What
//! it says of threads the system knows as well.

use std::time::Duration;

use super::{Driver, Run};
use crate::evidence::{Evidence, HashState};
use crate::schedule::Action;
use crate::supervisor::{Failure, Threads};

/// How often threads are counted before they are too few: a thread that ends while they
/// are listed can hide those after it.
const COUNTS: u32 = 10;

/// How long to look away between two counts.
const NAP: Duration = Duration::from_millis(1);

/// A hash that is about to be admitted, and what the threads had done by then.
pub(super) struct Admitting {
    hash: u32,
    before: Threads,
}

impl Driver<'_> {
    /// To be asked before a turn is played: which held hash it lets go on.
    pub(super) fn admitting(&self, run: &Run, action: Action) -> Option<Admitting> {
        let Action::Admit { hash, .. } = action else {
            return None;
        };
        let is_held = |evidence: &Evidence| {
            let state = evidence.hash(hash).map(|it| it.state);
            state == Some(HashState::Held)
        };
        // Where the system does not say what threads do, nothing can be asked of them.
        let before = self.threads().filter(Threads::tell)?;
        is_held(&run.evidence).then_some(Admitting { hash, before })
    }

    /// To be asked when the turn is over: whether there is a thread for each hash that is
    /// held, and one that ran where a hash ended.
    ///
    /// # Errors
    /// [`Failure::Garbled`] when the worker has reported what its threads did not do.
    pub(super) fn vouch(&self, run: &Run, admitted: Option<Admitting>) -> Result<(), Failure> {
        let is_over = |hash: u32| {
            let state = run.evidence.hash(hash).map(|it| it.state);
            state == Some(HashState::Over)
        };
        if let Some(Admitting { hash, before }) = admitted
            && is_over(hash)
            && self.threads().is_some_and(|now| now == before)
        {
            return Err(Failure::Garbled(format!(
                "it says that hash {hash} ended on a thread of its own, and no such thread has run"
            )));
        }
        let held = run
            .evidence
            .hashes()
            .filter(|(_, hash)| hash.state == HashState::Held)
            .count();
        let mut most = 0;
        for count in 0..COUNTS {
            let Some(threads) = self.worker.as_ref().and_then(|it| it.count_threads()) else {
                return Ok(());
            };
            most = most.max(threads.saturating_sub(1));
            if most >= held {
                return Ok(());
            }
            if count > 0 {
                std::thread::sleep(NAP);
            }
        }
        Err(Failure::Garbled(format!(
            "it says that {held} hashes wait on threads of their own, and it has {most} beside the loop's"
        )))
    }
}
