//! Accepted evidence adds up, in every world, whatever a worker says.

use std::collections::BTreeSet;

use grader::drills;
use play::evidence::{Entry, Evidence, Fact, OperationState, RequestState};
use play::schedule::{Action, Outcome, ReplayKey, Turn};
use play::space::{Paths, Space};
use play::timeline;
use play::world::World;
use proptest::collection::vec;
use proptest::prelude::*;
use protocol::{Ending, Event, Value};

use super::any;

/// One turn with the reports on its action and its settling.
type Played = (Turn, Vec<Event>, Vec<Event>);

fn anything() -> impl Strategy<Value = (&'static dyn World, Vec<Event>, Vec<Played>)> {
    any::world().prop_flat_map(|world| {
        let event = || any::event(world);
        let turns = vec((any::turn(), vec(event(), 0..3), vec(event(), 0..6)), 0..12);
        (Just(world), vec(event(), 0..4), turns)
    })
}

/// Possible reports on operations and requests. Each operation begins in its turn, or
/// nothing else could follow.
#[derive(Clone, Debug)]
enum Said {
    Begins {
        kind: usize,
        arguments: Vec<Value>,
        off_loop: bool,
    },
    IsDelivered(u32),
    Ends(u32),
    IsDropped(u32),
    AsksAgain(u32),
    Returns(u32, Value),
    Fails(u32),
    Notes(Vec<Value>),
    Looks(Value),
}

fn said(world: &'static dyn World) -> impl Strategy<Value = Said> {
    let begins = (0..4usize, any::arguments(world), any::<bool>());
    prop_oneof![
        6 => begins.prop_map(|(kind, arguments, off_loop)| Said::Begins { kind, arguments, off_loop }),
        2 => (1..4u32).prop_map(Said::IsDelivered),
        2 => (1..4u32).prop_map(Said::Ends),
        2 => (1..4u32).prop_map(Said::IsDropped),
        1 => (1..4u32).prop_map(Said::AsksAgain),
        1 => (1..4u32, any::value()).prop_map(|(call, value)| Said::Returns(call, value)),
        1 => (1..4u32).prop_map(Said::Fails),
        1 => any::arguments(world).prop_map(Said::Notes),
        1 => any::value().prop_map(Said::Looks),
    ]
}

impl Said {
    fn event(self, world: &dyn World, begun: &mut u32) -> Event {
        match self {
            Said::Begins {
                kind,
                arguments,
                off_loop,
            } => {
                *begun += 1;
                Event::Begun {
                    operation: *begun,
                    kind: world.kinds()[kind % world.kinds().len()].name.to_owned(),
                    arguments,
                    call: None,
                    off_loop,
                }
            }
            Said::IsDelivered(operation) => Event::Delivered { operation },
            Said::Ends(operation) => Event::Ended { operation },
            Said::IsDropped(operation) => Event::Dropped { operation },
            Said::AsksAgain(call) => Event::Again { call },
            Said::Returns(call, value) => Event::Returned {
                call,
                with: Ending::Ok(value),
            },
            Said::Fails(call) => Event::Returned {
                call,
                with: Ending::Error("unavailable".to_owned(), Vec::new()),
            },
            Said::Notes(arguments) => Event::Noted {
                kind: "sent".to_owned(),
                arguments,
                call: Some(1),
            },
            Said::Looks(value) => Event::Seen { value },
        }
    }
}

fn likely() -> impl Strategy<Value = (&'static dyn World, Vec<(Turn, Vec<Said>)>)> {
    let world = any::world();
    let world = world.prop_filter("operations begin in it", |it| !it.kinds().is_empty());
    world.prop_flat_map(|world| {
        let turns = vec((any::turn(), vec(said(world), 0..3)), 0..16);
        (Just(world), turns)
    })
}

