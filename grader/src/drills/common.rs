//! The rules that all drills share: each request ends, nothing panics, and waiting
//! costs nothing.

use std::collections::BTreeMap;

use play::evidence::{Entry, Evidence, Fact, RequestState};
use play::judge::{Kind, Violation};
use play::schedule::Action;
use play::space::PATIENCE_MICROS;
use play::text::{count, one_line};

/// How a request can fail to end.
pub(super) const ENDINGS: &[Kind] = &[
    Kind::Hang,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Restless,
    Kind::Died,
    Kind::Garbled,
];

/// The violations that show as the facts are followed in order; `note` is handed each of
/// them with its index.
pub(super) fn followed<Found>(
    evidence: &Evidence,
    mut note: impl FnMut(usize, &Fact) -> Found,
) -> Vec<Violation>
where
    Found: IntoIterator<Item = (Kind, String)>,
{
    let mut violations = Vec::new();
    for (at, entry) in evidence.entries().iter().enumerate() {
        let found = note(at, &entry.fact).into_iter();
        violations.extend(found.map(|(kind, message)| Violation {
            kind,
            turn: entry.turn,
            message,
        }));
    }
    violations
}

/// After a constructor panicked there is nothing to call.
pub fn constructor(evidence: &Evidence) -> Option<Violation> {
    let first = evidence
        .entries()
        .iter()
        .find(|entry| !matches!(entry.fact, Fact::Made { .. }));
    match first {
        Some(Entry {
            fact: Fact::Broke { message },
            turn: 0,
        }) => Some(Violation {
            kind: Kind::Panicked,
            turn: 0,
            message: format!(
                "`{}` panicked: {}",
                evidence.world().constructor(),
                one_line(message, 200)
            ),
        }),
        _ => None,
    }
}

/// Requests that still wait when the schedule is over, although nothing more
/// can happen to the operations they need.
pub fn hang(evidence: &Evidence) -> Option<Violation> {
    let unserved = evidence.unserved();
    let first = *unserved.first()?;
    let key = evidence.request(first)?.key;
    let turn = evidence.turns().len().checked_sub(1)?;
    // This holds only after time has passed as well: a request may be about to try again.
    let last = evidence.turns()[turn].action;
    if !matches!(last, Action::Pass { micros } if micros >= PATIENCE_MICROS) {
        return None;
    }
    let words = Words::of(evidence);
    let requests = match &unserved[..] {
        [one] => format!("request {one} waits"),
        many => format!("{} requests wait", many.len()),
    };
    let other = evidence
        .live()
        .find_map(|operation| evidence.operation(operation)?.key);
    let (what, doing, nobody) = (words.what, words.doing, words.nobody);
    let (kind, message) = match other {
        Some(other) if other != key => (
            Kind::WaitsForOther,
            format!(
                "request {first} for {what} {key} waits while {what} {other} is being {doing}; {nobody} {what} {key}"
            ),
        ),
        _ => {
            let ever = evidence.operations().any(|(_, it)| it.key == Some(key));
            let any_more = if ever { " any more" } else { "" };
            let thing = words.thing;
            (
                Kind::Hang,
                format!(
                    "{requests} for {thing} that nobody is running: {nobody} {what} {key}{any_more}"
                ),
            )
        }
    };
    let message = match evidence.unheard() {
        Some(what) => format!("{message}; a task of its own ended with {what}"),
        None => message,
    };
    Some(Violation {
        kind,
        turn,
        message,
    })
}

/// A request that began nothing for a whole minute, and was served as soon as what was under
/// way for another key had been answered: that is what it waited for.
pub(super) fn waited_for_another(evidence: &Evidence) -> Option<Violation> {
    let patience = Action::Pass {
        micros: PATIENCE_MICROS,
    };
    let key_of = |operation: u32| evidence.operation(operation).and_then(|it| it.key);
    let mut waiting: BTreeMap<u32, u32> = BTreeMap::new();
    let mut live: Vec<u32> = Vec::new();
    // Those that were left waiting when the minute was over, and a key that was served then.
    let mut stranded: BTreeMap<u32, u32> = BTreeMap::new();
    let mut turn = 0;
    for entry in evidence.entries() {
        if entry.turn > turn {
            if evidence.turns().get(turn).map(|it| it.action) == Some(patience) {
                let others = || live.iter().filter_map(|number| key_of(*number));
                let is_served = |key: u32| others().any(|other| other == key);
                let left = waiting.iter().filter(|(_, key)| !is_served(**key));
                stranded.extend(left.filter_map(|(request, _)| Some((*request, others().next()?))));
            }
            turn = entry.turn;
        }
        let after_an_answer = matches!(
            evidence.turns().get(turn).map(|it| it.action),
            Some(Action::Answer { .. })
        );
        let served = match entry.fact {
            Fact::Began { operation } => {
                live.push(operation);
                let key = key_of(operation);
                stranded.iter().find_map(|(request, other)| {
                    (waiting.get(request).copied() == key).then_some((*request, *other))
                })
            }
            Fact::Returned { request, .. } => {
                waiting.remove(&request);
                stranded.get(&request).map(|other| (request, *other))
            }
            Fact::Started { request, .. } => {
                let key = evidence.request(request).map(|it| it.key);
                waiting.extend(key.map(|key| (request, key)));
                None
            }
            Fact::Answered { operation, .. } | Fact::Dropped { operation } => {
                live.retain(|number| *number != operation);
                None
            }
            Fact::HungUp { request } | Fact::Panicked { request, .. } => {
                waiting.remove(&request);
                stranded.remove(&request);
                None
            }
            _ => None,
        };
        if let (Some((request, other)), true) = (served, after_an_answer) {
            let key = evidence.request(request)?.key;
            let words = Words::of(evidence);
            let (what, doing, nobody) = (words.what, words.doing, words.nobody);
            return Some(Violation {
                kind: Kind::WaitsForOther,
                turn,
                message: format!(
                    "request {request} for {what} {key} waits while {what} {other} is being {doing}; {nobody} {what} {key}"
                ),
            });
        }
    }
    None
}

