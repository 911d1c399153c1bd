//! The rules of `offload`: where hashes run, how many at once, what requests get.

use std::collections::BTreeSet;

use super::panics::explained;
use crate::drills::common;
use play::evidence::{Evidence, Fact, Operation, Returned};
use play::judge::{Kind, Rules, Violation};
use play::schedule::{Action, Outcome};
use play::space::PATIENCE_MICROS;
use play::text::one_line;
use play::world::passwords::{TOO_LONG, max_parallel, running};

/// Polls count as polling only if time passes at least this often.
const PASSES: usize = 10;

/// Judges a service that hashes passwords.
pub(super) struct Offloading;

impl Rules for Offloading {
    fn judge(&self, evidence: &Evidence) -> Vec<Violation> {
        let mut violations: Vec<Violation> = common::constructor(evidence).into_iter().collect();
        violations.extend(facts(evidence));
        violations.extend(left_waiting(evidence));
        violations.extend(polled_as_time_passes(evidence));
        violations.sort_by_key(|violation| violation.turn);
        violations
    }

    fn describe(&self, violation: &mut Violation, evidence: &Evidence) {
        if violation.kind != Kind::Blocked {
            return;
        }
        let last = evidence.turns().last().map(|turn| turn.action);
        let while_what = match last {
            Some(Action::Start { .. }) => {
                let request = evidence.next_request() - 1;
                format!("; request {request} had just been made")
            }
            Some(Action::HangUp { request, .. }) => {
                format!("; the caller of request {request} had just been dropped")
            }
            Some(Action::Answer { operation, .. }) => {
                format!("; hash {operation} had just been allowed to finish")
            }
            _ => return,
        };
        violation.message.push_str(&while_what);
    }
}

/// What is wrong by itself, fact by fact.
fn facts(evidence: &Evidence) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut running: BTreeSet<u32> = BTreeSet::new();
    let mut dropped: BTreeSet<u32> = BTreeSet::new();
    let mut returned: BTreeSet<u32> = BTreeSet::new();
    // The passwords that were given, and those that were given to a service before this one.
    let mut asked: BTreeSet<u32> = BTreeSet::new();
    let mut of_others: BTreeSet<u32> = BTreeSet::new();
    // Their hash was not held, so nobody knows what it ended with.
    let mut on_loop: BTreeSet<Option<u32>> = BTreeSet::new();
    for entry in evidence.entries() {
        let wrong = match &entry.fact {
            Fact::HungUp { request } => {
                dropped.insert(*request);
                None
            }
            Fact::Began { operation: hash } => {
                let it = evidence.operation(*hash);
                let key = it.and_then(|it| it.key);
                match it.is_some_and(|it| it.off_loop) {
                    false => {
                        on_loop.insert(key);
                        Some((Kind::HashOnLoop, on_the_loop(*hash, key)))
                    }
                    true if key.is_some_and(|key| of_others.contains(&key)) => None,
                    true => {
                        running.insert(*hash);
                        over_limit(evidence, &running, &dropped)
                    }
                }
            }
            Fact::Delivered { operation } => {
                running.remove(operation);
                None
            }
            // The next service is a new one.
            Fact::Discarded => {
                running.clear();
                of_others.extend(asked.iter());
                None
            }
            Fact::Started { request, .. } => {
                asked.extend(evidence.request(*request).map(|it| it.key));
                None
            }
            Fact::Returned { request, .. }
                if on_loop.contains(&evidence.request(*request).map(|it| it.key)) =>
            {
                None
            }
            Fact::Returned { request, answer } => {
                wrong_answer(evidence, *request, answer, &mut returned)
            }
            Fact::Panicked { request, message } => panicked(evidence, *request, message),
            Fact::Settled {
                polls,
                idle: false,
                fully: true,
                ..
            } => Some((
                Kind::Polling,
                format!(
                    "after {polls} polls the loop is still busy although nothing has happened: a task asks to be polled again and again"
                ),
            )),
            _ => None,
        };
        violations.extend(wrong.map(|(kind, message)| Violation {
            kind,
            turn: entry.turn,
            message,
        }));
    }
    violations
}

