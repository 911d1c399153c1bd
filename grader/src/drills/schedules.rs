//! Turns that several drills play.

mod gaps;
mod instances;
mod lines;
mod mishaps;
mod numbers;
mod rounds;
mod time;

use play::evidence::Evidence;
use play::schedule::{Action, Outcome, Turn};
use play::space::PATIENCE_MICROS;

use gaps::SOON;
pub(super) use gaps::{BEHIND, GAPS, gone_in_the_gap, into_the_gap};
pub(super) use instances::{instances, one_after_the_other, one_after_the_other_ended};
pub(super) use lines::{Line, all_but_one_leave, in_a_long_line, in_one_go};
pub(super) use mishaps::{
    BESIDE, Mishaps, after_mishaps, down_for_a_while, drops_for_a_while, panics_for_a_while,
    two_errors, whiles, wrong_beside,
};
pub(super) use numbers::{PAIRED, PAIRS, alike_keys, in_pairs, of_alike_keys};
pub(super) use rounds::{each_in_the_gap, every_other};
pub(super) use time::{
    idle_for_long, in_small_steps, slow, slow_for_the_second, slow_steps, small_steps,
    time_passes_after,
};

/// Those that begin anew whenever somebody else was faster begin so many operations in a long
/// line that to go on shows nothing more.
const LONG_ENOUGH: usize = 3_000;

/// The turns that end a schedule: live operations are answered in the order they began;
/// then time passes for requests that still wait.
pub(super) fn then_all_answered(evidence: &Evidence) -> Option<Turn> {
    if !evidence.is_settled() {
        return Some(Turn::full(Action::Wait));
    }
    if let Some(operation) = evidence.live().next() {
        let goes_on = evidence.operations().count() < LONG_ENOUGH;
        let outcome = Outcome::Value;
        return goes_on.then_some(Turn::full(Action::Answer { operation, outcome }));
    }
    evidence.waiting().next()?;
    patience(evidence)
}

/// The same, except that from the `first` answer on two answers come at once: no task runs
/// between them.
pub(super) fn then_answered_in_pairs(evidence: &Evidence, first: usize) -> Option<Turn> {
    let answered = answers(evidence);
    let outcome = Outcome::Value;
    let mut live = evidence.live();
    let next = live
        .next()
        .map(|operation| Action::Answer { operation, outcome });
    match (next, evidence.is_settled()) {
        (Some(next), true) if answered >= first && live.next().is_some() => {
            Some(Turn::partial(next, 0))
        }
        (Some(next), false) => Some(Turn::full(next)),
        _ => then_all_answered(evidence),
    }
}

/// Nothing is answered before something is under way for all that have started.
pub(super) fn then_each_is_served(evidence: &Evidence) -> Option<Turn> {
    let last = evidence.turns().last().map(|turn| turn.action);
    let has_answered = matches!(last, Some(Action::Answer { .. }));
    match has_answered || evidence.unserved().is_empty() {
        true => then_all_answered(evidence),
        false => patience(evidence),
    }
}

/// How an operation goes wrong, or its caller.
#[derive(Clone, Copy, Debug)]
pub(super) enum Went {
    /// It is answered with an error that it may have.
    Failed,
    /// It panics.
    Panicked,
    /// The first caller that waits is dropped.
    Left,
    /// The same, and what is under way for it happens nevertheless.
    LeftDone,
}

/// The first of what is under way ends like this, or with its value.
pub(super) fn end_of_live(evidence: &Evidence, went: Option<Went>) -> Option<Action> {
    match went {
        None => answer_of_live(evidence, Some(Outcome::Value)),
        Some(Went::Failed) => answer_of_live(evidence, error_of_live(evidence)),
        Some(Went::Panicked) => answer_of_live(evidence, Some(Outcome::Panic)),
        Some(went @ (Went::Left | Went::LeftDone)) => evidence.waiting().next().map(|request| {
            let happened = matches!(went, Went::LeftDone);
            Action::HangUp { request, happened }
        }),
    }
}

fn answer_of_live(evidence: &Evidence, outcome: Option<Outcome>) -> Option<Action> {
    let operation = evidence.live().next()?;
    outcome.map(|outcome| Action::Answer { operation, outcome })
}

/// An error that the first of what is under way may have.
pub(super) fn error_of_live(evidence: &Evidence) -> Option<Outcome> {
    let kind = evidence.operation(evidence.live().next()?)?.kind;
    let errors = evidence.world().kind(kind).errors;
    errors.first().copied().map(Outcome::Error)
}

/// These requests start together, and whatever is under way at one time is answered at once:
/// no task runs in between.
pub(super) fn answered_at_once(
    evidence: &Evidence,
    mut starts: impl Iterator<Item = Action>,
) -> Option<Turn> {
    if let Some(start) = starts.nth(evidence.started()) {
        return Some(Turn::partial(start, 0));
    }
    let last = evidence.turns().last().map(|turn| turn.action);
    let is_answering = matches!(last, Some(Action::Answer { .. }));
    let outcome = Outcome::Value;
    let answer = |operation| Action::Answer { operation, outcome };
    let mut live = evidence.live().map(answer);
    match (live.next(), live.next()) {
        _ if !evidence.is_settled() && !is_answering => Some(Turn::full(Action::Wait)),
        (Some(next), Some(_)) => Some(Turn::partial(next, 0)),
        (Some(last), None) => Some(Turn::full(last)),
        (None, _) => then_all_answered(evidence),
    }
}

/// How many operations have been answered or callers dropped.
fn ends(evidence: &Evidence) -> usize {
    let is_end =
        |turn: &&Turn| matches!(turn.action, Action::Answer { .. } | Action::HangUp { .. });
    evidence.turns().iter().filter(is_end).count()
}

/// How many operations have been answered.
pub(super) fn answers(evidence: &Evidence) -> usize {
    let is_answer = |turn: &&Turn| matches!(turn.action, Action::Answer { .. });
    evidence.turns().iter().filter(is_answer).count()
}

/// A minute passes, once.
fn patience(evidence: &Evidence) -> Option<Turn> {
    let micros = PATIENCE_MICROS;
    let patience = Turn::full(Action::Pass { micros });
    (evidence.turns().last() != Some(&patience)).then_some(patience)
}