/// Does with evidence everything that the grader does, whatever it holds.
fn judge(evidence: &Evidence) {
    let here = evidence.world().name();
    for drill in drills::ALL.iter().filter(|it| it.world().name() == here) {
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
    // The turns that may come next, and the world's words.
    let space = Space {
        errors: 1,
        panics: 1,
        hang_ups: 1,
        drops_may_happen: true,
        ..Space::of(&[1, 2])
    };
    if evidence.started() >= space.asks.len() {
        space.choices(evidence);
    }
    evidence.restless();
    let world = evidence.world();
    world.state(evidence);
    for (operation, _) in evidence.operations() {
        world.ending(evidence, operation, Outcome::Value);
    }
}

/// Checks accepted evidence by counting its entries again.
fn adds_up(evidence: &Evidence) -> Result<(), TestCaseError> {
    let count = |is: &dyn Fn(&Fact) -> bool| {
        let entries = evidence.entries().iter();
        entries.filter(|entry| is(&entry.fact)).count()
    };
    let made: BTreeSet<u32> = evidence.requests().map(|(number, _)| number).collect();
    for number in 1..evidence.next_request() {
        let started =
            count(&|fact| matches!(fact, Fact::Started { request, .. } if *request == number));
        prop_assert_eq!(started, usize::from(made.contains(&number)));
        let again = count(
            &|fact| matches!(fact, Fact::Started { request, again: true } if *request == number),
        );
        let request = evidence.request(number).expect("it is counted");
        // A repeated request was prepared for it.
        prop_assert_eq!(
            again,
            usize::from(started == 1 && request.repeats.is_some())
        );
        prop_assert!(request.repeats.is_none_or(|first| first + 1 == number));
        let ends = count(&|fact| match fact {
            Fact::Returned { request, .. }
            | Fact::Panicked { request, .. }
            | Fact::HungUp { request } => *request == number,
            _ => false,
        });
        let ended = matches!(request.state, RequestState::Ended | RequestState::HungUp);
        prop_assert_eq!(ends, usize::from(ended));
        prop_assert_eq!(started == 0, request.state == RequestState::Unmade);
    }
    for (number, it) in evidence.operations() {
        let kind = evidence.world().kind(it.kind);
        let begun =
            count(&|fact| matches!(fact, Fact::Began { operation } if *operation == number));
        let answered =
            count(&|fact| matches!(fact, Fact::Answered { operation, .. } if *operation == number));
        let delivered =
            count(&|fact| matches!(fact, Fact::Delivered { operation } if *operation == number));
        let dropped =
            count(&|fact| matches!(fact, Fact::Dropped { operation } if *operation == number));
        // Held until it is answered, or never held.
        let not_held = usize::from(kind.blocks && !it.off_loop);
        prop_assert_eq!(begun, 1);
        prop_assert!(delivered <= answered + not_held && answered + not_held <= 1);
        prop_assert!(delivered + dropped <= 1);
        prop_assert_eq!(delivered, usize::from(it.state == OperationState::Over));
        prop_assert_eq!(dropped, usize::from(it.state == OperationState::Dropped));
        prop_assert_eq!(answered, usize::from(it.outcome.is_some()));
        // What is not held is as good as answered from the beginning.
        if not_held == 0 {
            prop_assert_eq!(it.happened, has_happened(evidence, number));
        }
    }
    Ok(())
}

/// Whether an operation has happened: its answer says so, or else the last caller
/// dropped before it was.
fn has_happened(evidence: &Evidence, number: u32) -> bool {
    let before = |turn: usize| {
        let turns = evidence.turns();
        // What happens as a run is opened comes before any turn.
        let mut turns = turns[..turns.len().min(turn + 1)].iter().rev();
        turns.find_map(|turn| match turn.action {
            Action::HangUp { happened, .. } => Some(happened),
            _ => None,
        })
    };
    let says = |entry: &Entry| match entry.fact {
        Fact::Answered { operation, outcome } if operation == number => Some(outcome.is_value()),
        Fact::Dropped { operation } if operation == number => {
            Some(before(entry.turn).unwrap_or(false))
        }
        _ => None,
    };
    evidence.entries().iter().find_map(says).unwrap_or(false)
}

/// The parts of a report that are kept unchanged.
fn kept(evidence: &Evidence) -> (Vec<Vec<Value>>, Vec<Value>) {
    let facts = || evidence.entries().iter().map(|entry| &entry.fact);
    let noted = facts().filter_map(|fact| match fact {
        Fact::Noted { arguments, .. } => Some(arguments.clone()),
        _ => None,
    });
    let seen = facts().filter_map(|fact| match fact {
        Fact::Seen { value, .. } => Some(value.clone()),
        _ => None,
    });
    (noted.collect(), seen.collect())
}

proptest! {
    #[test]
    fn any_events_are_evidence_or_tampering((world, opened, turns) in anything()) {
        let mut evidence = Evidence::new(world, any::IDS, any::SECRET);
        let mut refused = evidence.opened(&opened).is_err();
        for (turn, action, settle) in turns {
            if refused {
                break;
            }
            refused = evidence.played(turn, &action, &settle).is_err();
        }
        if !evidence.turns().is_empty() {
            judge(&evidence);
        }
        adds_up(&evidence)?;
    }

    #[test]
    fn what_begins_is_answered_and_ends_or_it_is_tampering((world, turns) in likely()) {
        let mut evidence = Evidence::new(world, any::IDS, any::SECRET);
        let mut begun = 0;
        let (mut noted, mut seen) = (Vec::new(), Vec::new());
        for (turn, said) in turns {
            let events: Vec<Event> =
                said.into_iter().map(|said| said.event(world, &mut begun)).collect();
            if evidence.played(turn, &[], &events).is_err() {
                break;
            }
            for event in events {
                match event {
                    Event::Noted { arguments, .. } => noted.push(arguments),
                    Event::Seen { value } => seen.push(value),
                    _ => {}
                }
            }
            prop_assert_eq!(kept(&evidence), (noted.clone(), seen.clone()));
        }
        if !evidence.turns().is_empty() {
            judge(&evidence);
        }
        adds_up(&evidence)?;
    }

    #[test]
    fn any_turns_are_read_back_from_their_key(seed: u64, turns in vec(any::turn(), 1..12)) {
        let check = "kept".to_owned();
        let key = ReplayKey { seed, check, turns };
        prop_assert_eq!(key.to_string().parse::<ReplayKey>(), Ok(key));
    }
}
