//! Worlds: what a submission is called with, and what it calls.
//!
//! A drill's submission is called from outside (its **entries**) and calls out (its
//! **operations**). A world is the table of both with their words, and answers what only
//! it can know: the arguments a request gets, what an operation brings, what a returned
//! value proves. Its main type is [`World`]. Everything else in here works for every world.

pub mod audit;
pub mod bank;
pub mod bulk;
pub mod clock;
pub mod passwords;
pub mod server;
pub mod sink;
pub mod users;
pub mod work;

use std::fmt::Debug;

use protocol::{Ending, Value};

use crate::evidence::{Evidence, Request, Returned};
use crate::schedule::{Action, Few, Outcome, Turn};

/// One kind of operation: something that a submission begins and the grader ends.
#[derive(Debug)]
pub struct OperationKind {
    /// Its name in the protocol: the kit's function.
    pub name: &'static str,
    /// What one of it is called: a `fetch`.
    pub noun: &'static str,
    /// The errors it can end with, as indexes into [`World::errors`].
    pub errors: &'static [u8],
    /// Whether it blocks its thread and is held there; otherwise it is awaited.
    pub blocks: bool,
}

/// An error: its name in the protocol, and its words.
#[derive(Debug)]
pub struct ErrorName {
    /// In the protocol.
    pub name: &'static str,
    /// In words: `not found`.
    pub words: &'static str,
}

/// An entry that only looks. It is called between turns, outside any task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its name in the protocol.
    pub entry: &'static str,
    /// What it is called with.
    pub arguments: Vec<Value>,
}

/// Something that is suspended at an await, and not in an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspended {
    /// The request; `None` for a task of the submission's own.
    pub request: Option<u32>,
    /// What it awaits, by its index among the world's awaits.
    pub at: u8,
}

/// The entries and operations of some drills.
pub trait World: Debug + Sync {
    /// Its name, in snake case.
    fn name(&self) -> &'static str;

