//! Schedules in which time passes.

use super::{Went, end_of_live, then_all_answered};
use play::evidence::Evidence;
use play::schedule::{Action, Turn};
use play::space::A_WEEK;

/// Ten seconds.
const SLOW_MICROS: u64 = 10_000_000;

/// Two requests, the second of which waits for the first one; when that has its answer, what
/// is under way for the other takes long, so that only what somebody holds is left.
pub(in crate::drills) fn slow_for_the_second(evidence: &Evidence, start: Action) -> Option<Turn> {
    let is_pass = |turn: &Turn| matches!(turn.action, Action::Pass { .. });
    let has_passed = evidence.turns().iter().any(is_pass);
    match (evidence.started(), evidence.waiting().next()) {
        (0 | 1, _) => Some(Turn::full(start)),
        (_, Some(2)) if !has_passed && evidence.live().next().is_some() => {
            let micros = SLOW_MICROS;
            Some(Turn::full(Action::Pass { micros }))
        }
        _ => then_all_answered(evidence),
    }
}

/// What is under way takes more than a week, which is no reason to give it up; then another
/// request comes, and must not take its place. The schedule begins with so many other turns.
pub(in crate::drills) fn slow(
    evidence: &Evidence,
    opening: usize,
    starts: &[Action],
    late: Action,
) -> Option<Turn> {
    let turn = evidence.turns().len() - opening;
    if let Some(start) = starts.get(turn) {
        return Some(Turn::full(*start));
    }
    match slow_steps().nth(turn - starts.len()) {
        Some(micros) => Some(Turn::full(Action::Pass { micros })),
        None if evidence.started() == starts.len() => Some(Turn::full(late)),
        None => then_all_answered(evidence),
    }
}

/// Ten seconds, and then more than a week.
pub(in crate::drills) fn slow_steps() -> impl Iterator<Item = u64> {
    std::iter::once(SLOW_MICROS).chain(A_WEEK)
}

/// Two requests, one after the other; between them time passes in these steps, and there is
/// nothing to do.
pub(in crate::drills) fn idle_for_long(
    evidence: &Evidence,
    start: Action,
    mut steps: impl Iterator<Item = u64>,
) -> Option<Turn> {
    let is_pass = |turn: &&Turn| matches!(turn.action, Action::Pass { .. });
    let passed = evidence.turns().iter().filter(is_pass).count();
    let is_over = evidence.is_over();
    match evidence.started() {
        0 => Some(Turn::full(start)),
        1 if is_over && evidence.is_settled() => Some(Turn::full(match steps.nth(passed) {
            Some(micros) => Action::Pass { micros },
            None => start,
        })),
        _ => then_all_answered(evidence),
    }
}

/// So little time at once that nothing is given up: what looks again every few milliseconds, and
/// what does every second, shows in its polls.
pub(in crate::drills) fn small_steps() -> impl Iterator<Item = u64> {
    [10_000, 1_000_000]
        .into_iter()
        .flat_map(|micros| std::iter::repeat_n(micros, 20))
}

/// After so many turns time passes in small steps, and then all is answered.
pub(in crate::drills) fn in_small_steps(evidence: &Evidence, begun: usize) -> Option<Turn> {
    let passed = evidence.turns().len().checked_sub(begun)?;
    match small_steps().nth(passed) {
        Some(micros) => Some(Turn::full(Action::Pass { micros })),
        None => then_all_answered(evidence),
    }
}

/// Requests start, so many operations are well, one goes as it may; then time passes in these
/// steps, in whatever state the requests are by then.
pub(in crate::drills) fn time_passes_after(
    evidence: &Evidence,
    starts: &[Action],
    well: usize,
    went: Option<Went>,
    mut steps: impl Iterator<Item = u64>,
) -> Option<Turn> {
    if let Some(start) = starts.get(evidence.started()) {
        return Some(Turn::full(*start));
    }
    let mut steps_made = 0;
    let mut ends_made = 0;
    for turn in evidence.turns() {
        match turn.action {
            Action::Pass { .. } => steps_made += 1,
            Action::Answer { .. } | Action::HangUp { .. } => ends_made += 1,
            _ => {}
        }
    }
    let next = match went {
        _ if steps_made > 0 || ends_made > well => None,
        _ if ends_made < well => Some(end_of_live(evidence, None)),
        None => None,
        went => Some(end_of_live(evidence, went)),
    };
    if let Some(next) = next {
        return next.map(Turn::full).or_else(|| then_all_answered(evidence));
    }
    match steps.nth(steps_made) {
        Some(micros) if evidence.waiting().next().is_some() => {
            Some(Turn::full(Action::Pass { micros }))
        }
        _ => then_all_answered(evidence),
    }
}
