//! Fetching users: the world of `cache_race` and `inflight_fix`.

use protocol::{Ending, Value};

use super::{ErrorName, OperationKind, World};
use crate::evidence::{Evidence, Operation, Request, Returned, Secrets};
use crate::schedule::{Few, Outcome};

/// See the module.
#[derive(Debug)]
pub struct Users;

/// The indexes of the errors.
pub const UNAVAILABLE: u8 = 0;
/// See [`UNAVAILABLE`].
pub const NOT_FOUND: u8 = 1;

/// The entry `stampede`; the first one is `get_user`.
pub const STAMPEDE: u8 = 1;

const KINDS: &[OperationKind] = &[OperationKind {
    name: "fetch_user",
    noun: "fetch",
    errors: &[UNAVAILABLE, NOT_FOUND],
    blocks: false,
}];

const ERRORS: &[ErrorName] = &[
    ErrorName {
        name: "unavailable",
        words: "unavailable",
    },
    ErrorName {
        name: "not_found",
        words: "not found",
    },
];

/// The name of the row that answers fetch `number`.
pub fn row_name(secrets: &Secrets, number: u32) -> String {
    let hash = secrets.digest("", number);
    let hex = hash.iter().take(8).map(|byte| format!("{byte:02X}"));
    // Nothing a submission should trim, fold or cut.
    format!(" Zoë {} ", hex.collect::<String>())
}

impl World for Users {
    fn name(&self) -> &'static str {
        "users"
    }

    fn entries(&self) -> &'static [&'static str] {
        &["get_user", "stampede"]
    }

    fn kinds(&self) -> &'static [OperationKind] {
        KINDS
    }

    fn errors(&self) -> &'static [ErrorName] {
        ERRORS
    }

    fn asks_again_always(&self) -> bool {
        true
    }

    fn key_noun(&self) -> &'static str {
        "user"
    }

    fn constructor(&self) -> &'static str {
        "UserCache::new"
    }

    fn arguments(&self, evidence: &Evidence, _: u32, entry: u8, numbers: Few) -> Vec<Value> {
        let mut arguments = vec![evidence.wire_id(numbers.at(0)).into()];
        if entry == STAMPEDE {
            arguments.push(numbers.at(1).into());
            // Its handle has been used before.
            let before = evidence.secrets().number("fetches before", 0, 1_000);
            arguments.push(before.into());
        }
        arguments
    }

    fn calls_for(&self, request: &Request) -> usize {
        match request.entry {
            STAMPEDE => request.numbers.at(1) as usize,
            _ => 1,
        }
    }

    fn key_of(&self, evidence: &Evidence, _: u8, arguments: &[Value]) -> Option<u32> {
        evidence.known_key(arguments.first()?)
    }

    fn value(&self, evidence: &Evidence, operation: u32, _: Outcome) -> Value {
        row_name(evidence.secrets(), operation).into()
    }

    fn understand(&self, evidence: &Evidence, request: u32, ending: &Ending) -> Returned {
        let user = evidence.request(request).map(|request| request.key);
        match ending {
            Ending::Ok(Value::List(row)) => {
                let [id, Value::Text(name)] = &row[..] else {
                    return Returned::Plain(Value::List(row.clone()));
                };
                // Only a row that an answered fetch brought for this user.
                let is_it = |(number, fetch): &(u32, &Operation)| {
                    fetch.key == user
                        && evidence.known_key(id) == user
                        && fetch.outcome == Some(Outcome::Value)
                        && row_name(evidence.secrets(), *number) == *name
                };
                let given = evidence.operations().find(is_it);
                given.map_or(Returned::Invented, |(operation, _)| Returned::Of {
                    operation,
                })
            }
            Ending::Ok(other) => Returned::Plain(other.clone()),
            Ending::Error(name, with) => {
                let world: &dyn World = self;
                match world.error_place(name) {
                    Some(NOT_FOUND) => Returned::Error {
                        error: NOT_FOUND,
                        own: with
                            .first()
                            .is_some_and(|id| evidence.known_key(id) == user),
                    },
                    Some(error) => Returned::Error { error, own: true },
                    None => Returned::Plain(Value::Nothing),
                }
            }
            Ending::Panic => Returned::Plain(Value::Nothing),
        }
    }

    fn serves_each_key_alone(&self) -> bool {
        true
    }

    /// Waiting requests whose user nobody is fetching.
    fn unserved(&self, evidence: &Evidence) -> Vec<u32> {
        let key = |number: &u32| evidence.request(*number).map(|request| request.key);
        evidence
            .waiting()
            .filter(|number| key(number).is_some_and(|key| !evidence.is_under_way(key)))
            .collect()
    }

    fn asks(&self, evidence: &Evidence, request: u32) -> String {
        let Some(request) = evidence.request(request) else {
            return String::new();
        };
        match request.entry {
            STAMPEDE => format!(
                "is a `stampede` of {} for user {}",
                request.numbers.at(1),
                request.key
            ),
            _ => format!("asks for user {}", request.key),
        }
    }

    fn about(&self, evidence: &Evidence, operation: u32) -> String {
        match evidence.operation(operation).and_then(|fetch| fetch.key) {
            Some(user) => format!("for user {user}"),
            None => "for a user nobody asked for".to_owned(),
        }
    }

    fn brings(&self, _: &Evidence, _: u32) -> String {
        "with the row".to_owned()
    }

    fn returned(&self, answer: &Returned) -> String {
        match answer {
            Returned::Of { .. } => "the row".to_owned(),
            Returned::Invented => "a row that no fetch brought".to_owned(),
            Returned::Error {
                error: NOT_FOUND,
                own: false,
            } => "the error: another user was not found".to_owned(),
            Returned::Error { error, .. } => {
                let world: &dyn World = self;
                format!("the error: {}", world.error_words(*error))
            }
            Returned::Plain(Value::List(report)) => match &report[..] {
                [Value::Number(fetches), Value::Number(nanos)] => {
                    format!("{fetches} fetches and {} µs", nanos / 1000)
                }
                _ => "something else".to_owned(),
            },
            Returned::Plain(_) => "something else".to_owned(),
        }
    }
}