fn on_the_loop(hash: u32, user: Option<u32>) -> String {
    let whose = user.map_or_else(String::new, |user| format!(", of password {user},"));
    format!("hash {hash}{whose} ran on the event loop's thread: no other task could run meanwhile")
}

fn over_limit(
    evidence: &Evidence,
    running: &BTreeSet<u32>,
    dropped: &BTreeSet<u32>,
) -> Option<(Kind, String)> {
    let max_parallel = max_parallel(evidence);
    if running.len() <= max_parallel as usize {
        return None;
    }
    let whose = |hash: &u32| evidence.operation(*hash).and_then(|it| it.key);
    let is_of =
        |request: &u32, key: u32| evidence.request(*request).is_some_and(|it| it.key == key);
    let orphaned = running
        .iter()
        .filter_map(whose)
        .any(|user| dropped.iter().any(|request| is_of(request, user)));
    let because = if orphaned {
        "; a hash whose caller was dropped still runs, and counts"
    } else {
        ""
    };
    let message = format!(
        "{} hashes run at once, with `max_parallel` = {max_parallel}{because}",
        running.len()
    );
    Some((Kind::OverLimit, message))
}

fn wrong_answer(
    evidence: &Evidence,
    request: u32,
    answer: &Returned,
    returned: &mut BTreeSet<u32>,
) -> Option<(Kind, String)> {
    let user = evidence.request(request)?.key;
    let too_long = user >= TOO_LONG;
    match answer {
        Returned::Error { .. } if too_long || hash_panicked(evidence, user) => None,
        Returned::Error { .. } => Some((
            Kind::WrongHash,
            format!("request {request} was told that its password is too long; it is not"),
        )),
        _ if too_long => Some((
            Kind::NotRefused,
            format!("request {request} gave a password that is too long, and was not told so"),
        )),
        Returned::Of { operation } if returned.insert(*operation) => None,
        Returned::Of { operation: hash } => Some((
            Kind::WrongHash,
            format!(
                "request {request} returned the text of hash {hash}, as another request did before"
            ),
        )),
        _ => {
            let is_own = |(_, hash): &(u32, &Operation)| hash.key == Some(user);
            let why = match evidence.operations().find(is_own) {
                None => "no hash of its password had begun",
                Some((_, hash)) if hash.outcome.is_none() => "its hash was still running",
                Some(_) => "its hash ended with another text",
            };
            let message = format!(
                "request {request} returned a text that is not a hash of its password: {why}"
            );
            Some((Kind::WrongHash, message))
        }
    }
}

fn panicked(evidence: &Evidence, request: u32, message: &str) -> Option<(Kind, String)> {
    let user = evidence.request(request)?.key;
    if hash_panicked(evidence, user) {
        return None;
    }
    let text = format!("request {request} panicked: {}", one_line(message, 200));
    if let Some(why) = explained(message) {
        return Some((Kind::BlockingCall, format!("{text}; {why}")));
    }
    let any_panicked = evidence
        .operations()
        .any(|(_, hash)| hash.outcome == Some(Outcome::Panic));
    if user >= TOO_LONG && !any_panicked {
        let text = format!("{text}; its password is too long, and that is an error to return");
        return Some((Kind::NotRefused, text));
    }
    Some((Kind::Panicked, text))
}

/// Whether the hash of this user's password was made to panic. Its caller cannot be
/// told in any better way. A password that is too long may have been cut, and is nobody's then.
fn hash_panicked(evidence: &Evidence, user: u32) -> bool {
    let is_theirs = |hash: &Operation| match hash.key {
        Some(key) => key == user,
        None => user >= TOO_LONG,
    };
    let is_it = |hash: &Operation| is_theirs(hash) && hash.outcome == Some(Outcome::Panic);
    evidence.operations().any(|(_, hash)| is_it(hash))
}

