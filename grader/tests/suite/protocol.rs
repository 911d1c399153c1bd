//! What a worker says is whatever a stranger makes it say: it is understood or
//! refused, and never more than that.

use grader::drills;
use play::evidence::{Evidence, Fact, FetchState, HashState, RequestState};
use play::schedule::{Action, HashEnding, Outcome, Settle, Turn};
use play::timeline;
use proptest::collection::vec;
use proptest::prelude::*;
use protocol::{Event, Picture, Report, Value};

/// Mostly numbers that are there, sometimes any.
fn number() -> impl Strategy<Value = u32> {
    prop_oneof![9 => 0..4u32, 1 => any::<u32>()]
}

const USERS: u64 = 3_000_000;

fn id() -> impl Strategy<Value = u64> {
    prop_oneof![9 => USERS..USERS + 4, 1 => any::<u64>()]
}

/// The number that everything secret in these runs is made from.
const SECRET: u64 = 5;

/// Mostly what users would give or get, sometimes any.
fn text(secret: fn(u32) -> String) -> impl Strategy<Value = String> {
    prop_oneof![9 => (0..4u32).prop_map(secret), 1 => any::<String>()]
}

fn password(user: u32) -> String {
    Evidence::new(USERS, SECRET).secrets().password(user)
}

fn hash_text(hash: u32) -> String {
    Evidence::new(USERS, SECRET).secrets().hash_text(hash)
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        text(hash_text).prop_map(|text| Value::Hash { text }),
        Just(Value::TooLong),
        (id(), any::<String>()).prop_map(|(id, name)| Value::Row { id, name }),
        id().prop_map(|id| Value::NotFound { id }),
        Just(Value::Unavailable),
        any::<(u64, u64)>().prop_map(|(fetches, elapsed_nanos)| Value::Stampede {
            fetches,
            elapsed_nanos
        }),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (
            number(),
            id(),
            proptest::option::of(number()),
            any::<bool>()
        )
            .prop_map(|(fetch, user, request, off_loop)| Event::FetchBegun {
                fetch,
                user,
                request,
                off_loop,
            }),
        number().prop_map(|fetch| Event::FetchDelivered { fetch }),
        number().prop_map(|fetch| Event::FetchDropped { fetch }),
        (
            number(),
            text(password),
            proptest::option::of(number()),
            any::<bool>()
        )
            .prop_map(|(hash, password, request, on_loop)| Event::HashBegun {
                hash,
                password,
                request,
                on_loop,
            }),
        number().prop_map(|hash| Event::HashEnded { hash }),
        any::<u64>().prop_map(|nonce| Event::Pong { nonce }),
        Just(Event::Watched {
            picture: Picture::default()
        }),
        (number(), value()).prop_map(|(request, value)| Event::Returned { request, value }),
        (number(), any::<String>())
            .prop_map(|(request, message)| Event::Panicked { request, message }),
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
        Just(Outcome::Row),
        Just(Outcome::NotFound),
        Just(Outcome::Unavailable),
        Just(Outcome::Panic)
    ];
    let ending = prop_oneof![
        Just(HashEnding::Done),
        Just(HashEnding::Bcrypt),
        Just(HashEnding::Panic)
    ];
    let action = prop_oneof![
        number().prop_map(|max_parallel| Action::Make { max_parallel }),
        (number(), ending).prop_map(|(hash, ending)| Action::Admit { hash, ending }),
        number().prop_map(|user| Action::Start { user }),
        (number(), outcome).prop_map(|(fetch, outcome)| Action::Answer { fetch, outcome }),
        number().prop_map(|request| Action::HangUp { request }),
        any::<u64>().prop_map(|micros| Action::Pass { micros }),
        Just(Action::Wait),
    ];
    let settle = prop_oneof![Just(Settle::Fully), any::<u32>().prop_map(Settle::Polls)];
    (action, settle).prop_map(|(action, settle)| Turn { action, settle })
}

/// What may be said of hashes. Each begins in its turn, or nothing else could follow.
#[derive(Clone, Debug)]
enum OfHashes {
    Begins { password: String, on_loop: bool },
    Ends { hash: u32 },
}

