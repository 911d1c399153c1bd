//! A worker says whatever a stranger makes it say: it is understood or refused,
//! and nothing more.

mod any;
mod evidence;

use any::{IDS, SECRET};
use play::evidence::{Evidence, Fact, Returned};
use play::schedule::{Action, Few, Outcome, Turn};
use play::world::World;
use play::world::bank::{Bank, amount, opening, stored};
use play::world::passwords::{Passwords, password};
use play::world::users::{Users, row_name};
use proptest::collection::vec;
use proptest::prelude::*;
use protocol::{Ending, Event, Report, Value};

fn report() -> impl Strategy<Value = Report> {
    let steps = any::world().prop_flat_map(|world| vec(vec(any::event(world), 0..4), 0..4));
    (any::<u64>(), steps).prop_map(|(run, steps)| Report { run, steps })
}

fn line_of(report: &Report) -> Vec<u8> {
    serde_json::to_vec(report).expect("plain data is always JSON")
}

/// Where the nodes of a tree are; of objects alone if so asked.
fn places(tree: &serde_json::Value, objects_only: bool) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), tree)];
    while let Some((at, node)) = open.pop() {
        match node {
            serde_json::Value::Array(list) => {
                open.extend(
                    (0..)
                        .zip(list)
                        .map(|(place, it)| (format!("{at}/{place}"), it)),
                );
            }
            serde_json::Value::Object(map) => {
                // No key of the protocol holds what a pointer would escape.
                open.extend(map.iter().map(|(key, it)| (format!("{at}/{key}"), it)));
            }
            _ => {}
        }
        if node.is_object() || !objects_only {
            found.push(at);
        }
    }
    found
}

/// The same in normal form: defaults left out, every number written in one way.
fn plain(tree: serde_json::Value) -> serde_json::Value {
    match tree {
        serde_json::Value::Array(list) => list.into_iter().map(plain).collect(),
        serde_json::Value::Object(map) => {
            let big = map
                .get("big")
                .and_then(|digits| digits.as_str()?.parse::<i64>().ok());
            if let (1, Some(number)) = (map.len(), big) {
                return number.into();
            }
            let says_nothing = |key: &str, it: &serde_json::Value| match key {
                "call" => it.is_null(),
                "arguments" => it.as_array().is_some_and(Vec::is_empty),
                "off_loop" => it == false,
                _ => false,
            };
            map.into_iter()
                .filter(|(key, it)| !says_nothing(key, it))
                .map(|(key, it)| (key, plain(it)))
                .collect()
        }
        other => other,
    }
}

/// An accepted message is the same when it is written again: no part of it was ignored.
fn refused_or_understood(line: &[u8]) -> Result<(), TestCaseError> {
    let Ok(report) = Report::read(line) else {
        return Ok(());
    };
    let again = line_of(&report);
    let tree = |line: &[u8]| plain(serde_json::from_slice(line).expect("it was accepted"));
    prop_assert_eq!(tree(line), tree(&again));
    prop_assert_eq!(Report::read(&again).expect("we wrote it"), report);
    Ok(())
}

proptest! {
    #[test]
    fn any_bytes_are_a_report_that_says_as_much_or_none(
        report in report(),
        at: prop::sample::Index,
        bytes in vec(any::<u8>(), 0..3),
    ) {
        let mut line = line_of(&report);
        let at = at.index(line.len());
        line.splice(at..at + 1, bytes);
        refused_or_understood(&line)?;
    }

    #[test]
    fn any_json_is_a_report_that_says_as_much_or_none(
        report in report(),
        at: prop::sample::Index,
        leaf in prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(serde_json::Value::from),
            any::<u64>().prop_map(serde_json::Value::from),
            any::<i64>().prop_map(serde_json::Value::from),
            any::<f64>().prop_map(serde_json::Value::from),
            any::<String>().prop_map(serde_json::Value::from),
        ],
    ) {
        let mut tree = serde_json::to_value(&report).expect("plain data is always JSON");
        let places = places(&tree, false);
        *tree.pointer_mut(&places[at.index(places.len())]).expect("it is there") = leaf;
        refused_or_understood(tree.to_string().as_bytes())?;
    }

    #[test]
    fn a_report_with_one_field_more_is_none(report in report(), at: prop::sample::Index) {
        let mut tree = serde_json::to_value(&report).expect("plain data is always JSON");
        let places = places(&tree, true);
        let place = tree.pointer_mut(&places[at.index(places.len())]).expect("it is there");
        place["verdict"] = "passed".into();
        prop_assert!(Report::read(tree.to_string().as_bytes()).is_err(), "{}", tree);
    }

    #[test]
    fn a_report_that_is_cut_short_is_none(report in report(), at: prop::sample::Index) {
        let line = line_of(&report);
        let at = at.index(line.len());
        prop_assert!(Report::read(&line[..at]).is_err(), "{}", at);
    }

    #[test]
    fn what_a_report_says_survives_the_channel(report in report()) {
        let line = line_of(&report);
        prop_assert!(!line.contains(&b'\n'), "a message is one line");
        prop_assert_eq!(Report::read(&line).expect("we wrote it"), report);
    }
}