    /// The names of the entries that are awaited, as the protocol has them.
    fn entries(&self) -> &'static [&'static str];

    /// The kinds of operations.
    fn kinds(&self) -> &'static [OperationKind];

    /// The errors that entries return and operations end with.
    fn errors(&self) -> &'static [ErrorName];

    /// The noun for the key of a request: a `user`.
    fn key_noun(&self) -> &'static str;

    /// The constructor of the submission's instance: `UserCache::new`.
    fn constructor(&self) -> &'static str;

    /// What the instance is made with, besides the kit's handles.
    fn made_with(&self, _evidence: &Evidence, numbers: Few) -> Vec<Value> {
        numbers.all().iter().copied().map(Value::from).collect()
    }

    /// The arguments of request number `request`, of this entry about these numbers.
    /// Anything random in them comes from the run's secrets.
    fn arguments(&self, evidence: &Evidence, request: u32, entry: u8, numbers: Few) -> Vec<Value>;

    /// The key of an operation of this kind with these arguments; `None` for a key that
    /// no request of the run was about.
    fn key_of(&self, evidence: &Evidence, kind: u8, arguments: &[Value]) -> Option<u32>;

    /// Whether the answers of operations are known before the run is played. If not,
    /// each answer waits for the reports before it.
    fn is_known_in_advance(&self) -> bool {
        true
    }

    /// The value of an operation that is answered now with [`Outcome::Value`]
    /// or [`Outcome::Real`].
    fn value(&self, evidence: &Evidence, operation: u32, outcome: Outcome) -> Value;

    /// What the way a request ended proves.
    fn understand(&self, evidence: &Evidence, request: u32, ending: &Ending) -> Returned;

    /// How many operations a request calls for, if it is more than a few.
    fn calls_for(&self, _request: &Request) -> usize {
        1
    }

    /// The waiting requests that the submission should move on without the grader's doing.
    fn unserved(&self, evidence: &Evidence) -> Vec<u32> {
        match evidence.live().next() {
            Some(_) => Vec::new(),
            None => evidence.waiting().collect(),
        }
    }

    /// Whether an operation of each key that is waited for must be live, whatever else is.
    fn serves_each_key_alone(&self) -> bool {
        false
    }

    /// Whether the submission's other threads take part, so that a turn is over only when
    /// they rest as well.
    fn uses_threads(&self) -> bool {
        false
    }

    /// Whether time that passes stops at each timer on the way: where what a submission
    /// does by the clock is what matters.
    fn stops_at_timers(&self) -> bool {
        false
    }

    /// Whether runs are played one after the other and never side by side: where what a
    /// submission shares between its calls can only be in a static.
    fn runs_alone(&self) -> bool {
        self.uses_threads()
    }

    /// The looks after each turn, in a run that begins with `blank` and whose
    /// instance is made with these numbers.
    fn looks(&self, _blank: &Evidence, _made: Few) -> Vec<Look> {
        Vec::new()
    }

    /// What an instance is made with unless a schedule says otherwise; no numbers where
    /// it is made with none.
    fn usual_numbers(&self) -> Few {
        Few::of(&[])
    }

    /// These numbers as far as an instance can be made with them: a replay key may hold any.
    fn bounded(&self, numbers: Few) -> Few {
        numbers.map(|number| number.max(1))
    }

    /// Whether a caller that asks again does so whatever it was told. Where a call changes
    /// something, it does so only after an error.
    fn asks_again_always(&self) -> bool {
        false
    }

    /// The turns with which a run begins unless its schedule says otherwise.
    fn usual(&self) -> Vec<Turn> {
        let numbers = self.usual_numbers();
        match numbers.all() {
            [] => Vec::new(),
            _ => vec![Turn::full(Action::Make { numbers })],
        }
    }

    /// What a request of a flood asks about, if it is the only one, or one of two, about
    /// this key.
    fn flooding(&self, key: u32) -> Few {
        Few::one(key)
    }

    /// Whether every other operation of a flood brings what it is to bring: nothing of that may
    /// be kept either, and what comes after it is to fail as well. What they bring is known in
    /// advance.
    fn keeps_nothing(&self) -> bool {
        false
    }

    /// What every other operation of this kind brings in a flood, where what comes after it
    /// fails: nothing of that may be kept.
    fn in_a_flood(&self, _kind: u8) -> Option<Value> {
        None
    }

    /// How a turn that makes the instance is told.
    fn made(&self, numbers: Few) -> String {
        format!("an instance is made with {numbers}")
    }

    /// What a request does, in words: `asks for user 7`.
    fn asks(&self, evidence: &Evidence, request: u32) -> String;

    /// What a begun operation is about, in words: `for user 7`.
    fn about(&self, evidence: &Evidence, operation: u32) -> String;

    /// How an answer with a value is told: `with the row`.
    fn brings(&self, evidence: &Evidence, operation: u32) -> String;

    /// A note, in words, if it is worth a line; made in a poll of a request's own task, if
    /// there is one.
    fn noted(
        &self,
        _evidence: &Evidence,
        _request: Option<u32>,
        _kind: &str,
        _arguments: &[Value],
    ) -> Option<String> {
        None
    }

    /// What this look of a turn saw, in words, if it is worth a line.
    fn seen(&self, _evidence: &Evidence, _look: usize, _value: &Value) -> Option<String> {
        None
    }

    /// Whether something happened in this run that most of what is forbidden takes: without it
    /// nothing speaks against a submission, nor for it.
    fn shows_something(&self, evidence: &Evidence) -> bool {
        evidence.operations().next().is_some()
    }

    /// What is said where no run showed anything: `no fetch ever began`.
    fn showed_nothing(&self) -> String {
        let nouns: Vec<&str> = self.kinds().iter().map(|kind| kind.noun).collect();
        format!("no {} ever began", nouns.join(" or "))
    }

    /// What a request returned, in words: `the row`.
    fn returned(&self, answer: &Returned) -> String;

    /// The nouns for what is awaited, is no operation, and can be told from facts: a `sleep`.
    fn awaits(&self) -> &'static [&'static str] {
        &[]
    }

    /// What is suspended at one of these awaits, as far as facts tell.
    fn suspended(&self, _evidence: &Evidence) -> Vec<Suspended> {
        Vec::new()
    }

    /// The world's own state, which a figure shows beside the lanes.
    fn state(&self, _evidence: &Evidence) -> Vec<String> {
        Vec::new()
    }
}

