//! Items that are loaded many at a time: the world of `batch_loader`.
//!
//! An operation is a call for several ids, in order. What an item says is random, another
//! text in each call, so a returned item proves which call brought it. Some ids are
//! unknown, in every call: see [`is_unknown`]. Requests count from the moment in which they
//! are first polled, see [`POLLED`].

use protocol::{Ending, Value};

use super::{ErrorName, OperationKind, World};
use crate::evidence::{Evidence, Operation, OperationState, RequestState, Returned};
use crate::schedule::{Few, Outcome};

/// See the module.
#[derive(Debug)]
pub struct Bulk;

/// What a call notes that is polled for the first time.
pub const POLLED: &str = "polled";

const KINDS: &[OperationKind] = &[OperationKind {
    name: "load",
    noun: "call",
    errors: &[0, 1],
    blocks: false,
}];

const ERRORS: &[ErrorName] = &[
    ErrorName {
        name: "unavailable",
        words: "unavailable",
    },
    ErrorName {
        name: "too_many",
        words: "too many calls",
    },
];

/// How many ids a call may have.
pub fn max_batch(evidence: &Evidence) -> usize {
    evidence.made().at(0) as usize
}

/// The keys of the ids of a call, in order; `None` for an id that nobody asked for.
pub fn keys_of<'e>(
    evidence: &'e Evidence,
    call: &'e Operation,
) -> impl Iterator<Item = Option<u32>> + 'e {
    call.arguments.iter().map(move |id| evidence.known_key(id))
}

/// Whether there is no item under the id of this key: under every fourth.
pub fn is_unknown(evidence: &Evidence, key: u32) -> bool {
    let first = evidence.common().number("unknown", 0, 4) as u32;
    key % 4 == first
}

/// What call `operation` says that the item of this key is.
fn text_in(evidence: &Evidence, operation: u32, key: u32) -> String {
    let letters = evidence
        .secrets()
        .letters(&format!("call {operation} item "), key, 16);
    // Nothing a submission should trim, fold or cut.
    format!(" Noé {letters} ")
}

fn item(evidence: &Evidence, operation: u32, id: &Value) -> Value {
    match evidence.known_key(id) {
        Some(key) if !is_unknown(evidence, key) => {
            let text = text_in(evidence, operation, key);
            Value::List(vec![id.clone(), text.into()])
        }
        _ => Value::Nothing,
    }
}