fn begun(operation: u32, kind: &str, arguments: Vec<Value>, off_loop: bool) -> Event {
    Event::Begun {
        operation,
        kind: kind.to_owned(),
        arguments,
        call: Some(1),
        off_loop,
    }
}

fn fetch(fetch: u32) -> Event {
    begun(fetch, "fetch_user", vec![(IDS + 1).into()], false)
}

fn hash(hash: u32, off_loop: bool) -> Event {
    let password = password(blank(&Passwords).secrets(), 1);
    begun(hash, "hash_password", vec![password.into()], off_loop)
}

fn returned(call: u32, value: Value) -> Event {
    let with = Ending::Ok(value);
    Event::Returned { call, with }
}

fn blank(world: &'static dyn World) -> Evidence {
    Evidence::new(world, IDS, SECRET)
}

/// A run in which request 1 asked about key 1, up to whatever is said next.
fn one_request(world: &'static dyn World, again: bool, said: &[Event]) -> Evidence {
    let mut evidence = blank(world);
    let (entry, numbers) = (0, Few::one(1));
    let start = Action::Start {
        entry,
        numbers,
        again,
    };
    evidence.played(Turn::full(start), &[], said).unwrap();
    evidence
}

/// Why these events are refused.
fn refusal(mut evidence: Evidence, events: &[Event]) -> String {
    let turn = Turn::full(Action::Wait);
    evidence.played(turn, &[], events).unwrap_err().to_string()
}

