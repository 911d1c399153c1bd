//! Which schedules of a password service are walked.
//!
//! Its main type is [`Hashing`]: requests start, hashes finish, callers are
//! dropped, in every order. Each schedule ends with more requests than may hash at
//! once: whatever happened before, the service must still work.

use play::evidence::Evidence;
use play::explore::Follow;
use play::schedule::{Action, Few, Outcome, Settle, Turn};
use play::space::{PATIENCE_MICROS, Paths};

/// The passwords of the requests at a schedule's end have this number and up.
const LATER: u32 = 1_001;

/// Which callers may be dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Callers {
    /// Callers whose hash has not begun.
    Waiting,
    /// Callers whose hash has begun.
    Hashing,
}

/// Who asks, and how much may go wrong.
#[derive(Clone, Debug)]
pub(super) struct Hashing {
    pub(super) max_parallel: u32,
    /// The users whose passwords the requests give, in the order they start.
    pub(super) users: Vec<u32>,
    /// How many hashes may panic.
    pub(super) panics: usize,
    /// How many callers may be dropped.
    pub(super) hang_ups: usize,
    pub(super) may_hang_up: Callers,
    /// After how many turns the loop may run for only a few polls.
    pub(super) halves: usize,
    /// How many polls those few may be.
    pub(super) half_polls: &'static [u32],
}

impl Hashing {
    /// Requests for these users, with nothing going wrong.
    pub(super) fn of(max_parallel: u32, users: &[u32]) -> Hashing {
        Hashing {
            max_parallel,
            users: users.to_vec(),
            panics: 0,
            hang_ups: 0,
            may_hang_up: Callers::Waiting,
            halves: 0,
            half_polls: &[0],
        }
    }

    /// What may happen before everyone has asked and been answered.
    fn actions(&self, evidence: &Evidence, started: usize) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(user) = self.users.get(started) {
            actions.push(Action::ask(*user));
        }
        let taken = |wanted: fn(&Action) -> bool| {
            let actions = evidence.turns().iter().map(|turn| turn.action);
            actions.filter(wanted).count()
        };
        let is_panic = |action: &Action| matches!(action, Action::Answer { outcome, .. } if *outcome == Outcome::Panic);
        for hash in held(evidence) {
            actions.push(end(hash, Outcome::Value));
            if taken(is_panic) < self.panics {
                actions.push(end(hash, Outcome::Panic));
            }
        }
        if taken(|action| matches!(action, Action::HangUp { .. })) < self.hang_ups {
            let callers = |request: &u32| self.may_hang_up == state_of(evidence, *request);
            let waiting = evidence.waiting().filter(callers);
            let happened = false;
            actions.extend(waiting.map(|request| Action::HangUp { request, happened }));
        }
        actions
    }

    /// More requests than may hash at once, each with its answer.
    fn ending(&self, evidence: &Evidence, started: usize) -> Follow<Turn> {
        let later = (started - self.users.len()) as u32;
        if later == 0 && !evidence.is_settled() {
            return one(Turn::full(Action::Wait));
        }
        if later <= self.max_parallel {
            // The requests come at the same time, so nobody looks between them.
            let action = Action::ask(LATER + later);
            return one(match later < self.max_parallel {
                true => Turn::partial(action, 0),
                false => Turn::full(action),
            });
        }
        match held(evidence).next() {
            Some(hash) => one(finish(hash)),
            None => Follow::End,
        }
    }
}

impl Paths for Hashing {
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let turns = evidence.turns();
        let Some(last) = turns.last() else {
            return one(make(self.max_parallel));
        };
        let started = evidence.started();
        if last.settle == Settle::Fully && !evidence.unserved().is_empty() {
            return patience(evidence);
        }
        if started > self.users.len() {
            return self.ending(evidence, started);
        }
        let actions = self.actions(evidence, started);
        if actions.is_empty() {
            return self.ending(evidence, started);
        }
        let mut choices: Vec<Turn> = actions.iter().copied().map(Turn::full).collect();
        let is_half = |turn: &&Turn| turn.settle != Settle::Fully;
        if turns.iter().filter(is_half).count() < self.halves {
            for polls in self.half_polls {
                choices.extend(actions.iter().map(|action| Turn::partial(*action, *polls)));
            }
        }
        Follow::AnyOf(choices)
    }
}

/// A space of one schedule: each turn follows from what is known.
pub(super) struct Straight<F>(pub(super) F);

impl<F: Fn(&Evidence) -> Option<Turn>> Paths for Straight<F> {
    fn choices(&self, evidence: &Evidence) -> Follow<Turn> {
        let rested = matches!(evidence.turns().last(), Some(turn) if turn.settle == Settle::Fully);
        if rested && !evidence.unserved().is_empty() {
            return patience(evidence);
        }
        (self.0)(evidence).map_or(Follow::End, one)
    }
}

/// A request waits and nothing happens: does time help?
fn patience(evidence: &Evidence) -> Follow<Turn> {
    let micros = PATIENCE_MICROS;
    let last = evidence.turns().last().map(|turn| turn.action);
    if last == Some(Action::Pass { micros }) {
        return Follow::End;
    }
    one(Turn::full(Action::Pass { micros }))
}

/// The hashes that wait to be admitted.
pub(super) fn held(evidence: &Evidence) -> impl Iterator<Item = u32> {
    evidence.live()
}

pub(super) fn state_of(evidence: &Evidence, request: u32) -> Callers {
    let key = evidence.request(request).map(|request| request.key);
    let begun = evidence.operations().any(|(_, hash)| hash.key == key);
    if begun {
        Callers::Hashing
    } else {
        Callers::Waiting
    }
}

fn end(hash: u32, outcome: Outcome) -> Action {
    let operation = hash;
    Action::Answer { operation, outcome }
}

fn one(turn: Turn) -> Follow<Turn> {
    Follow::AnyOf(vec![turn])
}

pub(super) fn make(max_parallel: u32) -> Turn {
    let numbers = Few::one(max_parallel);
    Turn::full(Action::Make { numbers })
}

pub(super) fn start(user: u32) -> Turn {
    Turn::full(Action::ask(user))
}

pub(super) fn finish(hash: u32) -> Turn {
    Turn::full(end(hash, Outcome::Value))
}
