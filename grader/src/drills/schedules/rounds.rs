//! Requests one after the other, many times: what is counted shows at some number.

use super::{SOON, Went, end_of_live, then_all_answered};
use play::evidence::Evidence;
use play::schedule::{Action, Turn};

/// How many come one after the other.
const ROUNDS: usize = 24;

/// How many answers and dropped callers there have been since the last request started.
fn ends_of_this_round(evidence: &Evidence) -> usize {
    let is_start = |turn: &&Turn| matches!(turn.action, Action::Start { .. });
    let is_end =
        |turn: &&Turn| matches!(turn.action, Action::Answer { .. } | Action::HangUp { .. });
    let of_this_round = evidence
        .turns()
        .iter()
        .rev()
        .take_while(|turn| !is_start(turn));
    of_this_round.filter(is_end).count()
}

/// Requests come one after the other. The last of every so many comes a few polls after the end
/// of its predecessor, each a poll later than the one before, and before any other task runs. That
/// end may go like this, and is taken to come with so many answers. The others come early enough
/// to keep what serves them busy.
pub(in crate::drills) fn each_in_the_gap(
    evidence: &Evidence,
    (answers, went): (usize, Option<Went>),
    every: usize,
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    let started = evidence.started();
    let ended = ends_of_this_round(evidence);
    let waiting = evidence.waiting().count();
    let is_late = started.is_multiple_of(every);
    let comes = match is_late {
        true => ended == answers || ended > 0 && waiting == 0,
        false => waiting <= 1 && evidence.is_settled(),
    };
    if started < ROUNDS && (started == 0 || comes) {
        return Some(Turn::full(start(started as u32)));
    }
    let is_last = is_late && waiting == 1;
    match end_of_live(evidence, went.filter(|_| is_last)) {
        Some(end) if is_last && evidence.is_settled() && started < ROUNDS => {
            let polls = SOON[started / every % SOON.len()];
            Some(Turn::partial(end, polls))
        }
        _ => then_all_answered(evidence),
    }
}

/// Requests come one after the other, of which the first few are well. After that, the first of
/// each two goes like this after so many answers.
pub(in crate::drills) fn every_other(
    evidence: &Evidence,
    (before, well): (usize, usize),
    went: Went,
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    let started = evidence.started();
    let is_settled = evidence.is_settled();
    if is_settled && evidence.is_over() && started < ROUNDS {
        return Some(Turn::full(start(started as u32)));
    }
    let goes_wrong = started > before && (started - before) % 2 == 1;
    let is_waiting = evidence.waiting().next().is_some();
    match end_of_live(evidence, Some(went)) {
        Some(end) if goes_wrong && is_waiting && ends_of_this_round(evidence) == well => {
            Some(Turn::full(end))
        }
        _ => then_all_answered(evidence),
    }
}