/// The words for a world's keys and operations in the messages above.
struct Words {
    what: &'static str,
    doing: &'static str,
    nobody: &'static str,
    thing: &'static str,
}

impl Words {
    fn of(evidence: &Evidence) -> Words {
        match evidence.world().key_noun() {
            "user" => Words {
                what: "user",
                doing: "fetched",
                nobody: "nobody is fetching",
                thing: "a fetch",
            },
            "key" => Words {
                what: "key",
                doing: "served",
                nobody: "nothing is being stored for",
                thing: "a store",
            },
            what => Words {
                what,
                doing: "worked on",
                nobody: "nothing is under way for",
                thing: "an operation",
            },
        }
    }
}

/// Events that came only after a minute with nothing under way: a task was not woken when
/// it could have gone on.
pub(super) fn late(evidence: &Evidence) -> Option<Violation> {
    let is_patience = |turn: usize| {
        let turn = evidence.turns().get(turn).map(|turn| turn.action);
        matches!(turn, Some(Action::Pass { micros }) if micros == PATIENCE_MICROS)
    };
    let came = evidence.entries().iter().find_map(|entry| {
        let what = match entry.fact {
            Fact::Returned { request, .. } => format!("request {request} returned"),
            Fact::Began { operation } => {
                format!("{} {operation} began", evidence.noun(operation))
            }
            _ => return None,
        };
        is_patience(entry.turn).then_some((entry.turn, what))
    });
    came.map(|(turn, what)| Violation {
        kind: Kind::Polling,
        turn,
        message: format!(
            "{what} only after time had passed: it was not woken when it could have gone on"
        ),
    })
}

/// Whether only time passes in this turn.
pub(super) fn is_pass(evidence: &Evidence, turn: usize) -> bool {
    let turn = evidence.turns().get(turn);
    turn.is_some_and(|turn| matches!(turn.action, Action::Pass { .. }))
}

/// While nothing happens, a waiting request must not be polled; when its answer
/// comes, it must return without the clock having to move.
pub(super) fn polling(evidence: &Evidence) -> Vec<Violation> {
    let one_answer_is_enough = evidence.world().kinds().len() == 1;
    let mut violations = Vec::new();
    let mut polls_while_waiting = 0;
    let mut rows: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, entry) in evidence.entries().iter().enumerate() {
        let turn = entry.turn;
        let passing = is_pass(evidence, turn);
        match entry.fact {
            Fact::Settled {
                idle: false,
                fully: true,
                polls,
                ..
            } => {
                let waiting = waiting_at(evidence, at);
                violations.push(Violation {
                    kind: Kind::Polling,
                    turn,
                    message: format!("{}, nothing happens, and after {polls} polls a task still asks to be polled again", count(waiting, "request waits", "requests wait")),
                });
            }
            Fact::Settled { of_calls, .. } if passing => {
                polls_while_waiting += of_calls;
                if polls_while_waiting > POLLS_WHILE_WAITING {
                    violations.push(Violation {
                        kind: Kind::Polling,
                        turn,
                        message: format!("nothing happened but the passing of time, and waiting cost {polls_while_waiting} polls"),
                    });
                    return violations;
                }
            }
            Fact::Answered { operation, outcome } if outcome.is_value() => {
                let key = evidence.operation(operation).and_then(|it| it.key);
                if let (Some(key), true) = (key, one_answer_is_enough) {
                    rows.entry(key).or_insert(turn);
                }
            }
            Fact::Returned { request, .. } if passing => {
                let Some(key) = evidence.request(request).map(|it| it.key) else {
                    continue;
                };
                if rows.get(&key).is_some_and(|answered| *answered < turn) {
                    violations.push(Violation {
                        kind: Kind::Polling,
                        turn,
                        message: format!("request {request} noticed the answer only after time had passed: it looks again and again instead of being woken"),
                    });
                }
            }
            _ => {}
        }
    }
    violations
}

/// Polls of the requests' own tasks: more than the few timers of a careful
/// solution cost, less than polling costs.
const POLLS_WHILE_WAITING: u32 = 12;

fn waiting_at(evidence: &Evidence, at: usize) -> usize {
    let later = &evidence.entries()[at..];
    let ended_later = |number: u32| {
        later.iter().any(|entry| match entry.fact {
            Fact::Returned { request, .. }
            | Fact::Panicked { request, .. }
            | Fact::HungUp { request } => request == number,
            _ => false,
        })
    };
    let started = |number: u32| {
        evidence.entries()[..at]
            .iter()
            .any(|entry| matches!(entry.fact, Fact::Started { request, .. } if request == number))
    };
    evidence
        .requests()
        .filter(|(number, request)| {
            started(*number) && (request.state == RequestState::Waiting || ended_later(*number))
        })
        .count()
}
