//! A server that is asked over connections, a few at most: the world of `connection_pool`.
//!
//! A connect brings a connection of its own number. An ask brings the next answer that its
//! connection has to bring, which is another question's after one was left halfway. Answers
//! are random, so that what a request returns says which ask it came from.

use std::collections::{BTreeMap, VecDeque};

use protocol::{Ending, Value};

use super::{ErrorName, OperationKind, World};
use crate::evidence::{Evidence, Fact, Operation, OperationState, Returned, Secrets};
use crate::schedule::{Few, Outcome};
use crate::text::count;

/// See the module.
#[derive(Debug)]
pub struct Server;

/// The places of the kinds.
pub const CONNECT: u8 = 0;
/// See [`CONNECT`].
pub const ASK: u8 = 1;

/// The places of the errors.
pub const REFUSED: u8 = 0;
/// See [`REFUSED`].
pub const BROKEN: u8 = 1;

/// What a call notes that is polled for the first time.
pub const POLLED: &str = "polled";

/// What a connection notes that is dropped.
pub const CLOSED: &str = "closed";

/// As many connections as a run may have that does not say how many.
const USUAL_MAX: u32 = 2;

/// Requests and operations of one run, at most: their numbers stand in the low bits of
/// questions and answers.
const MOST: u64 = 1 << 20;

const KINDS: &[OperationKind] = &[
    OperationKind {
        name: "connect",
        noun: "connect",
        errors: &[REFUSED],
        blocks: false,
    },
    OperationKind {
        name: "ask",
        noun: "ask",
        errors: &[BROKEN],
        blocks: false,
    },
];

const ERRORS: &[ErrorName] = &[
    ErrorName {
        name: "refused",
        words: "refused",
    },
    ErrorName {
        name: "broken",
        words: "broken",
    },
];

/// How many connections may be open at once.
pub fn max_connections(evidence: &Evidence) -> usize {
    evidence.made().at(0) as usize
}

/// The connection an ask goes over.
pub fn connection_of(operation: &Operation) -> Option<u32> {
    number_at(&operation.arguments, 0)
}

/// The connection that a note is about.
pub fn connection_noted(arguments: &[Value]) -> Option<u32> {
    number_at(arguments, 0)
}

fn number_at(arguments: &[Value], place: usize) -> Option<u32> {
    u32::try_from(arguments.get(place)?.number()?).ok()
}

/// The request whose question an ask asks; the first one, where its caller asks again.
/// `None` for a question that nobody has.
pub fn asked_by(evidence: &Evidence, operation: &Operation) -> Option<u32> {
    questioner(evidence, &operation.arguments)
}

fn questioner(evidence: &Evidence, arguments: &[Value]) -> Option<u32> {
    let number = arguments.get(1)?.number()?.cast_unsigned();
    let request = u32::try_from(number % MOST).ok()?;
    let is_it = number == question(evidence.secrets(), request);
    (is_it && evidence.request(request).is_some()).then_some(request)
}

fn question(secrets: &Secrets, request: u32) -> u64 {
    secrets.number("question", request, 1 << 30) * MOST + u64::from(request)
}

fn answer(secrets: &Secrets, operation: u32) -> u64 {
    secrets.number("answer", operation, 1 << 30) * MOST + u64::from(operation)
}

/// The asks whose answers a connection has still to bring, in order.
fn coming(evidence: &Evidence, connection: u32) -> VecDeque<u32> {
    let mut coming = VecDeque::new();
    for entry in evidence.entries() {
        let is_of_it = |operation: u32| {
            evidence
                .operation(operation)
                .is_some_and(|it| it.kind == ASK && connection_of(it) == Some(connection))
        };
        match entry.fact {
            Fact::Began { operation } if is_of_it(operation) => coming.push_back(operation),
            Fact::Delivered { operation } if is_of_it(operation) => {
                let outcome = evidence.operation(operation).and_then(|it| it.outcome);
                match outcome.is_some_and(Outcome::is_value) {
                    true => drop(coming.pop_front()),
                    // Such a question was not asked at all.
                    false => coming.retain(|it| *it != operation),
                }
            }
            _ => {}
        }
    }
    coming
}

/// How a connection stands, as a figure shows it.
#[derive(Clone, Copy)]
enum Shown {
    Opening,
    Idle,
    Asked(u32),
    Halfway(u32),
    Broken,
    Closed,
}