fn of_hashes() -> impl Strategy<Value = Vec<(Turn, Vec<OfHashes>)>> {
    let event = prop_oneof![
        (text(password), any::<bool>())
            .prop_map(|(password, on_loop)| OfHashes::Begins { password, on_loop }),
        (1..4u32).prop_map(|hash| OfHashes::Ends { hash }),
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
        Just("fetch_begun".to_owned()),
        Just("returned".to_owned()),
        Just("request".to_owned()),
        Just("value".to_owned()),
        Just("row".to_owned()),
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
    let stranded = evidence.stranded();
    assert!(
        stranded
            .iter()
            .all(|number| evidence.waiting().any(|waiting| waiting == *number))
    );
}

proptest! {
    #[test]
    fn any_bytes_are_a_report_or_none(bytes in vec(any::<u8>(), 0..200)) {
        let _ = serde_json::from_slice::<Report>(&bytes);
    }

    #[test]
    fn any_json_is_a_report_or_none(text in json()) {
        let _ = serde_json::from_slice::<Report>(text.as_bytes());
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
        opened in vec(event(), 0..4),
        turns in played(),
    ) {
        let mut evidence = Evidence::new(USERS, SECRET);
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
    fn hashes_begin_are_admitted_and_end_or_it_is_tampering(turns in of_hashes()) {
        let mut evidence = Evidence::new(USERS, SECRET);
        let mut begun = 0;
        for (turn, said) in turns {
            let events: Vec<Event> = said
                .into_iter()
                .map(|said| match said {
                    OfHashes::Begins { password, on_loop } => {
                        begun += 1;
                        Event::HashBegun { hash: begun, password, request: None, on_loop }
                    }
                    OfHashes::Ends { hash } => Event::HashEnded { hash },
                })
                .collect();
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
    for (number, fetch) in evidence.fetches() {
        let begun = count(&|fact| matches!(fact, Fact::Began { fetch, .. } if *fetch == number));
        let answered =
            count(&|fact| matches!(fact, Fact::Answered { fetch, .. } if *fetch == number));
        let delivered =
            count(&|fact| matches!(fact, Fact::Delivered { fetch } if *fetch == number));
        let dropped = count(&|fact| matches!(fact, Fact::Dropped { fetch } if *fetch == number));
        prop_assert_eq!(begun, 1);
        prop_assert!(delivered <= answered && answered <= 1 && delivered + dropped <= 1);
        prop_assert_eq!(delivered, usize::from(fetch.state == FetchState::Delivered));
        prop_assert_eq!(dropped, usize::from(fetch.state == FetchState::Dropped));
    }
    for (number, hash) in evidence.hashes() {
        let begun = count(&|fact| matches!(fact, Fact::Hashing { hash, .. } if *hash == number));
        let on_loop = count(
            &|fact| matches!(fact, Fact::Hashing { hash, on_loop: true, .. } if *hash == number),
        );
        let admitted =
            count(&|fact| matches!(fact, Fact::Admitted { hash, .. } if *hash == number));
        let ended = count(&|fact| matches!(fact, Fact::Hashed { hash } if *hash == number));
        prop_assert_eq!(begun, 1);
        // Held until it is admitted, or never held.
        prop_assert!(ended <= admitted + on_loop && admitted + on_loop <= 1);
        prop_assert_eq!(ended, usize::from(hash.state == HashState::Over));
    }
    Ok(())
}

/// A run in which request 1 asked and fetch 1 began, up to whatever is said next.
fn one_request() -> Evidence {
    let mut evidence = Evidence::new(USERS, SECRET);
    let turn = Turn::full(Action::Start { user: 1 });
    let begun = Event::FetchBegun {
        fetch: 1,
        user: USERS + 1,
        request: Some(1),
        off_loop: false,
    };
    evidence.played(turn, &[], &[begun]).unwrap();
    evidence
}

/// Why an event cannot follow after one request and one fetch.
fn refusal(events: &[Event]) -> String {
    let turn = Turn::full(Action::Wait);
    one_request()
        .played(turn, &[], events)
        .unwrap_err()
        .to_string()
}

#[test]
fn what_cannot_have_happened_is_tampering() {
    let returned = |request| Event::Returned {
        request,
        value: Value::Unavailable,
    };
    let begun = |fetch| Event::FetchBegun {
        fetch,
        user: USERS + 1,
        request: None,
        off_loop: false,
    };
    let all = [
        refusal(&[begun(1)]),
        refusal(&[begun(3)]),
        refusal(&[begun(0)]),
        refusal(&[Event::FetchDelivered { fetch: 1 }]),
        refusal(&[Event::FetchDropped { fetch: 2 }]),
        refusal(&[
            Event::FetchDropped { fetch: 1 },
            Event::FetchDropped { fetch: 1 },
        ]),
        refusal(&[returned(2)]),
        refusal(&[returned(0)]),
        refusal(&[returned(1), returned(1)]),
        refusal(&[
            returned(1),
            Event::Panicked {
                request: 1,
                message: String::new(),
            },
        ]),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_hash_that_nobody_admitted_cannot_end() {
    let begun = |hash| Event::HashBegun {
        hash,
        password: password(1),
        request: Some(1),
        on_loop: false,
    };
    let ended = |hash| Event::HashEnded { hash };
    let on_loop = Event::HashBegun {
        hash: 1,
        password: password(1),
        request: Some(1),
        on_loop: true,
    };
    let all = [
        refusal(&[begun(2)]),
        refusal(&[begun(1), begun(1)]),
        refusal(&[ended(1)]),
        refusal(&[begun(1), ended(1)]),
        refusal(&[on_loop, ended(1), ended(1)]),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_row_that_was_never_given_is_an_invented_one() {
    use play::evidence::Returned;
    let answer = Turn::full(Action::Answer {
        fetch: 1,
        outcome: Outcome::Row,
    });
    let name = one_request().row_name(1);
    let row = |id: u64, name: &str| Event::Returned {
        request: 1,
        value: Value::Row {
            id,
            name: name.to_owned(),
        },
    };
    let delivered = Event::FetchDelivered { fetch: 1 };
    let understood = |turn: Turn, events: &[Event]| {
        let mut evidence = one_request();
        evidence.played(turn, &[], events).unwrap();
        match evidence.entries().last().map(|entry| &entry.fact) {
            Some(Fact::Returned { answer, .. }) => answer.clone(),
            other => panic!("{other:?}"),
        }
    };
    let given = understood(answer, &[delivered.clone(), row(USERS + 1, &name)]);
    assert_eq!(given, Returned::RowOf { fetch: 1 });
    let other_name = understood(answer, &[delivered.clone(), row(USERS + 1, "row 1")]);
    assert_eq!(other_name, Returned::InventedRow);
    let other_id = understood(answer, &[delivered, row(USERS + 2, &name)]);
    assert_eq!(other_id, Returned::InventedRow);
    let too_early = understood(Turn::full(Action::Wait), &[row(USERS + 1, &name)]);
    assert_eq!(too_early, Returned::InventedRow);
}
