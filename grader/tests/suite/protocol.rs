//! What a worker says is whatever a stranger makes it say: it is understood or
//! refused, and never more than that.

use grader::drills;
use play::evidence::{Evidence, Fact, OperationState, RequestState, Returned};
use play::schedule::{Action, Few, Outcome, Polled, Settle, Turn};
use play::timeline;
use play::world::World;
use play::world::bank::Bank;
use play::world::passwords::{self, Passwords};
use play::world::users::{Users, row_name};
use proptest::collection::vec;
use proptest::prelude::*;
use protocol::{Ending, Event, Picture, Report, Value};

/// Every world, as any of them may be told anything.
const WORLDS: [&dyn World; 3] = [&Users, &Passwords, &Bank];

fn world() -> impl Strategy<Value = &'static dyn World> {
    (0..WORLDS.len()).prop_map(|place| WORLDS[place])
}

/// Mostly numbers that are there, sometimes any.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![9 => 0..4u32, 1 => any::<u32>()]
}

const USERS: u64 = 3_000_000;

/// The number that everything secret in these runs is made from.
const SECRET: u64 = 5;

fn blank(world: &'static dyn World) -> Evidence {
    Evidence::new(world, USERS, SECRET)
}

/// Mostly what users would give or get, sometimes any.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (0..4u32).prop_map(password),
        3 => (0..4u32).prop_map(hash_text),
        3 => (0..4u32).prop_map(|fetch| row_name(blank(&Users).secrets(), fetch)),
        1 => any::<String>(),
    ]
}

fn password(user: u32) -> String {
    passwords::password(blank(&Passwords).secrets(), user)
}

fn hash_text(hash: u32) -> String {
    passwords::hash_text(blank(&Passwords).secrets(), hash)
}

fn value() -> impl Strategy<Value = Value> {
    let id = (USERS as i64..USERS as i64 + 4).prop_map(Value::Number);
    let leaf = prop_oneof![
        4 => id,
        1 => any::<i64>().prop_map(Value::Number),
        4 => text().prop_map(Value::Text),
        1 => Just(Value::Nothing),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| vec(inner, 0..4).prop_map(Value::List))
}

fn kind() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("fetch_user".to_owned()),
        4 => Just("hash_password".to_owned()),
        2 => Just("read".to_owned()),
        2 => Just("write".to_owned()),
        1 => any::<String>(),
    ]
}