#[test]
fn what_cannot_have_happened_is_tampering() {
    let refusal = |events: &[Event]| refusal(one_request(&Users, false, &[fetch(1)]), events);
    let failed = |call| Event::Returned {
        call,
        with: Ending::Error("unavailable".to_owned(), Vec::new()),
    };
    let dropped = |operation| Event::Dropped { operation };
    let all = [
        refusal(&[fetch(1)]),
        refusal(&[fetch(3)]),
        refusal(&[fetch(0)]),
        refusal(&[begun(2, "read", vec![(IDS + 1).into()], false)]),
        refusal(&[Event::Delivered { operation: 1 }]),
        refusal(&[Event::Ended { operation: 1 }]),
        refusal(&[dropped(2)]),
        refusal(&[dropped(1), dropped(1)]),
        refusal(&[failed(2)]),
        refusal(&[failed(0)]),
        refusal(&[failed(1), failed(1)]),
        refusal(&[
            failed(1),
            Event::Panicked {
                call: 1,
                message: String::new(),
            },
        ]),
        refusal(&[Event::Again { call: 1 }]),
        refusal(&[Event::Again { call: 2 }]),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn only_a_caller_that_was_to_ask_again_does_so_and_once() {
    let again = Event::Again { call: 2 };
    let failed = |call| Event::Returned {
        call,
        with: Ending::Error("unavailable".to_owned(), Vec::new()),
    };
    let start = || one_request(&Users, true, &[fetch(1)]);
    let twice = refusal(start(), &[failed(1), again.clone(), again.clone()]);
    assert!(twice.ends_with("request 2 was made, but nobody was to make it"));
    let unmade = refusal(start(), &[failed(2)]);
    assert!(unmade.ends_with("request 2 ended, but is not waiting"));
    let mut evidence = start();
    let turn = Turn::full(Action::Wait);
    evidence
        .played(turn, &[], &[failed(1), again, failed(2)])
        .unwrap();
    assert_eq!(evidence.request(2).unwrap().repeats, Some(1));
    assert_eq!(evidence.started(), 1, "the grader started one");
}

#[test]
fn a_hash_that_was_not_answered_cannot_end() {
    let refusal = |events: &[Event]| refusal(one_request(&Passwords, false, &[]), events);
    let ended = |operation| Event::Ended { operation };
    let all = [
        refusal(&[hash(2, true)]),
        refusal(&[hash(1, true), hash(1, true)]),
        refusal(&[ended(1)]),
        refusal(&[hash(1, true), ended(1)]),
        refusal(&[hash(1, false), ended(1), ended(1)]),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

/// How the value that request 1 returns after `turn` is understood.
fn understood(mut evidence: Evidence, turn: Turn, events: &[Event]) -> Returned {
    evidence.played(turn, &[], events).unwrap();
    match evidence.entries().last().map(|entry| &entry.fact) {
        Some(Fact::Returned { answer, .. }) => answer.clone(),
        other => panic!("{other:?}"),
    }
}

const ANSWER: Turn = Turn::full(Action::Answer {
    operation: 1,
    outcome: Outcome::Value,
});

#[test]
fn a_row_that_was_never_given_is_an_invented_one() {
    let start = || one_request(&Users, false, &[fetch(1)]);
    let understood = |turn, events: &[Event]| understood(start(), turn, events);
    let name = row_name(start().secrets(), 1);
    let row = |id: u64, name: &str| returned(1, vec![id.into(), name.to_owned().into()].into());
    let delivered = Event::Delivered { operation: 1 };
    let given = understood(ANSWER, &[delivered.clone(), row(IDS + 1, &name)]);
    assert_eq!(given, Returned::Of { operation: 1 });
    let other_name = understood(ANSWER, &[delivered.clone(), row(IDS + 1, "row 1")]);
    assert_eq!(other_name, Returned::Invented);
    let other_id = understood(ANSWER, &[delivered, row(IDS + 2, &name)]);
    assert_eq!(other_id, Returned::Invented);
    let too_early = understood(Turn::full(Action::Wait), &[row(IDS + 1, &name)]);
    assert_eq!(too_early, Returned::Invented);
}

#[test]
fn a_text_that_no_hash_ended_with_is_an_invented_one() {
    let start = || one_request(&Passwords, false, &[hash(1, true)]);
    let understood = |turn, events: &[Event]| understood(start(), turn, events);
    let secrets = start();
    let text = |hash| {
        let text = play::world::passwords::hash_text(secrets.secrets(), hash);
        returned(1, text.into())
    };
    let ended = Event::Ended { operation: 1 };
    let given = understood(ANSWER, &[ended.clone(), text(1)]);
    assert_eq!(given, Returned::Of { operation: 1 });
    assert_eq!(understood(ANSWER, &[ended, text(2)]), Returned::Invented);
    let too_early = understood(Turn::full(Action::Wait), &[text(1)]);
    assert_eq!(too_early, Returned::Invented);
}

#[test]
fn the_bank_holds_what_was_written_and_answered_and_nothing_else() {
    let blank = blank(&Bank);
    let (before, made) = (opening(&blank, 1), opening(&blank, 1) + amount(&blank, 1));
    let write = |balance: i64| {
        let arguments = vec![(IDS + 1).into(), balance.into()];
        begun(1, "write", arguments, false)
    };
    let after = |turn: Turn, events: &[Event]| {
        let mut evidence = one_request(&Bank, false, &[write(made)]);
        assert_eq!(stored(&evidence, 1), before, "it has only begun");
        evidence.played(turn, &[], events).unwrap();
        stored(&evidence, 1)
    };
    let answer = |outcome| {
        let operation = 1;
        Turn::full(Action::Answer { operation, outcome })
    };
    let hang_up = |happened| {
        Turn::full(Action::HangUp {
            request: 1,
            happened,
        })
    };
    let dropped = Event::Dropped { operation: 1 };
    assert_eq!(after(answer(Outcome::Value), &[]), made);
    assert_eq!(after(answer(Outcome::Error(0)), &[]), before);
    assert_eq!(after(answer(Outcome::Panic), &[]), before);
    assert_eq!(
        after(hang_up(false), std::slice::from_ref(&dropped)),
        before
    );
    assert_eq!(after(hang_up(true), &[dropped]), made);
    // Not when it goes on without its caller.
    assert_eq!(after(hang_up(true), &[]), before);
}
