//! Long lines, in which somebody goes wrong, leaves or comes last.

use super::{Went, answer_of_live, end_of_live, then_all_answered};
use play::evidence::Evidence;
use play::schedule::{Action, Few, Outcome, Polled, Turn};

/// How long a line is, and how many ends come before the one that goes wrong.
pub(in crate::drills) const LINES: [(usize, usize); 5] =
    [(12, 0), (12, 1), (12, 2), (12, 3), (40, 1)];

/// Requests start together and wait for each other. After so many ends one goes like this, or
/// somebody in the middle of the line leaves; then one more comes.
pub(in crate::drills) fn in_a_long_line(
    evidence: &Evidence,
    (line, at): (usize, usize),
    went: Option<Went>,
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    let started = evidence.started();
    if started < line {
        let action = start(started as u32);
        return Some(match started + 1 == line {
            true => Turn::full(action),
            false => Turn::partial(action, 0),
        });
    }
    let ends = |turn: &&Turn| matches!(turn.action, Action::Answer { .. } | Action::HangUp { .. });
    let ended = evidence.turns().iter().filter(ends).count();
    let is_waiting = evidence.waiting().next().is_some();
    let is_over = evidence.is_settled() && !is_waiting && evidence.live().next().is_none();
    let goes_wrong = match went {
        Some(_) => end_of_live(evidence, went),
        None => evidence.waiting().nth(line / 2).map(|request| {
            let happened = false;
            Action::HangUp { request, happened }
        }),
    };
    match goes_wrong {
        Some(action) if ended == at && is_waiting => Some(Turn::full(action)),
        _ if is_over && started == line => Some(Turn::full(start(started as u32))),
        _ => then_all_answered(evidence),
    }
}

/// How long a line is when somebody comes who is told apart by the number of those before.
pub(in crate::drills) const NUMBERS: [u32; 7] = [5, 6, 7, 8, 9, 12, 16];

/// Requests wait in a line. After so many answers, with the last of which the first request
/// ends, one more comes: at once, or when so many polls have followed, or when all rest.
pub(in crate::drills) fn joins_behind(
    evidence: &Evidence,
    line: u32,
    (answers, polls): (usize, Option<u32>),
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    let started = evidence.started() as u32;
    let is_answer = |turn: &&Turn| matches!(turn.action, Action::Answer { .. });
    let answered = evidence.turns().iter().filter(is_answer).count();
    if started < line || started == line && answered == answers {
        return Some(Turn::full(start(started)));
    }
    match (answer_of_live(evidence, Some(Outcome::Value)), polls) {
        (Some(answer), Some(polls)) if answered + 1 == answers => {
            Some(Turn::partial(answer, polls))
        }
        _ => then_all_answered(evidence),
    }
}

/// Of a line all leave but the last one, whose turn it is in the end; the first may stay as long
/// as its work is under way. Then one more comes.
pub(in crate::drills) fn all_but_one_leave(
    evidence: &Evidence,
    first_stays: bool,
    start: impl Fn(u32) -> Action,
) -> Option<Turn> {
    const LINE: u32 = 10;
    let started = evidence.started() as u32;
    if started < LINE {
        return Some(Turn::full(start(started)));
    }
    let mut waiting = evidence.waiting();
    let leaver = if first_stays {
        waiting.nth(1)
    } else {
        waiting.next()
    };
    let happened = false;
    match leaver {
        Some(request) if request < LINE => Some(Turn::full(Action::HangUp { request, happened })),
        _ => match then_all_answered(evidence) {
            None if started == LINE => Some(Turn::full(start(started))),
            next => next,
        },
    }
}

/// These requests start together on a loop that polls all of them in one turn, after what the
/// instance is made with.
pub(in crate::drills) fn in_one_go(
    evidence: &Evidence,
    made: Few,
    starts: &[Action],
) -> Option<Turn> {
    let polled = Polled::InOneGo;
    match (evidence.turns().len(), starts.get(evidence.started())) {
        (0, _) => Some(Turn::full(Action::Make { numbers: made })),
        (1, _) => Some(Turn::full(Action::Poll { polled })),
        (_, Some(start)) => Some(Turn::partial(*start, 0)),
        (_, None) => then_all_answered(evidence),
    }
}