fn ending() -> impl Strategy<Value = Ending> {
    let name = prop_oneof![
        Just("unavailable".to_owned()),
        Just("not_found".to_owned()),
        Just("too_long".to_owned()),
        any::<String>(),
    ];
    prop_oneof![
        value().prop_map(Ending::Ok),
        (name, vec(value(), 0..3)).prop_map(|(name, with)| Ending::Error(name, with)),
        Just(Ending::Panic),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let call = || proptest::option::of(number());
    prop_oneof![
        (number(), kind(), vec(value(), 0..3), call(), any::<bool>()).prop_map(
            |(operation, kind, arguments, call, off_loop)| Event::Begun {
                operation,
                kind,
                arguments,
                call,
                off_loop,
            }
        ),
        number().prop_map(|operation| Event::Delivered { operation }),
        number().prop_map(|operation| Event::Dropped { operation }),
        number().prop_map(|operation| Event::Ended { operation }),
        (kind(), vec(value(), 0..3), call()).prop_map(|(kind, arguments, call)| Event::Noted {
            kind,
            arguments,
            call
        }),
        value().prop_map(|value| Event::Seen { value }),
        number().prop_map(|call| Event::Again { call }),
        any::<u64>().prop_map(|nonce| Event::Pong { nonce }),
        Just(Event::Watched {
            picture: Picture::default()
        }),
        (number(), ending()).prop_map(|(call, with)| Event::Returned { call, with }),
        (number(), any::<String>()).prop_map(|(call, message)| Event::Panicked { call, message }),
        any::<String>().prop_map(|message| Event::Broke { message }),
        any::<(u32, u32, bool)>().prop_map(|(polls, of_calls, idle)| Event::Settled {
            polls,
            of_calls,
            idle
        }),
        any::<u64>().prop_map(|micros| Event::Clock { micros }),
        any::<u64>().prop_map(|bytes| Event::Holds { bytes }),
    ]
}

fn turn() -> impl Strategy<Value = Turn> {
    let outcome = prop_oneof![
        Just(Outcome::Value),
        Just(Outcome::Real),
        (0..3u8).prop_map(Outcome::Error),
        Just(Outcome::Panic)
    ];
    let few = || vec(number(), 1..4).prop_map(|numbers| Few::of(&numbers));
    let polled = prop_oneof![Just(Polled::ByNewWakers), Just(Polled::Joined)];
    let action = prop_oneof![
        few().prop_map(|numbers| Action::Make { numbers }),
        polled.prop_map(|polled| Action::Poll { polled }),
        (0..2u8, few(), any::<bool>()).prop_map(|(entry, numbers, again)| Action::Start {
            entry,
            numbers,
            again
        }),
        (number(), outcome).prop_map(|(operation, outcome)| Action::Answer { operation, outcome }),
        (number(), any::<bool>())
            .prop_map(|(request, happened)| Action::HangUp { request, happened }),
        any::<u64>().prop_map(|micros| Action::Pass { micros }),
        any::<u64>().prop_map(|micros| Action::Block { micros }),
        Just(Action::Discard),
        Just(Action::Wait),
    ];
    let settle = prop_oneof![Just(Settle::Fully), any::<u32>().prop_map(Settle::Polls)];
    (action, settle).prop_map(|(action, settle)| Turn { action, settle })
}

/// What may be said of operations. Each begins in its turn, or nothing else could follow.
#[derive(Clone, Debug)]
enum OfOperations {
    Begins {
        kind: u8,
        argument: Value,
        off_loop: bool,
    },
    Ends {
        operation: u32,
        how: u8,
    },
}

fn of_operations() -> impl Strategy<Value = Vec<(Turn, Vec<OfOperations>)>> {
    let event = prop_oneof![
        (0..2u8, value(), any::<bool>()).prop_map(|(kind, argument, off_loop)| {
            OfOperations::Begins {
                kind,
                argument,
                off_loop,
            }
        }),
        (1..4u32, 0..3u8).prop_map(|(operation, how)| OfOperations::Ends { operation, how }),
    ];
    vec((turn(), vec(event, 0..3)), 0..12)
}

/// One turn with what was said of it.
type Played = (Turn, Vec<Event>, Vec<Event>);

fn played() -> impl Strategy<Value = Vec<Played>> {
    vec((turn(), vec(event(), 0..3), vec(event(), 0..6)), 0..12)
}

/// JSON of the protocol's shape, with names and numbers that may be any.
fn json() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("settled".to_owned()),
        Just("run".to_owned()),
        Just("steps".to_owned()),
        Just("begun".to_owned()),
        Just("returned".to_owned()),
        Just("call".to_owned()),
        Just("with".to_owned()),
        Just("ok".to_owned()),
        any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        word.clone().prop_map(serde_json::Value::from),
    ];
    let tree = leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            vec((word.clone(), inner), 0..6)
                .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
        ]
    });
    tree.prop_map(|tree| tree.to_string())
}

/// Everything the grader does with evidence, whatever it holds.
fn judge(evidence: &Evidence) {
    for drill in drills::ALL {
        let violations = drill.rules().judge(evidence);
        for violation in violations.iter().map(Some).chain([None]) {
            timeline::tell(evidence, violation);
            if let Some(violation) = violation {
                timeline::tell(&evidence.up_to(violation.turn), Some(violation));
            }
        }
    }
    let unserved = evidence.unserved();
    assert!(
        unserved
            .iter()
            .all(|number| evidence.waiting().any(|waiting| waiting == *number))
    );
}

/// A line that is a report says it again in the same words, however it was spelt.
fn says_the_same(line: &[u8]) -> Result<bool, TestCaseError> {
    let Ok(report) = Report::read(line) else {
        return Ok(false);
    };
    let again = serde_json::to_vec(&report).unwrap();
    prop_assert_eq!(Report::read(&again).unwrap(), report);
    Ok(true)
}

