//! The rules of `give_way`: what computations return, how much of them one poll makes,
//! and who has a turn between two stretches.

use std::collections::BTreeMap;

use protocol::Value;

use crate::drills::common;
use play::evidence::{Entry, Evidence, Fact, RequestState, Returned};
use play::judge::{Kind, Rules, Violation};
use play::text::{count, one_line};
use play::world::work::{NEIGHBOUR, Stretch, asked, is_turn, states};

/// The kit's `LONGEST_STRETCH`.
const LONGEST_STRETCH: u64 = 64;

/// Stretches that one computation may be ahead of another one: where two take turns, and
/// a turn is taken by a task that hands the next one on, there are two or three.
const AHEAD: usize = 3;

/// Judges computations that share a loop.
pub(super) struct GivingWay;

impl Rules for GivingWay {
    fn judge(&self, evidence: &Evidence) -> Vec<Violation> {
        let stretches = Stretch::all(evidence);
        let mut violations = results(evidence, &stretches);
        violations.extend(long(&stretches));
        violations.extend(neighbours(evidence, &stretches));
        violations.extend(side_by_side(evidence, &stretches));
        violations.extend(dropped(evidence, &stretches));
        violations.extend(stuck(evidence, &stretches));
        violations.extend(late(evidence, &stretches));
        violations.extend(on_a_thread(evidence));
        violations.extend(polls(evidence, &stretches));
        violations.extend(common::polling(evidence));
        violations.sort_by_key(|violation| violation.turn);
        violations
    }
}

fn steps(number: u64) -> String {
    count(number as usize, "step", "steps")
}

/// What requests returned, and whether it was made of their steps.
fn results(evidence: &Evidence, stretches: &[Stretch]) -> Vec<Violation> {
    let entries = evidence.entries().iter();
    let wrong = entries.filter_map(|entry| {
        let (kind, message) = match &entry.fact {
            Fact::Returned { request, answer } => returned(evidence, stretches, *request, answer)?,
            Fact::Panicked { request, message } => {
                let message = one_line(message, 200);
                (
                    Kind::Panicked,
                    format!("request {request} panicked: {message}"),
                )
            }
            Fact::Broke { message } => {
                let message = one_line(message, 200);
                let message = format!("a task of the submission's own panicked: {message}");
                (Kind::Panicked, message)
            }
            _ => return None,
        };
        Some(Violation {
            kind,
            turn: entry.turn,
            message,
        })
    });
    wrong.collect()
}

fn returned(
    evidence: &Evidence,
    stretches: &[Stretch],
    request: u32,
    answer: &Returned,
) -> Option<(Kind, String)> {
    let asked = asked(evidence, request)?;
    let state = match answer {
        Returned::Plain(Value::Number(state)) => state.cast_unsigned(),
        _ => return Some((Kind::WrongResult, "it returned no state".to_owned())),
    };
    let mut known = (0..).zip(states(evidence, request, LONGEST_STRETCH));
    let reached = known.find(|(_, known)| *known == state);
    match reached {
        Some((number, _)) if number == asked => {
            let made = made(stretches, request);
            (made < asked).then(|| {
                let message = format!(
                    "request {request} returned the right state, and `kit::work::step` made {made} of {}",
                    steps(asked)
                );
                (Kind::Uncounted, message)
            })
        }
        Some((number, _)) => {
            let message = format!(
                "request {request} returned the state after {}, and was asked for {asked}",
                steps(number)
            );
            Some((Kind::WrongResult, message))
        }
        None => {
            let message = format!(
                "request {request} returned a state that its {} do not lead to",
                steps(asked)
            );
            Some((Kind::WrongResult, message))
        }
    }
}

/// How many different steps of this request were made, by anybody.
fn made(stretches: &[Stretch], request: u32) -> u64 {
    let told = |stretch: &Stretch| stretch.parts.iter().map(|part| part.count).sum::<u64>();
    // Only of a poll that makes far too many steps not all are told: another rule's affair.
    let is_cut = |it: &Stretch| it.count > LONGEST_STRETCH && told(it) < it.count;
    if stretches.iter().any(is_cut) {
        return u64::MAX;
    }
    let parts = stretches.iter().flat_map(|stretch| &stretch.parts);
    let mut parts: Vec<(u64, u64)> = parts
        .filter(|part| part.of == Some(request))
        .map(|part| (part.first, part.first + part.count))
        .collect();
    parts.sort_unstable();
    let mut made = 0;
    let mut up_to = 0;
    for (first, end) in parts {
        made += end.saturating_sub(first.max(up_to));
        up_to = up_to.max(end);
    }
    made
}