impl dyn World {
    /// How an operation ends if it is answered now.
    pub fn ending(&self, evidence: &Evidence, operation: u32, outcome: Outcome) -> Ending {
        let kind = evidence.operation(operation).map(|it| it.kind);
        let outcome = kind.map_or(outcome, |kind| self.possible(kind, outcome));
        match outcome {
            Outcome::Value | Outcome::Real => Ending::Ok(self.value(evidence, operation, outcome)),
            Outcome::Error(place) => Ending::Error(self.error_name(place).to_owned(), Vec::new()),
            Outcome::Panic => Ending::Panic,
        }
    }

    /// How an operation of this kind ends that is to end like this. A turn names an operation by
    /// its number, and which one that is may depend on the run's secrets: an error that another
    /// kind has becomes the first one of its own.
    pub fn possible(&self, kind: u8, outcome: Outcome) -> Outcome {
        let errors = self.kind(kind).errors;
        match (outcome, errors.first()) {
            (Outcome::Error(place), Some(first)) if !errors.contains(&place) => {
                Outcome::Error(*first)
            }
            _ => outcome,
        }
    }

    /// Whether it has what this turn names: a replay key may come from another drill.
    pub fn has(&self, turn: &Turn) -> bool {
        match turn.action {
            Action::Start { entry, .. } => usize::from(entry) < self.entries().len(),
            Action::Answer { outcome, .. } => match outcome {
                Outcome::Error(place) => usize::from(place) < self.errors().len(),
                Outcome::Real => self.kinds().iter().any(|kind| kind.blocks),
                Outcome::Value | Outcome::Panic => true,
            },
            _ => true,
        }
    }

    /// The name in the protocol of the error with this index.
    pub fn error_name(&self, place: u8) -> &'static str {
        let error = self.errors().get(usize::from(place));
        error.map_or("unknown", |error| error.name)
    }

    /// The error with this index, in words.
    pub fn error_words(&self, place: u8) -> &'static str {
        let error = self.errors().get(usize::from(place));
        error.map_or("an unknown error", |error| error.words)
    }

    /// The index of an error.
    pub fn error_place(&self, name: &str) -> Option<u8> {
        let place = self.errors().iter().position(|error| error.name == name)?;
        u8::try_from(place).ok()
    }

    /// The index of a kind.
    pub fn kind_place(&self, name: &str) -> Option<u8> {
        let place = self.kinds().iter().position(|kind| kind.name == name)?;
        u8::try_from(place).ok()
    }

    /// The kind with an index taken from evidence.
    pub fn kind(&self, place: u8) -> &'static OperationKind {
        &self.kinds()[usize::from(place)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::ReplayKey;

    fn has(world: &'static dyn World, turn: &str) -> bool {
        let key: ReplayKey = format!("1:x:{turn}").parse().unwrap();
        world.has(&key.turns[0])
    }

    #[test]
    fn a_turn_of_another_drill_is_told_from_its_own() {
        let users: &'static dyn World = &users::Users;
        assert!(
            ["q7", "s7_2", "r1", "e1", "n1", "p1", "x1", "w"].map(|turn| has(users, turn))
                == [true; 8]
        );
        assert!(["u7", "f1", "c1"].map(|turn| has(users, turn)) == [false; 3]);
        assert!(has(&passwords::Passwords, "c1"));
    }
}