proptest! {
    #[test]
    fn any_bytes_are_a_report_or_refused(bytes in vec(any::<u8>(), 0..200)) {
        let is_json = serde_json::from_slice::<serde_json::Value>(&bytes).is_ok();
        prop_assert!(!says_the_same(&bytes)? || is_json, "what is no JSON is no report");
    }

    #[test]
    fn any_json_is_a_report_or_refused(text in json()) {
        let tree: serde_json::Value = serde_json::from_str(&text).unwrap();
        let is_report = tree.get("run").is_some() && tree.get("steps").is_some();
        prop_assert!(!says_the_same(text.as_bytes())? || is_report, "{text}");
    }

    #[test]
    fn what_a_report_says_survives_the_channel(run: u64, steps in vec(vec(event(), 0..4), 0..4)) {
        let report = Report { run, steps };
        let line = serde_json::to_string(&report).unwrap();
        prop_assert!(!line.contains('\n'), "a message is one line");
        prop_assert_eq!(serde_json::from_str::<Report>(&line).unwrap(), report);
    }

    #[test]
    fn any_events_are_evidence_or_tampering(
        world in world(),
        opened in vec(event(), 0..4),
        turns in played(),
    ) {
        let mut evidence = blank(world);
        let mut refused = evidence.opened(&opened).is_err();
        for (turn, action, settle) in turns {
            if refused {
                break;
            }
            refused = evidence.played(turn, &action, &settle).is_err();
        }
        judge(&evidence);
        adds_up(&evidence)?;
    }

    #[test]
    fn operations_begin_are_answered_and_end_or_it_is_tampering(
        world in world(),
        turns in of_operations(),
    ) {
        let mut evidence = blank(world);
        let mut begun = 0;
        for (turn, said) in turns {
            let event = |said| match said {
                OfOperations::Begins { kind, argument, off_loop } => {
                    begun += 1;
                    let kinds = world.kinds();
                    Event::Begun {
                        operation: begun,
                        kind: kinds[usize::from(kind) % kinds.len()].name.to_owned(),
                        arguments: vec![argument],
                        call: None,
                        off_loop,
                    }
                }
                OfOperations::Ends { operation, how: 0 } => Event::Delivered { operation },
                OfOperations::Ends { operation, how: 1 } => Event::Dropped { operation },
                OfOperations::Ends { operation, .. } => Event::Ended { operation },
            };
            let events: Vec<Event> = said.into_iter().map(event).collect();
            if evidence.played(turn, &[], &events).is_err() {
                break;
            }
        }
        judge(&evidence);
        adds_up(&evidence)?;
    }
}

/// What holds of evidence that was accepted, counted once more from its entries.
fn adds_up(evidence: &Evidence) -> Result<(), TestCaseError> {
    let count = |is: &dyn Fn(&Fact) -> bool| {
        evidence
            .entries()
            .iter()
            .filter(|entry| is(&entry.fact))
            .count()
    };
    for (number, request) in evidence.requests() {
        let ends = count(&|fact| match fact {
            Fact::Returned { request, .. }
            | Fact::Panicked { request, .. }
            | Fact::HungUp { request } => *request == number,
            _ => false,
        });
        prop_assert_eq!(ends, usize::from(request.state != RequestState::Waiting));
    }
    for (number, it) in evidence.operations() {
        let of = |wanted: fn(&Fact) -> Option<u32>| count(&|fact| wanted(fact) == Some(number));
        let begun = of(|fact| match fact {
            Fact::Began { operation } => Some(*operation),
            _ => None,
        });
        let answered = of(|fact| match fact {
            Fact::Answered { operation, .. } => Some(*operation),
            _ => None,
        });
        let delivered = of(|fact| match fact {
            Fact::Delivered { operation } => Some(*operation),
            _ => None,
        });
        let dropped = of(|fact| match fact {
            Fact::Dropped { operation } => Some(*operation),
            _ => None,
        });
        // Held until it is answered, or never held.
        let blocks = evidence.world().kind(it.kind).blocks;
        let never_held = usize::from(blocks && !it.off_loop);
        prop_assert_eq!(begun, 1);
        prop_assert!(answered + never_held <= 1);
        prop_assert!(delivered <= answered + never_held && delivered + dropped <= 1);
        prop_assert_eq!(delivered, usize::from(it.state == OperationState::Over));
        prop_assert_eq!(dropped, usize::from(it.state == OperationState::Dropped));
    }
    Ok(())
}