/// Polls that made more steps than any may.
fn long(stretches: &[Stretch]) -> Vec<Violation> {
    let long = stretches.iter().filter(|it| it.count > LONGEST_STRETCH);
    let violations = long.map(|stretch| {
        let whose = match stretch.polled {
            Some(request) => format!("one poll of request {request}"),
            None => "one poll of a task of the submission's own".to_owned(),
        };
        let message = format!(
            "{whose} made {}; no poll may make more than {LONGEST_STRETCH}",
            steps(stretch.count)
        );
        Violation {
            kind: Kind::LongStretch,
            turn: stretch.turn,
            message,
        }
    });
    violations.collect()
}

/// From its start to its last turn a neighbour has a turn between any two stretches of one
/// computation.
fn neighbours(evidence: &Evidence, stretches: &[Stretch]) -> Vec<Violation> {
    let entries = evidence.entries().iter().enumerate();
    let turns = entries.filter(|(_, entry)| is_turn(evidence, &entry.fact));
    let turns: Vec<usize> = turns.map(|(at, _)| at).collect();
    let mut entries = evidence.entries().iter();
    let started = entries.position(|entry| match entry.fact {
        Fact::Started { request, .. } => asked(evidence, request).is_none(),
        _ => false,
    });
    let (Some(first), Some(last)) = (started.as_ref(), turns.last()) else {
        return Vec::new();
    };
    let mut before: BTreeMap<u32, usize> = BTreeMap::new();
    let mut violations = Vec::new();
    for stretch in stretches
        .iter()
        .filter(|it| first < &it.at && &it.at < last)
    {
        for request in folds(evidence, stretch) {
            let Some(before) = before.insert(request, stretch.at) else {
                continue;
            };
            if !turns
                .iter()
                .any(|turn| before < *turn && *turn < stretch.at)
            {
                violations.push(Violation {
                    kind: Kind::NoTurn,
                    turn: stretch.turn,
                    message: format!(
                        "two polls made steps of request {request}, and a neighbour that was ready all the while had no turn between them"
                    ),
                });
            }
        }
    }
    violations
}

/// The computations that a stretch belongs to; where that is unknown, the one whose task
/// was polled.
fn folds(evidence: &Evidence, stretch: &Stretch) -> Vec<u32> {
    let polled = stretch
        .polled
        .filter(|request| asked(evidence, *request).is_some());
    let of = stretch.parts.iter().map(|part| part.of.or(polled));
    let mut of: Vec<u32> = of.flatten().collect();
    of.sort_unstable();
    of.dedup();
    of
}

/// Of two computations that are under way none makes stretch after stretch while the other
/// one makes none.
fn side_by_side(evidence: &Evidence, stretches: &[Stretch]) -> Vec<Violation> {
    let mut stretches = stretches.iter().peekable();
    // For each computation that is under way, the stretches of each other one since its
    // last.
    let mut since: BTreeMap<u32, BTreeMap<u32, usize>> = BTreeMap::new();
    let mut left: BTreeMap<u32, u64> = BTreeMap::new();
    for (at, entry) in evidence.entries().iter().enumerate() {
        match entry.fact {
            Fact::Started { request, .. } => {
                if let Some(steps) = asked(evidence, request) {
                    since.insert(request, BTreeMap::new());
                    left.insert(request, steps);
                }
            }
            Fact::Returned { request, .. }
            | Fact::Panicked { request, .. }
            | Fact::HungUp { request } => {
                since.remove(&request);
            }
            _ => {}
        }
        let Some(stretch) = stretches.next_if(|stretch| stretch.at == at) else {
            continue;
        };
        let of = folds(evidence, stretch);
        for request in &of {
            let left = left.entry(*request).or_default();
            *left = left.saturating_sub(stretch.steps_of(*request));
            match since.get_mut(request) {
                // Only its caller is still to be told.
                Some(_) if *left == 0 => drop(since.remove(request)),
                Some(others) => others.clear(),
                None => {}
            }
        }
        for (waiting, others) in &mut since {
            if of.contains(waiting) || left.get(waiting) == Some(&0) {
                continue;
            }
            for ahead in &of {
                let stretches = others.entry(*ahead).or_default();
                *stretches += 1;
                if *stretches > AHEAD {
                    return vec![Violation {
                        kind: Kind::Starved,
                        turn: stretch.turn,
                        message: format!(
                            "{stretches} polls made steps of request {ahead} while none made one of request {waiting}, which has started and is not done"
                        ),
                    }];
                }
            }
        }
    }
    Vec::new()
}