/// The connections of the run so far. One that was not opened is left out.
fn connections(evidence: &Evidence) -> BTreeMap<u32, Shown> {
    let mut all = BTreeMap::new();
    for entry in evidence.entries() {
        match &entry.fact {
            Fact::Began { operation } => {
                let Some(it) = evidence.operation(*operation) else {
                    continue;
                };
                match (it.kind, connection_of(it)) {
                    (CONNECT, _) => drop(all.insert(*operation, Shown::Opening)),
                    (_, Some(connection)) => {
                        let by = asked_by(evidence, it).unwrap_or(0);
                        all.insert(connection, Shown::Asked(by));
                    }
                    _ => {}
                }
            }
            Fact::Delivered { operation } | Fact::Dropped { operation } => {
                let Some(it) = evidence.operation(*operation) else {
                    continue;
                };
                let dropped = matches!(entry.fact, Fact::Dropped { .. });
                let brought = !dropped && it.outcome.is_some_and(Outcome::is_value);
                match (it.kind, connection_of(it)) {
                    (CONNECT, _) if brought => drop(all.insert(*operation, Shown::Idle)),
                    (CONNECT, _) => drop(all.remove(operation)),
                    (_, Some(connection)) => {
                        let by = asked_by(evidence, it).unwrap_or(0);
                        let shown = match (brought, dropped) {
                            (true, _) => Shown::Idle,
                            (false, true) => Shown::Halfway(by),
                            (false, false) => Shown::Broken,
                        };
                        all.insert(connection, shown);
                    }
                    _ => {}
                }
            }
            Fact::Noted {
                kind, arguments, ..
            } if kind == CLOSED => {
                let known = connection_noted(arguments).and_then(|it| all.get_mut(&it));
                if let Some(shown) = known {
                    *shown = Shown::Closed;
                }
            }
            _ => {}
        }
    }
    all
}

