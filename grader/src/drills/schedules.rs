//! Turns that several drills play.

use play::evidence::{Evidence, FAR_AWAY, FAR_KEYS};
use play::schedule::{Action, FIRST_KEY, Outcome, Turn};
use play::space::{A_WEEK, PATIENCE_MICROS};

/// The turns that end a schedule: live operations are answered in the order they began;
/// then time passes for requests that still wait.
pub(super) fn then_all_answered(evidence: &Evidence) -> Option<Turn> {
    if !evidence.is_settled() {
        return Some(Turn::full(Action::Wait));
    }
    if let Some(operation) = evidence.live().next() {
        let outcome = Outcome::Value;
        return Some(Turn::full(Action::Answer { operation, outcome }));
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

/// Keys whose ids are easily mistaken for each other.
pub(super) fn alike_keys() -> impl Iterator<Item = u32> + Clone {
    std::iter::once(FIRST_KEY).chain(FAR_AWAY..FAR_AWAY + FAR_KEYS)
}

/// A request about each of these keys, all of which are unfinished together. It ends there if
/// one of them waits although nothing is under way for its key.
pub(super) fn one_for_each(
    evidence: &Evidence,
    mut keys: impl Iterator<Item = u32>,
) -> Option<Turn> {
    if let Some(key) = keys.nth(evidence.started()) {
        return Some(Turn::full(Action::ask(key)));
    }
    match evidence.unserved().is_empty() {
        true => then_all_answered(evidence),
        false => patience(evidence),
    }
}

/// Ten seconds.
const SLOW_MICROS: u64 = 10_000_000;

/// How many operations in a row go wrong, or callers leave.
const FOR_A_WHILE: usize = 12;

/// Then so many do before each that is well: what counts them may count to any of these.
const MORE_IN_A_ROW: [usize; 4] = [3, 1, 2, 5];

/// Whether each of some operations, or callers, goes wrong, until all is well for good.
pub(super) fn whiles() -> impl Iterator<Item = bool> {
    let all = std::iter::once(FOR_A_WHILE).chain(MORE_IN_A_ROW);
    all.flat_map(|in_a_row| std::iter::repeat_n(true, in_a_row).chain([false]))
}

/// Operations of this kind fail for a while, and requests start one after the other; those
/// that come later must not be put off by that.
pub(super) fn down_for_a_while(
    evidence: &Evidence,
    start: impl Fn(u32) -> Action,
    kind: u8,
) -> Option<Turn> {
    let error = *evidence.world().kind(kind).errors.first()?;
    wrong_for_a_while(evidence, start, kind, Outcome::Error(error))
}

/// The same, except that they panic.
pub(super) fn panics_for_a_while(
    evidence: &Evidence,
    start: impl Fn(u32) -> Action,
    kind: u8,
) -> Option<Turn> {
    wrong_for_a_while(evidence, start, kind, Outcome::Panic)
}

/// Whether this one does, counted from 1.
fn goes_wrong(number: usize) -> bool {
    whiles().nth(number - 1) == Some(true)
}

/// Operations of this kind end like this, again and again, and then all is well.
fn wrong_for_a_while(
    evidence: &Evidence,
    start: impl Fn(u32) -> Action,
    kind: u8,
    wrong: Outcome,
) -> Option<Turn> {
    if let Some(operation) = evidence.live().next() {
        let is_of_kind = |number: u32| evidence.operation(number).is_some_and(|it| it.kind == kind);
        let so_far = (1..=operation).filter(|number| is_of_kind(*number)).count();
        let outcome = match is_of_kind(operation) && goes_wrong(so_far) {
            true => wrong,
            false => Outcome::Value,
        };
        return Some(Turn::full(Action::Answer { operation, outcome }));
    }
    match evidence.started() {
        started if started < whiles().count() + 1 => Some(Turn::full(start(started as u32))),
        _ => then_all_answered(evidence),
    }
}

/// Two operations are under way, and each fails in its own way before any task runs.
pub(super) fn two_errors(evidence: &Evidence, starts: [Action; 2]) -> Option<Turn> {
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

/// Callers are dropped while they are served, again and again, and then all is well.
pub(super) fn drops_for_a_while(evidence: &Evidence, start: Action) -> Option<Turn> {
    match (evidence.waiting().next(), evidence.started()) {
        (Some(request), _) if goes_wrong(request as usize) => {
            let happened = false;
            Some(Turn::full(Action::HangUp { request, happened }))
        }
        (None, started) if started < whiles().count() + 1 => Some(Turn::full(start)),
        _ => then_all_answered(evidence),
    }
}

/// What is under way takes more than a week, which is no reason to give it up; then another
/// request comes, and must not take its place. The schedule begins with so many other turns.
pub(super) fn slow(
    evidence: &Evidence,
    opening: usize,
    starts: &[Action],
    late: Action,
) -> Option<Turn> {
    let turn = evidence.turns().len() - opening;
    if let Some(start) = starts.get(turn) {
        return Some(Turn::full(*start));
    }
    let mut pauses = std::iter::once(SLOW_MICROS).chain(A_WEEK);
    match pauses.nth(turn - starts.len()) {
        Some(micros) => Some(Turn::full(Action::Pass { micros })),
        None if evidence.started() == starts.len() => Some(Turn::full(late)),
        None => then_all_answered(evidence),
    }
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

/// Work is under way when the instance is dropped; the next one has places of its own.
pub(super) fn one_after_the_other(evidence: &Evidence, starts: [Turn; 2]) -> Option<Turn> {
    let discards = |turn: &Turn| turn.action == Action::Discard;
    match (evidence.started(), evidence.turns().iter().any(discards)) {
        (0, _) => Some(starts[0]),
        (1, false) => Some(Turn::full(Action::Discard)),
        (1, true) => Some(starts[1]),
        _ if !evidence.unserved().is_empty() => patience(evidence),
        _ => then_all_answered(evidence),
    }
}

/// How many operations have been answered.
fn answers(evidence: &Evidence) -> usize {
    let is_answer = |turn: &&Turn| matches!(turn.action, Action::Answer { .. });
    evidence.turns().iter().filter(is_answer).count()
}

/// A minute passes, once.
fn patience(evidence: &Evidence) -> Option<Turn> {
    let micros = PATIENCE_MICROS;
    let patience = Turn::full(Action::Pass { micros });
    (evidence.turns().last() != Some(&patience)).then_some(patience)
}
