//! All places are taken, or as much is held as there is, and somebody waits; then something
//! ends or somebody leaves, and others come. What is given back twice, or by one who never
//! had it, shows by how many of those get in. [`Taken`] is the space of such schedules, the
//! same for all drills with places.

use play::evidence::Evidence;
use play::explore::Follow;
use play::schedule::{Action, Few, Outcome, Turn};
use play::space::Paths;

use super::schedules;

/// What may go wrong in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    /// Operations fail.
    Failing,
    /// Callers are dropped, and operations fail or do not.
    Dropped,
    /// Operations panic.
    Panicking,
}

/// See the module.
#[derive(Clone)]
pub(super) struct Taken {
    /// What the instance is made with, if a turn says so.
    pub(super) made: Option<Few>,
    /// Requests that are over before the others start.
    pub(super) before: Vec<Action>,
    /// Requests that take all there is, and some more that wait.
    pub(super) takers: Vec<Action>,
    /// How much happens before others come, at most.
    pub(super) events: usize,
    /// What does.
    pub(super) ends: Ends,
    /// Requests that come then.
    pub(super) newcomers: Vec<Action>,
}

impl Taken {
    /// What may happen while all is taken.
    fn events(&self, evidence: &Evidence) -> Vec<Action> {
        let mut events = Vec::new();
        for operation in evidence.live() {
            let mut end = |outcome| events.push(Action::Answer { operation, outcome });
            end(Outcome::Value);
            let kind = evidence.operation(operation).map(|it| it.kind);
            let errors = kind.map(|kind| evidence.world().kind(kind).errors);
            match self.ends {
                Ends::Failing | Ends::Dropped => {
                    let error = errors.and_then(|errors| errors.first());
                    error.into_iter().for_each(|it| end(Outcome::Error(*it)));
                }
                Ends::Panicking => end(Outcome::Panic),
            }
        }
        if self.ends == Ends::Dropped {
            let happened = false;
            let leave = |request| Action::HangUp { request, happened };
            events.extend(evidence.waiting().map(leave));
        }
        events
    }
}

impl Paths for Taken {
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let one = |turn: Turn| Follow::AnyOf(vec![turn]);
        let turns = evidence.turns();
        if let (Some(numbers), []) = (self.made, turns) {
            return one(Turn::full(Action::Make { numbers }));
        }
        let started = evidence.started();
        let first = self.before.len();
        if let Some(start) = self.before.get(started) {
            return one(Turn::full(*start));
        }
        let outcome = Outcome::Value;
        if let (true, Some(operation)) = (started == first, evidence.live().next()) {
            return one(Turn::full(Action::Answer { operation, outcome }));
        }
        let all = first + self.takers.len();
        if let Some(start) = self.takers.get(started - first) {
            return one(Turn::full(*start));
        }
        let is_start = |turn: &Turn| matches!(turn.action, Action::Start { .. });
        let since = turns
            .iter()
            .rev()
            .take_while(|turn| !is_start(turn))
            .count();
        let newcomer = self.newcomers.get(started - all);
        if started == all && since < self.events {
            let mut choices = self.events(evidence);
            if since > 0 {
                choices.extend(newcomer);
            }
            if !choices.is_empty() {
                return Follow::AnyOf(choices.into_iter().map(Turn::full).collect());
            }
        }
        if let Some(start) = newcomer {
            return one(Turn::full(*start));
        }
        let next = schedules::then_all_answered(evidence);
        next.map_or(Follow::End, one)
    }
}