/// Requests that still wait when nothing more will happen, and events that came only with time.
fn left_waiting(evidence: &Evidence) -> Vec<Violation> {
    let is_patience =
        |action: Action| matches!(action, Action::Pass { micros } if micros >= PATIENCE_MICROS);
    let mut violations = Vec::new();
    for (turn, it) in evidence.turns().iter().enumerate() {
        if !is_patience(it.action) {
            continue;
        }
        let facts = evidence.entries().iter().filter(|entry| entry.turn == turn);
        let late = facts.filter_map(|entry| match entry.fact {
            // An invented result had nothing to be woken by.
            Fact::Returned {
                request,
                ref answer,
            } if !made_up(evidence, request, answer) => Some(format!(
                "request {request} returned only when a minute had passed: its hash did not wake it, or it looks by the clock"
            )),
            Fact::Began { operation } => Some(format!(
                "hash {operation} began only when a minute had passed: its place was given back late, or nobody was told that there was one"
            )),
            _ => None,
        });
        violations.extend(
            late.map(|message| Violation {
                kind: Kind::Polling,
                turn,
                message,
            })
            .next(),
        );
    }
    let Some(turn) = evidence.turns().len().checked_sub(1) else {
        return violations;
    };
    let unserved = evidence.unserved();
    let (Some(first), true) = (unserved.first(), is_patience(evidence.turns()[turn].action)) else {
        return violations;
    };
    let running = running(evidence).count();
    let max_parallel = max_parallel(evidence);
    let over = evidence.request(*first).is_some_and(|request| {
        evidence
            .operations()
            .any(|(_, hash)| hash.key == Some(request.key))
    });
    let (kind, message) = if over {
        (
            Kind::Hang,
            format!("request {first} waits for ever: its hash is over"),
        )
    } else if running == 0
        && evidence
            .request(*first)
            .is_some_and(|it| it.key >= TOO_LONG)
    {
        (
            Kind::NotRefused,
            format!("request {first} gave a password that is too long, and waits for ever"),
        )
    } else if running == 0 {
        (
            Kind::Hang,
            format!(
                "{} for ever: no hash {}is running and none begins",
                waiting(&unserved),
                match evidence.live().next() {
                    Some(_) => "of this service ",
                    None => "",
                },
            ),
        )
    } else {
        (
            Kind::Underused,
            format!(
                "{}, although only {running} of `max_parallel` = {max_parallel} hashes run",
                waiting(&unserved)
            ),
        )
    };
    let message = match evidence.failed_in_a_thread() {
        Some(what) => format!("{message}; in another thread was raised {what}"),
        None => message,
    };
    violations.push(Violation {
        kind,
        turn,
        message,
    });
    violations
}

/// Whether a request was told that its password is too long although it is not.
fn made_up(evidence: &Evidence, request: u32, answer: &Returned) -> bool {
    let user = evidence.request(request).map(|it| it.key);
    matches!(answer, Returned::Error { .. }) && user.is_some_and(|user| user < TOO_LONG)
}

fn waiting(requests: &[u32]) -> String {
    match requests {
        [one] => format!("request {one} waits"),
        many => format!("{} requests wait", many.len()),
    }
}

/// Time passes in small steps and nothing happens, yet a task is polled.
fn polled_as_time_passes(evidence: &Evidence) -> Option<Violation> {
    let is_step = |turn: usize| matches!(evidence.turns().get(turn).map(|it| it.action), Some(Action::Pass { micros }) if micros < PATIENCE_MICROS);
    let busy: Vec<usize> = evidence
        .entries()
        .iter()
        .filter(|entry| {
            is_step(entry.turn) && matches!(entry.fact, Fact::Settled { polls, .. } if polls > 0)
        })
        .map(|entry| entry.turn)
        .collect();
    let steps = (0..evidence.turns().len())
        .filter(|turn| is_step(*turn))
        .count();
    if steps < PASSES || busy.len() * 2 < steps {
        return None;
    }
    Some(Violation {
        kind: Kind::Polling,
        turn: *busy.last()?,
        message: format!(
            "in {} of {steps} moments in which only time passed, a task was polled: it looks again and again instead of being woken",
            busy.len()
        ),
    })
}
