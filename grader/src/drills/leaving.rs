//! Requests in a line, several of which leave it one after the other: the turn must pass over
//! all of them, and who comes later stands behind those who stayed. [`Leaving`] is the space
//! of them, the same for all drills with a line.

use play::evidence::Evidence;
use play::explore::Follow;
use play::schedule::{Action, Few, Outcome, Settle, Turn};
use play::space::Paths;

use super::schedules;

/// How many leave the line at most, and how many where only those do who are idle.
const MOST: usize = 3;
const MOST_IDLE: usize = 2;

/// These requests start. Something may end then, so that one of those who wait is called;
/// some of them are dropped, either one by one or before any task runs; and the last of these
/// requests is made once more.
pub(super) struct Leaving {
    /// What the instance is made with, if a turn says so.
    pub(super) made: Option<Few>,
    /// The requests, in the order they start.
    pub(super) asks: Vec<Action>,
    /// Whether those stay for whose key something has begun.
    pub(super) only_idle: bool,
}

impl Leaving {
    /// What may come before anybody leaves: an operation ends, and no task has run since.
    fn calls(evidence: &Evidence) -> Vec<Turn> {
        let Some(operation) = evidence.live().next() else {
            return Vec::new();
        };
        let outcomes = [Some(Outcome::Value), schedules::error_of_live(evidence)];
        let outcomes = outcomes.into_iter().flatten();
        let answer = |outcome| Turn::partial(Action::Answer { operation, outcome }, 0);
        outcomes.map(answer).collect()
    }

    /// Who may leave next, and how far tasks run then.
    fn departures(&self, evidence: &Evidence, since: &[Turn]) -> Vec<Turn> {
        let is_hang_up = |turn: &&Turn| matches!(turn.action, Action::HangUp { .. });
        let departed = since.iter().filter(is_hang_up);
        let most = if self.only_idle { MOST_IDLE } else { MOST };
        let settles = match departed.clone().next() {
            _ if departed.clone().count() >= most => return Vec::new(),
            Some(first) => vec![first.settle],
            None => vec![Settle::Fully, Settle::Polls(0)],
        };
        let happened = false;
        let leaves = |request| Action::HangUp { request, happened };
        let with = |action| settles.iter().map(move |settle| (action, *settle));
        let has_begun = |request: u32| {
            let key = evidence.request(request).map(|it| it.key);
            evidence.operations().any(|(_, it)| it.key == key)
        };
        let may_leave = |request: &u32| !self.only_idle || !has_begun(*request);
        let all = evidence.waiting().filter(may_leave);
        let all = all.map(leaves).flat_map(with);
        all.map(|(action, settle)| Turn { action, settle })
            .collect()
    }
}

impl Paths for Leaving {
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let turns = evidence.turns();
        let made = self.made.map(|numbers| Action::Make { numbers });
        let opening = made.into_iter().chain(self.asks.iter().copied());
        if let Some(action) = opening.clone().nth(turns.len()) {
            return Follow::AnyOf(vec![Turn::full(action)]);
        }
        let since = &turns[opening.count()..];
        let mut choices = Vec::new();
        if evidence.started() == self.asks.len() {
            if since.is_empty() {
                choices.extend(Leaving::calls(evidence));
            }
            choices.extend(self.departures(evidence, since));
            if !since.is_empty() {
                choices.extend(self.asks.last().map(|last| Turn::full(*last)));
            }
        }
        if !choices.is_empty() {
            return Follow::AnyOf(choices);
        }
        let next = schedules::then_all_answered(evidence);
        next.map_or(Follow::End, |turn| Follow::AnyOf(vec![turn]))
    }
}
