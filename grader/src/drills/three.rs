//! Three things, or some more, happen to a line one after the other, and then all is well. What
//! one mishap leaves behind may show only in the next one. [`Three`] is the space of them, the
//! same for all drills with a line.

use play::evidence::Evidence;
use play::explore::Follow;
use play::schedule::{Action, Few, Outcome, Settle, Turn};
use play::space::Paths;

use super::schedules;

const EVENTS: usize = 3;

/// Where nobody leaves.
const ENDS: usize = 5;

/// So many of those who wait may leave, counted from the head of the line.
const NEAR_THE_HEAD: usize = 3;

/// These requests start. Three times an operation ends or fails, or somebody leaves, perhaps
/// before those run whom an end has called; when all are over, the last of these requests is
/// made once more.
pub(super) struct Three {
    /// What the instance is made with, if a turn says so.
    pub(super) made: Option<Few>,
    /// The requests, in the order they start.
    pub(super) asks: Vec<Action>,
    /// Whether somebody may leave; otherwise there are more ends.
    pub(super) with_drops: bool,
}

impl Three {
    /// What may happen next.
    fn events(&self, evidence: &Evidence, since: &[Turn]) -> Vec<Turn> {
        let mut events = Vec::new();
        let is_settled = since.last().is_none_or(|turn| turn.settle == Settle::Fully);
        if let (Some(operation), true) = (evidence.live().next(), is_settled) {
            let outcome = Outcome::Value;
            let ends = Action::Answer { operation, outcome };
            events.push(Turn::full(ends));
            if self.with_drops && since.len() + 1 < EVENTS {
                events.extend((1..4).map(|polls| Turn::partial(ends, polls)));
            }
            if let Some(outcome) = schedules::error_of_live(evidence) {
                events.push(Turn::full(Action::Answer { operation, outcome }));
            }
        }
        if self.with_drops {
            let happened = false;
            let leave = |request| Action::HangUp { request, happened };
            let leavers = evidence.waiting().take(NEAR_THE_HEAD).map(leave);
            for leave in leavers {
                events.push(Turn::full(leave));
                // The next one is called, and leaves before it runs, too.
                if !is_settled && since.len() + 1 < EVENTS {
                    events.push(Turn::partial(leave, 1));
                }
            }
        }
        events
    }
}

impl Paths for Three {
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let turns = evidence.turns();
        let made = self.made.map(|numbers| Action::Make { numbers });
        let opening = made.into_iter().chain(self.asks.iter().copied());
        if let Some(action) = opening.clone().nth(turns.len()) {
            return Follow::AnyOf(vec![Turn::full(action)]);
        }
        let since = &turns[opening.count()..];
        let most = if self.with_drops { EVENTS } else { ENDS };
        if since.len() < most {
            let events = self.events(evidence, since);
            if !events.is_empty() {
                return Follow::AnyOf(events);
            }
        }
        // Not before: a newcomer may set going what has come to a stop.
        let is_over = evidence.is_over();
        let next = match self.asks.last() {
            Some(last) if is_over && evidence.started() == self.asks.len() => {
                Some(Turn::full(*last))
            }
            _ => schedules::then_all_answered(evidence),
        };
        next.map_or(Follow::End, |turn| Follow::AnyOf(vec![turn]))
    }
}
