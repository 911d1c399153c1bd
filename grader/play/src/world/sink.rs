//! Events that are stored one at a time for each key: the world of `in_order`.
//!
//! An event says which request handed it in, and only the grader can read that. Requests
//! join the line when they are first polled, see [`line()`].

use std::collections::BTreeMap;

use protocol::{Ending, Value};

use super::{ErrorName, OperationKind, World};
use crate::evidence::{Evidence, Fact, Operation, OperationState, RequestState, Returned, Secrets};
use crate::schedule::{Few, Outcome};

/// See the module.
#[derive(Debug)]
pub struct Sink;

/// The note of a call that is polled for the first time.
pub const POLLED: &str = "polled";

/// The most requests in one run: an event's low bits hold its request's number.
const MOST_REQUESTS: u64 = 1 << 20;

const KINDS: &[OperationKind] = &[OperationKind {
    name: "store",
    noun: "store",
    errors: &[0],
    blocks: false,
}];

const ERRORS: &[ErrorName] = &[ErrorName {
    name: "rejected",
    words: "rejected",
}];

/// How many stores may be under way at once.
pub fn max_parallel(evidence: &Evidence) -> usize {
    evidence.made().at(0) as usize
}

/// The requests that were polled, in the order of their first polls.
pub fn line(evidence: &Evidence) -> impl Iterator<Item = u32> {
    evidence
        .entries()
        .iter()
        .filter_map(|entry| match &entry.fact {
            Fact::Noted { kind, request, .. } if kind == POLLED => *request,
            _ => None,
        })
}

/// The request that handed in the event that an operation stores; the first such
/// request, if the caller handed it in again. `None` for an event that nobody handed in.
pub fn handed_in_by(evidence: &Evidence, operation: &Operation) -> Option<u32> {
    let number = operation.arguments.get(1)?.number()?.cast_unsigned();
    let request = u32::try_from(number % MOST_REQUESTS).ok()?;
    let is_it = number == event_number(evidence.common(), request);
    let key = evidence.request(request)?.key;
    (is_it && operation.key == Some(key)).then_some(request)
}

/// The numbers say nothing about order: a later event may have a smaller number.
fn event_number(secrets: &Secrets, request: u32) -> u64 {
    secrets.number("event", request, 1 << 30) * MOST_REQUESTS + u64::from(request)
}

/// The request that first handed in this request's event.
fn first_of(evidence: &Evidence, request: u32) -> u32 {
    let repeated = evidence.request(request).and_then(|it| it.repeats);
    repeated.unwrap_or(request)
}