impl World for Server {
    fn name(&self) -> &'static str {
        "server"
    }

    fn entries(&self) -> &'static [&'static str] {
        &["ask"]
    }

    fn kinds(&self) -> &'static [OperationKind] {
        KINDS
    }

    fn errors(&self) -> &'static [ErrorName] {
        ERRORS
    }

    fn key_noun(&self) -> &'static str {
        "server"
    }

    fn constructor(&self) -> &'static str {
        "Pool::new"
    }

    fn arguments(&self, evidence: &Evidence, request: u32, _: u8, _: Few) -> Vec<Value> {
        vec![question(evidence.secrets(), request).into()]
    }

    fn key_of(&self, evidence: &Evidence, kind: u8, arguments: &[Value]) -> Option<u32> {
        match kind {
            // All requests of a run ask the same server.
            CONNECT => evidence.requests().next().map(|(_, it)| it.key),
            _ => evidence
                .request(questioner(evidence, arguments)?)
                .map(|it| it.key),
        }
    }

    /// The next answer of a connection depends on what was left halfway on it.
    fn is_known_in_advance(&self) -> bool {
        false
    }

    fn value(&self, evidence: &Evidence, operation: u32, _: Outcome) -> Value {
        let asked = evidence.operation(operation).filter(|it| it.kind == ASK);
        match asked.and_then(connection_of) {
            Some(connection) => {
                let next = coming(evidence, connection).pop_front();
                answer(evidence.secrets(), next.unwrap_or(operation)).into()
            }
            None => u64::from(operation).into(),
        }
    }

    fn understand(&self, evidence: &Evidence, _: u32, ending: &Ending) -> Returned {
        match ending {
            Ending::Ok(value) => {
                let number = value.number().map_or(0, i64::cast_unsigned);
                let operation = u32::try_from(number % MOST).unwrap_or(0);
                let is_it = number == answer(evidence.secrets(), operation)
                    && evidence.operation(operation).is_some();
                match is_it {
                    true => Returned::Of { operation },
                    false => Returned::Invented,
                }
            }
            Ending::Error(name, _) => {
                let world: &dyn World = self;
                let place = world.error_place(name);
                place.map_or(Returned::Invented, |error| Returned::Error {
                    error,
                    own: true,
                })
            }
            Ending::Panic => Returned::Invented,
        }
    }

    /// All of them where nothing is under way, and those whose answer was received.
    fn unserved(&self, evidence: &Evidence) -> Vec<u32> {
        let is_open =
            |it: &Operation| matches!(it.state, OperationState::Live | OperationState::Answered);
        let is_own = |number: &u32| evidence.is_of_this_instance(*number);
        let mut open = evidence.operations().filter(|(_, it)| is_open(it));
        if !open.any(|(number, _)| evidence.is_by_this_instance(number)) {
            return evidence.waiting().filter(is_own).collect();
        }
        let over = evidence.operations().filter(|(_, it)| {
            let brought = it.outcome.is_some_and(Outcome::is_value);
            it.kind == ASK && it.state == OperationState::Over && brought
        });
        let answered: Vec<u32> = over.filter_map(|(_, it)| asked_by(evidence, it)).collect();
        let first = |number: u32| {
            let repeats = evidence.request(number).and_then(|it| it.repeats);
            repeats.unwrap_or(number)
        };
        let waiting = evidence.waiting();
        waiting
            .filter(|number| answered.contains(&first(*number)))
            .collect()
    }

    /// A connect and an ask, and each once more where a connection broke.
    fn calls_for(&self, _: &crate::evidence::Request) -> usize {
        2
    }

    fn usual_numbers(&self) -> Few {
        Few::one(USUAL_MAX)
    }

    fn keeps_nothing(&self) -> bool {
        true
    }

    fn made(&self, numbers: Few) -> String {
        let connections = count(numbers.at(0) as usize, "connection", "connections");
        format!("a pool is made, for {connections} at most")
    }

    fn asks(&self, evidence: &Evidence, request: u32) -> String {
        match evidence.request(request).and_then(|it| it.repeats) {
            None => format!("asks question {request}"),
            Some(first) => format!("asks question {first} once more"),
        }
    }

    fn about(&self, evidence: &Evidence, operation: u32) -> String {
        let Some(it) = evidence.operation(operation) else {
            return String::new();
        };
        match (it.kind, connection_of(it)) {
            (ASK, Some(connection)) => match asked_by(evidence, it) {
                Some(by) => format!("with question {by}, over connection {connection}"),
                None => format!("with a question that nobody has, over connection {connection}"),
            },
            _ => format!("to open connection {operation}"),
        }
    }

    fn brings(&self, evidence: &Evidence, operation: u32) -> String {
        let asked = evidence.operation(operation).filter(|it| it.kind == ASK);
        let Some(connection) = asked.and_then(connection_of) else {
            return format!("with connection {operation}");
        };
        // Those before it whose answers were never received.
        let earlier = evidence.operations().take_while(|(it, _)| *it < operation);
        let halfway = earlier.filter(|(_, it)| {
            it.kind == ASK
                && connection_of(it) == Some(connection)
                && it.state == OperationState::Dropped
        });
        match halfway.count() {
            0 => "with its answer".to_owned(),
            _ => "with the answer that this connection had still to bring".to_owned(),
        }
    }

    fn noted(
        &self,
        _: &Evidence,
        _: Option<u32>,
        kind: &str,
        arguments: &[Value],
    ) -> Option<String> {
        let connection = connection_noted(arguments).filter(|_| kind == CLOSED)?;
        Some(format!("connection {connection} is closed"))
    }

    fn returned(&self, answer: &Returned) -> String {
        match answer {
            Returned::Of { operation } => format!("the answer to ask {operation}"),
            Returned::Error { error, .. } => {
                let world: &dyn World = self;
                format!("the error: {}", world.error_words(*error))
            }
            _ => "something else".to_owned(),
        }
    }

    /// The connections, and whose answer is under way on each.
    fn state(&self, evidence: &Evidence) -> Vec<String> {
        let shown = connections(evidence).into_iter();
        let told = shown.map(|(connection, shown)| {
            let how = match shown {
                Shown::Opening => "is being opened".to_owned(),
                Shown::Idle => match coming(evidence, connection).front() {
                    None => "is idle".to_owned(),
                    Some(_) => "is idle, and an old answer is under way on it".to_owned(),
                },
                Shown::Asked(by) => format!("is asked question {by}"),
                Shown::Halfway(by) => {
                    format!("was left halfway: the answer to question {by} is under way")
                }
                Shown::Broken => "is broken".to_owned(),
                Shown::Closed => "is closed".to_owned(),
            };
            format!("connection {connection} {how}")
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use protocol::Event;

    use super::*;
    use crate::schedule::{Action, Turn};

    fn begun(evidence: &mut Evidence, operation: u32, kind: &str, arguments: Vec<Value>) {
        let begun = Event::Begun {
            operation,
            kind: kind.to_owned(),
            arguments,
            call: None,
            off_loop: false,
        };
        evidence.saw(&[begun]).unwrap();
    }

    #[test]
    fn a_connection_left_halfway_brings_the_old_answer_first() {
        let mut evidence = Evidence::new(&Server, 0, 7);
        evidence.begin(Turn::full(Action::ask(7)));
        evidence.begin(Turn::full(Action::ask(7)));
        begun(&mut evidence, 1, "connect", Vec::new());
        let outcome = Outcome::Value;
        let answered = |operation| Turn::full(Action::Answer { operation, outcome });
        assert_eq!(Server.value(&evidence, 1, outcome), 1_u64.into());
        evidence.begin(answered(1));
        evidence.saw(&[Event::Delivered { operation: 1 }]).unwrap();
        let asked = |evidence: &Evidence, request| {
            let question = Server.arguments(evidence, request, 0, Few::one(7));
            vec![1_u64.into(), question[0].clone()]
        };
        let first = asked(&evidence, 1);
        begun(&mut evidence, 2, "ask", first);
        let own = Server.value(&evidence, 2, outcome);
        evidence.saw(&[Event::Dropped { operation: 2 }]).unwrap();
        let second = asked(&evidence, 2);
        begun(&mut evidence, 3, "ask", second);
        assert_eq!(asked_by(&evidence, evidence.operation(3).unwrap()), Some(2));
        let told = Server.value(&evidence, 3, outcome);
        assert_eq!(told, own);
        let ending = Ending::Ok(told);
        let returned = Server.understand(&evidence, 2, &ending);
        assert_eq!(returned, Returned::Of { operation: 2 });
    }
}
