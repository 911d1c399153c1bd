//! Random reports of a worker and random turns of the grader: mostly what fits a world,
//! sometimes anything.

use play::evidence::{Evidence, Secrets};
use play::schedule::{Action, Few, Outcome, Polled, Settle, Turn};
use play::world::bank::{Bank, amount, opening};
use play::world::passwords::{hash_text, password};
use play::world::users::row_name;
use play::world::{OperationKind, World};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use protocol::{Ending, Event, Picture, Value};

/// The worlds of all drills.
pub(super) fn worlds() -> Vec<&'static dyn World> {
    grader::drills::ALL
        .iter()
        .map(|drill| drill.world())
        .collect()
}

/// Key 1 has this id and 1.
pub(super) const IDS: u64 = 3_000_000;

/// The number from which all secrets of these runs are made.
pub(super) const SECRET: u64 = 5;

pub(super) fn world() -> impl Strategy<Value = &'static dyn World> {
    prop::sample::select(worlds())
}

/// Mostly numbers that exist, sometimes any.
pub(super) fn number() -> impl Strategy<Value = u32> {
    prop_oneof![9 => 0..4u32, 1 => any::<u32>()]
}

/// Any value at all.
pub(super) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Nothing),
        any::<i64>().prop_map(Value::Number),
        (-3..4i64).prop_map(Value::Number),
        any::<String>().prop_map(Value::Text),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| vec(inner, 0..4).prop_map(Value::List))
}

/// An id, a password, a row, a text or a balance: what this world's workers speak of.
fn fitting(world: &'static dyn World) -> BoxedStrategy<Value> {
    let secrets = || Secrets::of(SECRET);
    let id = (0..4u64).prop_map(|key| Value::from(IDS + key));
    match world.name() {
        "users" => {
            let row = (0..4u64, 0..4u32).prop_map(move |(key, fetch)| {
                let name = row_name(&secrets(), fetch);
                Value::List(vec![(IDS + key).into(), name.into()])
            });
            prop_oneof![id, row].boxed()
        }
        "passwords" => prop_oneof![
            (0..4u32).prop_map(move |key| password(&secrets(), key).into()),
            (0..4u32).prop_map(move |hash| hash_text(&secrets(), hash).into()),
        ]
        .boxed(),
        _ => {
            let blank = || Evidence::new(&Bank, IDS, SECRET);
            let balance = (0..4u32, vec(1..5u32, 0..4)).prop_map(move |(account, requests)| {
                let amounts = requests.iter().map(|it| amount(&blank(), *it));
                Value::Number(opening(&blank(), account) + amounts.sum::<i64>())
            });
            prop_oneof![id, balance].boxed()
        }
    }
}

fn mostly_fitting(world: &'static dyn World) -> impl Strategy<Value = Value> {
    prop_oneof![9 => fitting(world), 1 => value()]
}

pub(super) fn arguments(world: &'static dyn World) -> impl Strategy<Value = Vec<Value>> {
    let id = (0..4u64).prop_map(|key| Value::from(IDS + key));
    let known = match world.name() {
        "passwords" => fitting(world),
        _ => id.boxed(),
    };
    let proper = (known, mostly_fitting(world)).prop_map(|(first, second)| vec![first, second]);
    prop_oneof![9 => proper, 1 => vec(mostly_fitting(world), 0..4)]
}

pub(super) fn kind(world: &'static dyn World) -> impl Strategy<Value = String> {
    let name = |kind: &OperationKind| kind.name.to_owned();
    let mut names: Vec<String> = world.kinds().iter().map(name).collect();
    names.push("nothing".to_owned());
    prop_oneof![9 => prop::sample::select(names), 1 => any::<String>()]
}

