//! Mishaps that come several times, and mishaps beside something that is well.

use super::{Went, answer_of_live, answers, end_of_live, ends, then_all_answered};
use play::evidence::Evidence;
use play::schedule::{Action, Outcome, Turn};

/// How many operations in a row go wrong, or callers leave, before each that is well. What
/// counts them may count to any of these. The first is the longest, since something that has
/// been well once may never be tried again.
const LONGEST_FIRST: [usize; 5] = [12, 3, 1, 2, 5];

/// The same for what counts all that ever went wrong: one is well after each of the first few.
const ONE_MORE_EACH: [usize; 9] = [1, 1, 1, 1, 1, 2, 3, 5, 12];

/// Whether each of some operations, or callers, goes wrong where so many wait behind it, until
/// all is well for good.
pub(in crate::drills) fn whiles(behind: usize) -> impl Iterator<Item = bool> {
    let in_a_row: &[usize] = match behind {
        0 => &LONGEST_FIRST,
        _ => &ONE_MORE_EACH,
    };
    let all = in_a_row.iter();
    all.flat_map(|in_a_row| std::iter::repeat_n(true, *in_a_row).chain([false]))
}

/// Operations of this kind fail for a while, and requests start one after the other, so that
/// so many wait behind one; those that come later must not be put off by that.
pub(in crate::drills) fn down_for_a_while(
    evidence: &Evidence,
    behind: usize,
    start: impl Fn(u32) -> Action,
    kind: u8,
) -> Option<Turn> {
    let error = *evidence.world().kind(kind).errors.first()?;
    wrong_for_a_while(evidence, behind, start, kind, Outcome::Error(error))
}

/// The same, except that they panic.
pub(in crate::drills) fn panics_for_a_while(
    evidence: &Evidence,
    behind: usize,
    start: impl Fn(u32) -> Action,
    kind: u8,
) -> Option<Turn> {
    wrong_for_a_while(evidence, behind, start, kind, Outcome::Panic)
}

/// Whether this one does, counted from 1.
fn goes_wrong(behind: usize, number: usize) -> bool {
    whiles(behind).nth(number - 1) == Some(true)
}

/// The next request, while fewer than so many wait behind one.
fn one_more(evidence: &Evidence, behind: usize, start: impl Fn(u32) -> Action) -> Option<Turn> {
    let started = evidence.started();
    let is_wanted =
        started < whiles(behind).count() + 1 + behind && evidence.waiting().count() <= behind;
    is_wanted.then(|| Turn::full(start(started as u32)))
}

fn is_of_kind(evidence: &Evidence, operation: u32, kind: u8) -> bool {
    evidence
        .operation(operation)
        .is_some_and(|it| it.kind == kind)
}

/// Operations of this kind end like this, again and again, and then all is well.
fn wrong_for_a_while(
    evidence: &Evidence,
    behind: usize,
    start: impl Fn(u32) -> Action,
    kind: u8,
    wrong: Outcome,
) -> Option<Turn> {
    if !evidence.is_settled() {
        return Some(Turn::full(Action::Wait));
    }
    if let Some(turn) = one_more(evidence, behind, start) {
        return Some(turn);
    }
    let Some(operation) = evidence.live().next() else {
        return then_all_answered(evidence);
    };
    let is_of_kind = |number: &u32| is_of_kind(evidence, *number, kind);
    let so_far = (1..=operation).filter(is_of_kind).count();
    let answer = |outcome| Action::Answer { operation, outcome };
    Some(match is_of_kind(&operation) && goes_wrong(behind, so_far) {
        true => Turn::full(answer(wrong)),
        // What is done in two steps only after a mishap shows between them.
        false => Turn::partial(answer(Outcome::Value), 1),
    })
}

/// Two operations are under way, and each fails in its own way before any task runs.
pub(in crate::drills) fn two_errors(evidence: &Evidence, starts: [Action; 2]) -> Option<Turn> {
    if let Some(start) = starts.get(evidence.started()) {
        return Some(Turn::partial(*start, 0));
    }
    let answered = answers(evidence);
    if answered == 0 && !evidence.is_settled() {
        return Some(Turn::full(Action::Wait));
    }
    let (Some(operation), 0 | 1) = (evidence.live().next(), answered) else {
        return then_all_answered(evidence);
    };
    let kind = evidence.operation(operation)?.kind;
    let errors = evidence.world().kind(kind).errors;
    let fails = |error: Option<&u8>| {
        let outcome = Outcome::Error(*error?);
        Some(Action::Answer { operation, outcome })
    };
    match answered {
        0 => Some(Turn::partial(fails(errors.first())?, 0)),
        _ => Some(Turn::full(fails(errors.last())?)),
    }
}

