//! What comes between the end of a request and what is done about it.

use super::{Went, answer_of_live, answers, end_of_live, ends, then_all_answered};
use play::evidence::Evidence;
use play::schedule::{Action, Outcome, Turn};

/// After how many polls others come into the gap that an end leaves.
pub(in crate::drills) const GAPS: [u32; 7] = [0, 1, 2, 3, 4, 5, 6];

/// The same for what takes long to play: the first few of them.
pub(in crate::drills) const SOON: [u32; 4] = [0, 1, 2, 3];

/// How many wait behind the one that ends.
pub(in crate::drills) const BEHIND: [usize; 3] = [0, 1, 2];

/// Requests start, so many operations are well, the next one goes as it may, and so many polls
/// later newcomers start before any other task runs. A task that has just seen an empty line may
/// not have acted on it yet.
pub(in crate::drills) fn into_the_gap(
    evidence: &Evidence,
    starts: &[Action],
    (well, went): (usize, Option<Went>),
    polls: u32,
    newcomers: &[Action],
) -> Option<Turn> {
    let started = evidence.started();
    if let Some(start) = starts.get(started) {
        return Some(Turn::full(*start));
    }
    let ended = ends(evidence);
    if ended <= well {
        let end = end_of_live(evidence, went.filter(|_| ended == well));
        let Some(end) = end else {
            return then_all_answered(evidence);
        };
        return Some(match ended == well {
            true => Turn::partial(end, polls),
            false => Turn::full(end),
        });
    }
    match newcomers.get(started - starts.len()..) {
        Some([last]) => Some(Turn::full(*last)),
        Some([next, ..]) => Some(Turn::partial(*next, 0)),
        _ => then_all_answered(evidence),
    }
}

/// Requests start and so many operations are well. So many polls after the next one the first
/// caller that waits is dropped, before any other task runs; then newcomers start.
pub(in crate::drills) fn gone_in_the_gap(
    evidence: &Evidence,
    starts: &[Action],
    (well, polls): (usize, u32),
    newcomer: Action,
) -> Option<Turn> {
    let started = evidence.started();
    if let Some(start) = starts.get(started) {
        return Some(Turn::full(*start));
    }
    let answered = answers(evidence);
    let has_left = ends(evidence) > answered;
    let answer = answer_of_live(evidence, Some(Outcome::Value));
    match (answer, evidence.waiting().next()) {
        (Some(answer), _) if answered < well => Some(Turn::full(answer)),
        (Some(answer), _) if answered == well => Some(Turn::partial(answer, polls)),
        (_, Some(request)) if !has_left && answered == well + 1 => {
            let happened = false;
            Some(Turn::full(Action::HangUp { request, happened }))
        }
        _ if started < starts.len() + 2 => Some(Turn::full(newcomer)),
        _ => then_all_answered(evidence),
    }
}