fn ending(world: &'static dyn World) -> impl Strategy<Value = Ending> {
    let mut names: Vec<String> = world.errors().iter().map(|it| it.name.to_owned()).collect();
    names.push("nothing".to_owned());
    let name = prop_oneof![9 => prop::sample::select(names), 1 => any::<String>()];
    prop_oneof![
        6 => mostly_fitting(world).prop_map(Ending::Ok),
        3 => (name, vec(mostly_fitting(world), 0..2))
            .prop_map(|(name, with)| Ending::Error(name, with)),
        1 => Just(Ending::Panic),
    ]
}

fn begun(world: &'static dyn World) -> impl Strategy<Value = Event> {
    let all = (
        number(),
        kind(world),
        arguments(world),
        option::of(number()),
        any::<bool>(),
    );
    all.prop_map(
        |(operation, kind, arguments, call, off_loop)| Event::Begun {
            operation,
            kind,
            arguments,
            call,
            off_loop,
        },
    )
}

/// Every kind of event.
pub(super) fn event(world: &'static dyn World) -> impl Strategy<Value = Event> {
    let noted = (kind(world), arguments(world), option::of(number()));
    prop_oneof![
        3 => begun(world),
        1 => number().prop_map(|operation| Event::Delivered { operation }),
        1 => number().prop_map(|operation| Event::Dropped { operation }),
        1 => number().prop_map(|operation| Event::Ended { operation }),
        1 => noted.prop_map(|(kind, arguments, call)| Event::Noted { kind, arguments, call }),
        1 => any::<u64>().prop_map(|nonce| Event::Pong { nonce }),
        1 => mostly_fitting(world).prop_map(|value| Event::Seen { value }),
        1 => number().prop_map(|call| Event::Again { call }),
        2 => (number(), ending(world)).prop_map(|(call, with)| Event::Returned { call, with }),
        1 => (number(), any::<String>())
            .prop_map(|(call, message)| Event::Panicked { call, message }),
        1 => any::<String>().prop_map(|message| Event::Broke { message }),
        1 => any::<(u32, u32, bool)>()
            .prop_map(|(polls, of_calls, idle)| Event::Settled { polls, of_calls, idle }),
        1 => any::<u64>().prop_map(|micros| Event::Clock { micros }),
        1 => any::<u64>().prop_map(|bytes| Event::Holds { bytes }),
        1 => Just(Event::Watched { picture: Picture::default() }),
    ]
}

/// Every kind of turn, those included that a key can hold and no check plays.
pub(super) fn turn() -> impl Strategy<Value = Turn> {
    let outcome = prop_oneof![
        4 => Just(Outcome::Value),
        1 => Just(Outcome::Real),
        2 => (0..4u8).prop_map(Outcome::Error),
        1 => Just(Outcome::Panic),
    ];
    let polled = prop::sample::select(vec![
        Polled::Alone,
        Polled::ByNewWakers,
        Polled::Joined,
        Polled::InOneGo,
    ]);
    let few = || vec(number(), 1..4).prop_map(|numbers| Few::of(&numbers));
    let action = prop_oneof![
        1 => few().prop_map(|numbers| Action::Make { numbers }),
        1 => polled.prop_map(|polled| Action::Poll { polled }),
        5 => (0..4u8, few(), any::<bool>())
            .prop_map(|(entry, numbers, again)| Action::Start { entry, numbers, again }),
        4 => (number(), outcome)
            .prop_map(|(operation, outcome)| Action::Answer { operation, outcome }),
        2 => (number(), any::<bool>())
            .prop_map(|(request, happened)| Action::HangUp { request, happened }),
        1 => (0..=100_000_000_000_000_u64).prop_map(|micros| Action::Pass { micros }),
        1 => (0..=100_000_000_000_000_u64).prop_map(|micros| Action::Block { micros }),
        1 => Just(Action::Discard),
        1 => Just(Action::Wait),
    ];
    let settle = prop_oneof![Just(Settle::Fully), any::<u32>().prop_map(Settle::Polls)];
    (action, settle).prop_map(|(action, settle)| Turn { action, settle })
}