/// What there is of the other one of two keys when something goes wrong for the first.
#[derive(Clone, Copy, Debug)]
pub(in crate::drills) enum Beside {
    /// One is under way, and another one waits for it if it has to.
    UnderWay,
    /// The same, except that it has just been answered: no task has run since.
    JustAnswered,
    /// All is done.
    Done,
}

/// All of it.
pub(in crate::drills) const BESIDE: [Beside; 3] =
    [Beside::UnderWay, Beside::JustAnswered, Beside::Done];

/// An operation of this kind goes wrong for one key, which is nothing to another one: the other
/// is asked for once more, and then the first.
pub(in crate::drills) fn wrong_beside(
    evidence: &Evidence,
    [first, other]: [Action; 2],
    beside: Beside,
    (kind, outcome): (u8, Outcome),
) -> Option<Turn> {
    let starts: &[Action] = match beside {
        Beside::UnderWay | Beside::JustAnswered => &[first, other, other],
        Beside::Done => &[other, first],
    };
    let is_live = evidence.live().next().is_some();
    match evidence.started() {
        1 if matches!(beside, Beside::Done) && is_live => return then_all_answered(evidence),
        started if started < starts.len() => return Some(Turn::full(starts[started])),
        _ => {}
    }
    let is_it =
        |turn: &Turn| matches!(turn.action, Action::Answer { outcome: it, .. } if it == outcome);
    if evidence.turns().iter().any(is_it) {
        return match evidence.started() - starts.len() {
            0 => Some(Turn::full(other)),
            1 => Some(Turn::full(first)),
            _ => then_all_answered(evidence),
        };
    }
    let is_of_kind = |number: &u32| is_of_kind(evidence, *number, kind);
    let (of_kind, earlier): (Vec<u32>, Vec<u32>) = evidence.live().partition(is_of_kind);
    let answer = |operation, outcome| Action::Answer { operation, outcome };
    match (beside, &*of_kind, &*earlier) {
        (_, _, [operation, ..]) => Some(Turn::full(answer(*operation, Outcome::Value))),
        (Beside::JustAnswered, [_, second, ..], _) => {
            Some(Turn::partial(answer(*second, Outcome::Value), 0))
        }
        (_, [operation, ..], _) => Some(Turn::full(answer(*operation, outcome))),
        _ => then_all_answered(evidence),
    }
}

/// Callers are dropped while they are served, again and again, and then all is well. So many
/// wait behind each.
pub(in crate::drills) fn drops_for_a_while(
    evidence: &Evidence,
    behind: usize,
    start: Action,
) -> Option<Turn> {
    if !evidence.is_settled() {
        return Some(Turn::full(Action::Wait));
    }
    if let Some(turn) = one_more(evidence, behind, |_| start) {
        return Some(turn);
    }
    match evidence.waiting().next() {
        Some(request) if goes_wrong(behind, request as usize) => {
            let happened = false;
            Some(Turn::full(Action::HangUp { request, happened }))
        }
        _ => match answer_of_live(evidence, Some(Outcome::Value)) {
            Some(answer) => Some(Turn::partial(answer, 1)),
            None => then_all_answered(evidence),
        },
    }
}

/// After so many ends, of whatever kind, nothing goes wrong any more.
const MOST_MISHAPS: usize = 200;

/// What goes wrong several times before all places are wanted.
#[derive(Clone, Copy)]
pub(in crate::drills) struct Mishaps {
    /// So many requests come together first, and all is well.
    pub(in crate::drills) well: usize,
    /// After that, so many come one after the other.
    pub(in crate::drills) wrong: usize,
    /// In each of these an operation of this kind goes like this.
    pub(in crate::drills) kind: u8,
    pub(in crate::drills) went: Went,
    /// Then so many come together.
    pub(in crate::drills) together: usize,
}

/// Requests of which several go wrong: no place may be lost by that, and nothing that was
/// left behind well.
pub(in crate::drills) fn after_mishaps(
    evidence: &Evidence,
    it: &Mishaps,
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    let started = evidence.started();
    let mut live = evidence.live();
    let is_of_kind = live
        .next()
        .is_some_and(|number| is_of_kind(evidence, number, it.kind));
    let is_waiting = evidence.waiting().next().is_some();
    let is_over = evidence.is_settled() && evidence.is_over();
    // What is tried again for as long as it takes is well at last.
    let is_wrong_still = ends(evidence) < MOST_MISHAPS;
    let last = it.well + it.wrong;
    let is_wanted = match started {
        _ if started < it.well => true,
        _ if started <= last => is_over,
        _ => started < last + it.together,
    };
    if is_wanted {
        return Some(Turn::full(start(started as u32)));
    }
    if (it.well + 1..=last).contains(&started) && is_of_kind && is_waiting && is_wrong_still {
        return end_of_live(evidence, Some(it.went)).map(Turn::full);
    }
    then_all_answered(evidence)
}
