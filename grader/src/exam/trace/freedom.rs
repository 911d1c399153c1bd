//! The choices that a reader of a trace has: a space that goes on where an exam's would
//! stop. After something went wrong, other requests may still come and suffer from it.

use play::evidence::Evidence;
use play::explore::Follow;
use play::schedule::{Action, Outcome, Settle, Turn};
use play::space::PATIENCE_MICROS;

/// Requests about one key, and how much may go wrong.
#[derive(Clone, Debug)]
pub struct Freedom {
    /// The user, the account or the other key they all ask about.
    pub user: u32,
    /// How many requests may start.
    pub callers: usize,
    /// How many operations may fail.
    pub errors: usize,
    /// How many callers may be dropped.
    pub drops: usize,
    /// After how many turns the next thing may happen before any task runs.
    pub holds: usize,
}

impl Freedom {
    /// The turns that may follow what is known of a run.
    pub(super) fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let turns = evidence.turns();
        let held = |turn: &Turn| turn.settle != Settle::Fully;
        if turns.last().is_some_and(held) && evidence.is_idle() {
            // No task was ready, so nothing was held back.
            return Follow::Pruned;
        }
        let mut actions = Vec::new();
        if evidence.started() < self.callers {
            actions.push(Action::ask(self.user));
        }
        let failed = |turn: &Turn| matches!(turn.action, Action::Answer { outcome, .. } if !outcome.is_value());
        let may_fail = count(turns, failed) < self.errors;
        for operation in evidence.live() {
            let mut may = |outcome| actions.push(Action::Answer { operation, outcome });
            may(Outcome::Value);
            if may_fail {
                may(Outcome::Error(0));
            }
        }
        let dropped = |turn: &Turn| matches!(turn.action, Action::HangUp { .. });
        if count(turns, dropped) < self.drops {
            let hang_up = |request| {
                let happened = false;
                Action::HangUp { request, happened }
            };
            actions.extend(evidence.waiting().map(hang_up));
        }
        let mut choices: Vec<Turn> = actions.iter().copied().map(Turn::full).collect();
        if evidence.is_settled() {
            choices.extend(patience(evidence));
        }
        if count(turns, held) < self.holds {
            choices.extend(actions.iter().map(|action| Turn::partial(*action, 0)));
        }
        if !evidence.is_settled() {
            choices.push(Turn::full(Action::Wait));
        }
        match choices.is_empty() {
            true => Follow::End,
            false => Follow::AnyOf(choices),
        }
    }
}

/// A request waits and nothing is under way: time may pass, once.
fn patience(evidence: &Evidence) -> Option<Turn> {
    let passed = |turn: &Turn| matches!(turn.action, Action::Pass { .. });
    let may = !evidence.unserved().is_empty() && count(evidence.turns(), passed) == 0;
    let micros = PATIENCE_MICROS;
    may.then_some(Turn::full(Action::Pass { micros }))
}

fn count(turns: &[Turn], which: impl Fn(&Turn) -> bool) -> usize {
    turns.iter().filter(|turn| which(turn)).count()
}
