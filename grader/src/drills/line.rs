//! The line that calls stand in: from when they are first polled, as they note themselves.
//! What they note must fit what the grader knows.

use std::collections::BTreeSet;

use super::common;
use play::evidence::{Evidence, Fact};
use play::judge::{Kind, Violation};

/// What a call notes that is polled for the first time: `Supply::polled`.
const POLLED: &str = "polled";

/// First polls that cannot be true. The loop polls its tasks in the order in which they
/// became ready, so calls are first polled in the order in which they started, and none is
/// left when the loop rests.
pub(super) fn first_polls(evidence: &Evidence) -> Option<Violation> {
    // Without an instance, or in a process that has ended, nobody is polled.
    if common::constructor(evidence).is_some() || evidence.ended_by().is_some() {
        return None;
    }
    let mut unpolled: BTreeSet<u32> = BTreeSet::new();
    for entry in evidence.entries() {
        let wrong = match &entry.fact {
            Fact::Started { request, again } => {
                // A call that is made again is made in a poll.
                unpolled.extend((!again).then_some(*request));
                None
            }
            Fact::Noted {
                kind,
                request: Some(request),
                ..
            } if kind == POLLED => {
                let first = unpolled.first().copied();
                let overtakes = unpolled.remove(request) && first != Some(*request);
                overtakes.then(|| format!("request {request} was polled before an earlier one"))
            }
            Fact::HungUp { request } => {
                unpolled.remove(request);
                None
            }
            Fact::Returned { request, .. } if unpolled.contains(request) => {
                Some(format!("request {request} returned and was never polled"))
            }
            Fact::Settled {
                idle: true,
                fully: true,
                ..
            } => unpolled
                .first()
                .map(|request| format!("the loop rests, and request {request} was never polled")),
            _ => None,
        };
        if let Some(what) = wrong {
            return Some(Violation {
                kind: Kind::Garbled,
                turn: entry.turn,
                message: format!("the worker reported what cannot have happened: {what}"),
            });
        }
    }
    None
}