impl World for Sink {
    fn name(&self) -> &'static str {
        "sink"
    }

    fn entries(&self) -> &'static [&'static str] {
        &["handle"]
    }

    fn kinds(&self) -> &'static [OperationKind] {
        KINDS
    }

    fn errors(&self) -> &'static [ErrorName] {
        ERRORS
    }

    fn key_noun(&self) -> &'static str {
        "key"
    }

    fn constructor(&self) -> &'static str {
        "Processor::new"
    }

    fn arguments(&self, evidence: &Evidence, request: u32, _: u8, numbers: Few) -> Vec<Value> {
        let number = event_number(evidence.common(), request);
        vec![evidence.wire_id(numbers.at(0)).into(), number.into()]
    }

    fn key_of(&self, evidence: &Evidence, _: u8, arguments: &[Value]) -> Option<u32> {
        evidence.known_key(arguments.first()?)
    }

    fn value(&self, _: &Evidence, _: u32, _: Outcome) -> Value {
        Value::Nothing
    }

    fn understand(&self, _: &Evidence, _: u32, ending: &Ending) -> Returned {
        match ending {
            Ending::Ok(value) => Returned::Plain(value.clone()),
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

    /// Requests whose store is over, and requests of a key for which nothing is being
    /// stored although a slot is free.
    fn unserved(&self, evidence: &Evidence) -> Vec<u32> {
        let is_open =
            |it: &Operation| matches!(it.state, OperationState::Live | OperationState::Answered);
        let open = evidence.operations().filter(|(_, it)| is_open(it));
        let own = open.filter(|(number, _)| evidence.is_by_this_instance(*number));
        let keys: Vec<u32> = own.filter_map(|(_, it)| it.key).collect();
        let room = keys.len() < max_parallel(evidence);
        let handed_in = evidence.operations();
        let done: Vec<u32> = handed_in
            .filter(|(_, it)| !is_open(it))
            .filter_map(|(_, it)| handed_in_by(evidence, it))
            .collect();
        let is_unserved = |number: &u32| {
            let key = evidence.request(*number).map_or(0, |it| it.key);
            !keys.contains(&key) && (room || done.contains(number))
        };
        let waiting = evidence.waiting();
        let own = waiting.filter(|number| evidence.is_of_this_instance(*number));
        own.filter(is_unserved).collect()
    }

    fn usual_numbers(&self) -> Few {
        Few::one(2)
    }

    fn keeps_nothing(&self) -> bool {
        true
    }

    fn made(&self, numbers: Few) -> String {
        format!("a processor is made with `max_parallel` = {numbers}")
    }

    fn asks(&self, evidence: &Evidence, request: u32) -> String {
        let key = evidence.request(request).map_or(0, |it| it.key);
        match evidence.request(request).and_then(|it| it.repeats) {
            None => format!("hands in event {request}, of key {key}"),
            Some(first) => format!("hands in event {first} once more"),
        }
    }

    fn about(&self, evidence: &Evidence, operation: u32) -> String {
        let by = evidence
            .operation(operation)
            .and_then(|it| handed_in_by(evidence, it));
        match by {
            Some(event) => format!("of event {event}"),
            None => "of an event that nobody handed in".to_owned(),
        }
    }

    fn brings(&self, _: &Evidence, _: u32) -> String {
        "as done".to_owned()
    }

    fn returned(&self, answer: &Returned) -> String {
        match answer {
            Returned::Plain(_) => "that its event is stored".to_owned(),
            Returned::Error { .. } => "the error: rejected".to_owned(),
            _ => "something else".to_owned(),
        }
    }

    /// For each key, the event being stored and the line behind it.
    fn state(&self, evidence: &Evidence) -> Vec<String> {
        let mut keys: BTreeMap<u32, (Vec<u32>, Vec<u32>)> = BTreeMap::new();
        let mut begun = Vec::new();
        for (_, it) in evidence.operations() {
            let Some(event) = handed_in_by(evidence, it) else {
                continue;
            };
            begun.push(event);
            if let (OperationState::Live, Some(key)) = (it.state, it.key) {
                keys.entry(key).or_default().0.push(event);
            }
        }
        for request in line(evidence) {
            let event = first_of(evidence, request);
            let Some(it) = evidence.request(request) else {
                continue;
            };
            let line = &mut keys.entry(it.key).or_default().1;
            if it.state == RequestState::Waiting && !begun.contains(&event) {
                line.push(event);
            }
        }
        let told = keys.into_iter().map(|(key, (stored, line))| {
            let (stored, line) = (listed(&stored), listed(&line));
            format!("key {key}: {stored} is being stored; in line: {line}")
        });
        told.collect()
    }
}

fn listed(events: &[u32]) -> String {
    match events {
        [] => "nothing".to_owned(),
        events => {
            let events: Vec<String> = events.iter().map(|it| format!("event {it}")).collect();
            events.join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::Event;

    use super::*;
    use crate::schedule::{Action, Turn};

    #[test]
    fn an_event_names_its_request_and_says_nothing_about_order() {
        let mut evidence = Evidence::new(&Sink, 0, 7);
        let mut numbers = Vec::new();
        for request in 1..=20 {
            evidence.begin(Turn::full(Action::ask(8)));
            let arguments = Sink.arguments(&evidence, request, 0, Few::one(8));
            numbers.extend(arguments[1].number());
            let begun = Event::Begun {
                operation: request,
                kind: "store".to_owned(),
                arguments,
                call: None,
                off_loop: false,
            };
            evidence.saw(&[begun]).unwrap();
            let stored = evidence.operation(request).unwrap();
            assert_eq!(handed_in_by(&evidence, stored), Some(request));
        }
        assert!(!numbers.is_sorted());
        assert!(numbers.iter().all(|number| *number < 1 << 53));
        let mut invented = evidence.operation(1).unwrap().clone();
        invented.arguments[1] = (numbers[0] + 1).into();
        assert_eq!(handed_in_by(&evidence, &invented), None);
    }
}