/// Steps of a computation whose caller is gone.
fn dropped(evidence: &Evidence, stretches: &[Stretch]) -> Vec<Violation> {
    let entries = evidence.entries().iter().enumerate();
    let dropped = entries.filter_map(|(at, entry)| match entry.fact {
        Fact::HungUp { request } => Some((at, request)),
        _ => None,
    });
    let violations = dropped.filter_map(|(at, request)| {
        let mut later = stretches.iter().filter(|stretch| stretch.at > at);
        let of_it = |stretch: &&Stretch| stretch.steps_of(request) > 0;
        let stretch = later.find(of_it)?;
        Some(Violation {
            kind: Kind::GoesOn,
            turn: stretch.turn,
            message: format!(
                "the caller of request {request} was dropped, and then {} of it were made",
                steps(stretch.steps_of(request))
            ),
        })
    });
    violations.collect()
}

/// Requests that nothing on the loop goes on with.
fn stuck(evidence: &Evidence, stretches: &[Stretch]) -> Option<Violation> {
    let waiting = evidence.waiting().next()?;
    let turn = evidence.turns().len().checked_sub(1)?;
    // What goes on when time has passed sleeps: see `late`.
    let went_on = stretches.iter().any(|stretch| stretch.turn == turn);
    if went_on || !evidence.is_idle() || !common::is_pass(evidence, turn) {
        return None;
    }
    Some(Violation {
        kind: Kind::Hang,
        turn,
        message: format!(
            "request {waiting} is not done, no task of the loop is ready, and time does not help: nobody woke it, or it waits for another thread"
        ),
    })
}

/// What went on only when time had passed.
fn late(evidence: &Evidence, stretches: &[Stretch]) -> Option<Violation> {
    let returned = evidence
        .entries()
        .iter()
        .filter_map(|entry| match entry.fact {
            Fact::Returned { request, .. } => Some((entry.turn, request)),
            _ => None,
        });
    let made = stretches.iter().flat_map(|stretch| {
        let of = folds(evidence, stretch).into_iter();
        of.map(|request| (stretch.turn, request))
    });
    let mut all = returned.chain(made);
    let (turn, request) = all.find(|(turn, _)| common::is_pass(evidence, *turn))?;
    Some(Violation {
        kind: Kind::Polling,
        turn,
        message: format!(
            "request {request} was not done, and went on only when time had passed: it sleeps"
        ),
    })
}

/// What went on only when another thread had done something.
fn on_a_thread(evidence: &Evidence) -> Option<Violation> {
    let mut entries = evidence.entries().iter();
    let woken = entries.find(|entry| entry.fact == Fact::Woken)?;
    Some(Violation {
        kind: Kind::Polling,
        turn: woken.turn,
        message: "no task of the loop was ready, and it went on only when another thread had done something: a computation waits for that thread".to_owned(),
    })
}

/// What a computation that is alone on the loop costs in polls: it began when all before it were
/// over and every task rested, and no other came.
fn polls(evidence: &Evidence, stretches: &[Stretch]) -> Option<Violation> {
    let (request, it) = evidence.requests().last()?;
    let entries = evidence.entries();
    let is_own =
        |entry: &Entry| matches!(entry.fact, Fact::Started { request: it, .. } if it == request);
    let start = entries.iter().position(is_own)?;
    let rested = entries[..start]
        .iter()
        .rev()
        .find_map(|entry| match entry.fact {
            Fact::Settled { idle, .. } => Some(idle),
            _ => None,
        });
    let is_over = |number: u32| {
        let ends = |entry: &Entry| match entry.fact {
            Fact::Returned { request, .. } | Fact::Panicked { request, .. } => request == number,
            Fact::HungUp { request } => request == number,
            _ => false,
        };
        entries[..start].iter().any(ends)
    };
    let mut before = evidence.requests().filter(|(number, _)| *number != request);
    let is_alone = rested != Some(false) && before.all(|(number, _)| is_over(number));
    if it.entry == NEIGHBOUR || !is_alone || it.state != RequestState::Ended {
        return None;
    }
    let asked = asked(evidence, request)?;
    let enough = asked / 16 + 10;
    let mut own = 0;
    let mut all = 0;
    for entry in &entries[start..] {
        if let Fact::Settled {
            polls, of_calls, ..
        } = entry.fact
        {
            own += u64::from(of_calls);
            all += u64::from(polls);
        }
    }
    let making = stretches.iter().filter(|it| it.at > start).count() as u64;
    // A stretch may be made by a task of its own, and handed on by another one.
    let cost = match (own.max(making) > enough, all > 3 * enough) {
        (true, _) => own.max(making),
        (false, true) => all,
        (false, false) => return None,
    };
    Some(Violation {
        kind: Kind::Polling,
        turn: evidence.turns().len() - 1,
        message: format!(
            "request {request} took {cost} polls for {}; {enough} are enough",
            steps(asked)
        ),
    })
}