impl World for Bulk {
    fn name(&self) -> &'static str {
        "bulk"
    }

    fn entries(&self) -> &'static [&'static str] {
        &["load"]
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
        "item"
    }

    fn constructor(&self) -> &'static str {
        "Loader::new"
    }

    fn arguments(&self, evidence: &Evidence, _: u32, _: u8, numbers: Few) -> Vec<Value> {
        vec![evidence.wire_id(numbers.at(0)).into()]
    }

    /// Of the first id.
    fn key_of(&self, evidence: &Evidence, _: u8, arguments: &[Value]) -> Option<u32> {
        evidence.known_key(arguments.first()?)
    }

    fn is_known_in_advance(&self) -> bool {
        false
    }

    fn value(&self, evidence: &Evidence, operation: u32, _: Outcome) -> Value {
        let call = evidence.operation(operation);
        let ids = call.map(|call| call.arguments.as_slice());
        let items = ids
            .unwrap_or_default()
            .iter()
            .map(|id| item(evidence, operation, id));
        Value::List(items.collect())
    }

    fn understand(&self, evidence: &Evidence, request: u32, ending: &Ending) -> Returned {
        let key = evidence.request(request).map(|it| it.key);
        match ending {
            Ending::Ok(Value::List(returned)) if returned.len() > 1 => {
                let [id, Value::Text(text)] = &returned[..] else {
                    return Returned::Invented;
                };
                // Only an item that an answered call brought under this request's id.
                let is_it = |(number, call): &(u32, &Operation)| {
                    evidence.known_key(id) == key
                        && call.outcome == Some(Outcome::Value)
                        && keys_of(evidence, call).any(|it| it.is_some() && it == key)
                        && key.is_some_and(|key| text_in(evidence, *number, key) == *text)
                };
                let brought = evidence.operations().find(is_it);
                brought.map_or(Returned::Invented, |(operation, _)| Returned::Of {
                    operation,
                })
            }
            Ending::Ok(other) => Returned::Plain(other.clone()),
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

    fn usual_numbers(&self) -> Few {
        Few::one(2)
    }

    fn made(&self, numbers: Few) -> String {
        format!("a loader is made with `max_batch` = {numbers}")
    }

    fn asks(&self, evidence: &Evidence, request: u32) -> String {
        let key = evidence.request(request).map_or(0, |it| it.key);
        format!("asks for item {key}")
    }

    fn about(&self, evidence: &Evidence, operation: u32) -> String {
        match evidence.operation(operation) {
            Some(call) => format!("for {}", listed(keys_of(evidence, call))),
            None => String::new(),
        }
    }

    fn brings(&self, evidence: &Evidence, operation: u32) -> String {
        let Some(call) = evidence.operation(operation) else {
            return String::new();
        };
        let keys = keys_of(evidence, call).flatten();
        let unknown: Vec<Option<u32>> = keys
            .filter(|key| is_unknown(evidence, *key))
            .map(Some)
            .collect();
        match &unknown[..] {
            [] => "with what was asked for".to_owned(),
            some => format!(
                "with what was asked for; there is no {}",
                listed(some.iter().copied())
            ),
        }
    }

    fn returned(&self, answer: &Returned) -> String {
        match answer {
            Returned::Of { operation } => format!("the item, as call {operation} brought it"),
            Returned::Plain(Value::Nothing) => "that there is no such item".to_owned(),
            Returned::Error { error, .. } => {
                let world: &dyn World = self;
                format!("the error: {}", world.error_words(*error))
            }
            _ => "something else".to_owned(),
        }
    }

    /// The calls that are out, and which requests are in none.
    fn state(&self, evidence: &Evidence) -> Vec<String> {
        let out = evidence
            .operations()
            .filter(|(_, call)| call.state == OperationState::Live);
        let mut lines: Vec<String> = Vec::new();
        let mut loaded = Vec::new();
        for (number, call) in out {
            loaded.extend(keys_of(evidence, call).flatten());
            let keys = listed(keys_of(evidence, call));
            lines.push(format!("call {number}, which is out: {keys}"));
        }
        let waits = evidence
            .requests()
            .filter(|(_, it)| it.state == RequestState::Waiting && !loaded.contains(&it.key));
        let waiting: Vec<Option<u32>> = waits.map(|(_, it)| Some(it.key)).collect();
        if !waiting.is_empty() {
            lines.push(format!("in no call: {}", listed(waiting.into_iter())));
        }
        lines
    }
}

/// `items 7, 8 and one that nobody asked for`.
fn listed(keys: impl Iterator<Item = Option<u32>>) -> String {
    let mut keys: Vec<Option<u32>> = keys.collect();
    // A call's ids often come out of a map, in an order that is another one each time.
    keys.sort_unstable_by_key(|key| key.unwrap_or(u32::MAX));
    let nobodys = "one that nobody asked for";
    let named = |key: &Option<u32>| key.map_or_else(|| nobodys.to_owned(), |it| it.to_string());
    let keys: Vec<String> = keys.iter().map(named).collect();
    match &keys[..] {
        [] => "no item".to_owned(),
        [one] => format!("item {one}"),
        [all @ .., last] => format!("items {} and {last}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use protocol::Event;

    use super::*;
    use crate::schedule::{Action, Turn};

    #[test]
    fn an_item_says_which_call_brought_it_and_none_proves_nothing() {
        let mut evidence = Evidence::new(&Bulk, 1_000, 7);
        for key in [7, 8, 9] {
            evidence.begin(Turn::full(Action::ask(key)));
        }
        let id = |key: u32| Value::from(evidence.wire_id(key));
        let arguments: Vec<Value> = vec![id(7), id(8), id(9), 5_u64.into()];
        for operation in 1..=2 {
            let begun = Event::Begun {
                operation,
                kind: "load".to_owned(),
                arguments: arguments.clone(),
                call: None,
                off_loop: false,
            };
            evidence.saw(&[begun]).unwrap();
            let outcome = Outcome::Value;
            evidence.begin(Turn::full(Action::Answer { operation, outcome }));
        }
        let known = (7..=9).find(|key| !is_unknown(&evidence, *key)).unwrap();
        let value = Bulk.value(&evidence, 2, Outcome::Value);
        let items = value.list();
        assert_eq!(items.len(), 4);
        assert_eq!(items[3], Value::Nothing);
        for (key, item) in (7..=9).zip(items) {
            assert_eq!(*item == Value::Nothing, is_unknown(&evidence, key));
        }
        let ending = Ending::Ok(items[known as usize - 7].clone());
        for request in 1..=3 {
            let expected = match request + 6 == known {
                true => Returned::Of { operation: 2 },
                false => Returned::Invented,
            };
            assert_eq!(Bulk.understand(&evidence, request, &ending), expected);
        }
    }
}
