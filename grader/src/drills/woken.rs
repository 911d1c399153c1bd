//! Requests in a line, of which one is called and leaves before it could run: its turn must
//! pass to the next. [`Woken`] is the space of them, the same for all drills with a line.

use play::evidence::Evidence;
use play::explore::Follow;
use play::schedule::{Action, Few, Outcome, Settle, Turn};
use play::space::Paths;

use super::schedules;

/// Answers that come before somebody is called; a connection is made before it is used.
const BEFORE: usize = 2;

/// How far tasks run before the caller who was called is dropped.
const POLLS: [u32; 4] = [0, 1, 2, 3];

/// These requests start. Then an answer, an error or a dropped caller calls one of those that
/// wait, and before all tasks have run, one that waits is dropped. When all is over, one more
/// comes, which must find all as it was.
pub(super) struct Woken {
    /// What the instance is made with, if a turn says so.
    pub(super) made: Option<Few>,
    /// The requests, in the order they start.
    pub(super) asks: Vec<Action>,
}

impl Woken {
    /// What may call one of those that wait.
    fn calls(evidence: &Evidence, is_first: bool) -> Vec<Action> {
        let mut calls = Vec::new();
        if let Some(operation) = evidence.live().next() {
            let outcomes = [Some(Outcome::Value), schedules::error_of_live(evidence)];
            let answer = |outcome| Action::Answer { operation, outcome };
            calls.extend(outcomes.into_iter().flatten().map(answer));
        }
        if is_first {
            calls.push(hang_up(1));
        }
        calls
    }
}

fn hang_up(request: u32) -> Action {
    Action::HangUp {
        request,
        happened: false,
    }
}

impl Paths for Woken {
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let turns = evidence.turns();
        let made = self.made.map(|numbers| Action::Make { numbers });
        let opening = made.into_iter().chain(self.asks.iter().copied());
        if let Some(action) = opening.clone().nth(turns.len()) {
            return Follow::AnyOf(vec![Turn::full(action)]);
        }
        let since = &turns[opening.count()..];
        let is_half = |turn: &Turn| turn.settle != Settle::Fully;
        let half = since.iter().position(is_half);
        let choices = match half {
            None if since.len() <= BEFORE => {
                let mut choices = Vec::new();
                for action in Woken::calls(evidence, since.is_empty()) {
                    choices.extend(POLLS.map(|polls| Turn::partial(action, polls)));
                }
                let outcome = Outcome::Value;
                let answer = |operation| Turn::full(Action::Answer { operation, outcome });
                choices.extend(evidence.live().next().map(answer));
                choices
            }
            // Already as settled as full settling would leave it.
            Some(at) if since.len() == at + 1 && evidence.is_idle() => return Follow::Pruned,
            Some(at) if since.len() == at + 1 => {
                // The first one is not called: it goes on by itself. Neither is one that has
                // something under way.
                let is_idle = |request: &u32| {
                    let mut live = evidence.live().filter_map(|it| evidence.operation(it));
                    *request > 1 && !live.any(|it| it.request == Some(*request))
                };
                let called = evidence.waiting().filter(is_idle);
                called.map(|it| Turn::full(hang_up(it))).collect()
            }
            _ => Vec::new(),
        };
        if !choices.is_empty() {
            return Follow::AnyOf(choices);
        }
        let is_over = evidence.is_settled() && evidence.is_over();
        let left = since
            .iter()
            .any(|turn| matches!(turn.action, Action::HangUp { .. }));
        let next = match self.asks.last() {
            Some(last) if is_over && left && evidence.started() == self.asks.len() => {
                Some(Turn::full(*last))
            }
            _ => schedules::then_all_answered(evidence),
        };
        next.map_or(Follow::End, |turn| Follow::AnyOf(vec![turn]))
    }
}
