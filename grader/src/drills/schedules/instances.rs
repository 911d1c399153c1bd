//! Several instances, one after the other.

use super::{patience, then_all_answered};
use play::evidence::Evidence;
use play::schedule::{Action, Settle, Turn};

/// Work is under way when the instance is dropped, or about to begin if the first start is half
/// settled; the next one has places of its own.
pub(in crate::drills) fn one_after_the_other(
    evidence: &Evidence,
    starts: [Turn; 2],
) -> Option<Turn> {
    let discards = |turn: &Turn| turn.action == Action::Discard;
    match (evidence.started(), evidence.turns().iter().any(discards)) {
        (0, _) => Some(starts[0]),
        (1, false) if starts[0].settle == Settle::Fully => Some(Turn::full(Action::Discard)),
        (1, false) => Some(Turn::partial(Action::Discard, 0)),
        (1, true) => Some(starts[1]),
        _ if !evidence.unserved().is_empty() => patience(evidence),
        _ => then_all_answered(evidence),
    }
}

/// All is done when the instance is dropped; the next one knows nothing of it.
pub(in crate::drills) fn one_after_the_other_ended(
    evidence: &Evidence,
    starts: [Turn; 2],
) -> Option<Turn> {
    let discards = |turn: &Turn| turn.action == Action::Discard;
    let is_over = evidence.started() == 1 && evidence.waiting().next().is_none();
    match evidence.turns().iter().any(discards) {
        false if is_over => Some(Turn::full(Action::Discard)),
        _ => match starts.get(evidence.started()) {
            Some(start) if evidence.waiting().next().is_none() => Some(*start),
            _ => then_all_answered(evidence),
        },
    }
}

/// Instances come one after the other, each when all is done that the one before was asked for,
/// and each with several requests at once.
pub(in crate::drills) fn instances(
    evidence: &Evidence,
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    const INSTANCES: usize = 8;
    const REQUESTS: usize = 3;
    let discards = |turn: &&Turn| turn.action == Action::Discard;
    let before = evidence.turns().iter().filter(discards).count();
    let started = evidence.started();
    if started < REQUESTS * (before + 1) {
        return Some(Turn::full(start(started as u32)));
    }
    match then_all_answered(evidence) {
        None if before + 1 < INSTANCES && evidence.is_over() => Some(Turn::full(Action::Discard)),
        next => next,
    }
}