/// A run in which request 1 asked and fetch 1 began, up to whatever is said next.
fn one_request() -> Evidence {
    let mut evidence = blank(&Users);
    let turn = Turn::full(Action::ask(1));
    evidence
        .played(turn, &[], &[fetch_begun(1, Some(1))])
        .unwrap();
    evidence
}

fn fetch_begun(operation: u32, call: Option<u32>) -> Event {
    Event::Begun {
        operation,
        kind: "fetch_user".to_owned(),
        arguments: vec![Value::from(USERS + 1)],
        call,
        off_loop: false,
    }
}

/// Why an event cannot follow in a run.
fn refusal_of(mut evidence: Evidence, events: &[Event]) -> String {
    let turn = Turn::full(Action::Wait);
    evidence.played(turn, &[], events).unwrap_err().to_string()
}

/// Why an event cannot follow after one request and one fetch.
fn refusal(events: &[Event]) -> String {
    refusal_of(one_request(), events)
}

#[test]
fn what_cannot_have_happened_is_tampering() {
    let returned = |call| Event::Returned {
        call,
        with: Ending::Error("unavailable".to_owned(), Vec::new()),
    };
    let begun = |operation| fetch_begun(operation, None);
    let all = [
        refusal(&[begun(1)]),
        refusal(&[begun(3)]),
        refusal(&[begun(0)]),
        refusal(&[Event::Delivered { operation: 1 }]),
        refusal(&[Event::Dropped { operation: 2 }]),
        refusal(&[
            Event::Dropped { operation: 1 },
            Event::Dropped { operation: 1 },
        ]),
        refusal(&[returned(2)]),
        refusal(&[returned(0)]),
        refusal(&[returned(1), returned(1)]),
        refusal(&[
            returned(1),
            Event::Panicked {
                call: 1,
                message: String::new(),
            },
        ]),
        refusal(&[Event::Again { call: 2 }]),
        refusal(&[Event::Begun {
            operation: 2,
            kind: "hash_password".to_owned(),
            arguments: Vec::new(),
            call: None,
            off_loop: true,
        }]),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_hash_that_nobody_let_go_on_cannot_end() {
    let begun = |operation, off_loop| Event::Begun {
        operation,
        kind: "hash_password".to_owned(),
        arguments: vec![Value::Text(password(1))],
        call: Some(1),
        off_loop,
    };
    let ended = |operation| Event::Ended { operation };
    let refusal = |events: &[Event]| refusal_of(blank(&Passwords), events);
    let all = [
        refusal(&[begun(2, true)]),
        refusal(&[begun(1, true), begun(1, true)]),
        refusal(&[ended(1)]),
        refusal(&[begun(1, true), ended(1)]),
        refusal(&[begun(1, false), ended(1), ended(1)]),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_row_that_was_never_given_is_an_invented_one() {
    let answer = Turn::full(Action::Answer {
        operation: 1,
        outcome: Outcome::Value,
    });
    let name = row_name(one_request().secrets(), 1);
    let row = |id: u64, name: &str| Event::Returned {
        call: 1,
        with: Ending::Ok(Value::List(vec![id.into(), name.to_owned().into()])),
    };
    let delivered = Event::Delivered { operation: 1 };
    let understood = |turn: Turn, events: &[Event]| {
        let mut evidence = one_request();
        evidence.played(turn, &[], events).unwrap();
        match evidence.entries().last().map(|entry| &entry.fact) {
            Some(Fact::Returned { answer, .. }) => answer.clone(),
            other => panic!("{other:?}"),
        }
    };
    let given = understood(answer, &[delivered.clone(), row(USERS + 1, &name)]);
    assert_eq!(given, Returned::Of { operation: 1 });
    let other_name = understood(answer, &[delivered.clone(), row(USERS + 1, "row 1")]);
    assert_eq!(other_name, Returned::Invented);
    let other_id = understood(answer, &[delivered, row(USERS + 2, &name)]);
    assert_eq!(other_id, Returned::Invented);
    let too_early = understood(Turn::full(Action::Wait), &[row(USERS + 1, &name)]);
    assert_eq!(too_early, Returned::Invented);
}
