//! What every cache of users must do, whichever drill it is written for: the
//! rules that `cache_race` and `inflight_fix` share.

use play::evidence::{Entry, Evidence, Fact, Returned};
use play::judge::{Kind, Violation};
use play::schedule::{Action, Outcome};
use play::space::PATIENCE_MICROS;

/// The violations of the rules about how requests end: with their own user's
/// row, with an error that a fetch really returned, not in a panic, not never.
pub(super) fn endings(evidence: &Evidence) -> Vec<Violation> {
    let mut violations: Vec<Violation> = constructor(evidence).into_iter().collect();
    for (at, entry) in evidence.entries().iter().enumerate() {
        let wrong = match &entry.fact {
            Fact::Returned { request, answer } => wrong_answer(evidence, at, *request, answer),
            Fact::Panicked { request, message } if !fetch_panicked(evidence, at, *request) => {
                Some((
                    Kind::Panicked,
                    format!("request {request} panicked: {}", brief(message)),
                ))
            }
            _ => None,
        };
        violations.extend(wrong.map(|(kind, message)| Violation {
            kind,
            turn: entry.turn,
            message,
        }));
    }
    violations.extend(hang(evidence));
    violations
}

fn brief(message: &str) -> String {
    play::text::one_line(message, 200)
}

/// A constructor that panicked leaves nothing to call.
fn constructor(evidence: &Evidence) -> Option<Violation> {
    match evidence.entries().first() {
        Some(Entry {
            fact: Fact::Broke { message },
            ..
        }) => Some(Violation {
            kind: Kind::Panicked,
            turn: 0,
            message: format!("`UserCache::new` panicked: {}", brief(message)),
        }),
        _ => None,
    }
}

fn wrong_answer(
    evidence: &Evidence,
    at: usize,
    request: u32,
    answer: &Returned,
) -> Option<(Kind, String)> {
    let user = evidence.request(request)?.user;
    let (outcome, text) = match answer {
        Returned::RowOf { .. } => return None,
        Returned::InventedRow
        | Returned::HashOf { .. }
        | Returned::InventedHash
        | Returned::TooLong
        | Returned::Other => {
            let message =
                format!("request {request} returned a row that no fetch of user {user} brought");
            return Some((Kind::WrongRow, message));
        }
        Returned::NotFound { own: false } => {
            let message = format!(
                "request {request} asked for user {user} and was told that another user was not found"
            );
            return Some((Kind::InventedError, message));
        }
        Returned::NotFound { own: true } => (Outcome::NotFound, "not found"),
        Returned::Unavailable => (Outcome::Unavailable, "unavailable"),
    };
    let before = &evidence.entries()[..at];
    let is_own = |fetch: u32| {
        evidence
            .fetch(fetch)
            .is_some_and(|it| it.user == Some(user))
    };
    let same_answers: Vec<usize> = before
        .iter()
        .enumerate()
        .filter(|(_, entry)| matches!(entry.fact, Fact::Answered { fetch, outcome: given } if given == outcome && is_own(fetch)))
        .map(|(index, _)| index)
        .collect();
    if same_answers.is_empty() {
        // A fetch that panicked has to be told as something.
        if fetch_panicked(evidence, at, request) {
            return None;
        }
        let message = format!(
            "request {request} returned the error `{text}`, which no fetch of user {user} returned"
        );
        return Some((Kind::InventedError, message));
    }
    let started = before.iter().position(
        |entry| matches!(entry.fact, Fact::Started { request: number, .. } if number == request),
    )?;
    let is_delivery_of = |entry: &Entry, answered: &Entry| match (&entry.fact, &answered.fact) {
        (Fact::Delivered { fetch }, Fact::Answered { fetch: other, .. }) => fetch == other,
        _ => false,
    };
    // Over is a fetch whose answer was received, and everything that was ready ran.
    let was_over = |answered: &usize| {
        let until = &before[*answered..started.max(*answered)];
        let delivered = until
            .iter()
            .position(|entry| is_delivery_of(entry, &before[*answered]));
        delivered.is_some_and(|at| {
            let later = &until[at..];
            later
                .iter()
                .any(|entry| matches!(entry.fact, Fact::Settled { idle: true, .. }))
        })
    };
    same_answers.iter().all(was_over).then(|| {
        let message = format!("request {request} returned the error `{text}` of a fetch that was over before it asked: the error was cached");
        (Kind::StaleError, message)
    })
}

/// Whether, before entry `at`, a fetch panicked that `request` may have waited for.
fn fetch_panicked(evidence: &Evidence, at: usize, request: u32) -> bool {
    let Some(user) = evidence.request(request).map(|it| it.user) else {
        return false;
    };
    let entries = &evidence.entries()[..at];
    let is_own = |fetch: u32| {
        evidence
            .fetch(fetch)
            .is_some_and(|it| it.user == Some(user))
    };
    let panic = entries.iter().rposition(|entry| {
        matches!(entry.fact, Fact::Answered { fetch, outcome: Outcome::Panic } if is_own(fetch))
    });
    let started = entries.iter().position(
        |entry| matches!(entry.fact, Fact::Started { request: number, .. } if number == request),
    );
    let (Some(panic), Some(started)) = (panic, started) else {
        return false;
    };
    // Who asked after all was over did not wait for that fetch.
    let settled_between = || {
        entries[panic..started]
            .iter()
            .any(|entry| matches!(entry.fact, Fact::Settled { idle: true, .. }))
    };
    started < panic || !settled_between()
}

/// Requests that still wait when the schedule is over, though nothing more can
/// happen to the fetches they need.
fn hang(evidence: &Evidence) -> Option<Violation> {
    let stranded = evidence.stranded();
    let first = *stranded.first()?;
    let user = evidence.request(first)?.user;
    let turn = evidence.turns().len().checked_sub(1)?;
    // Only when time has passed as well: a request may be about to try again.
    let last = evidence.turns()[turn].action;
    if !matches!(last, Action::Pass { micros } if micros >= PATIENCE_MICROS) {
        return None;
    }
    let requests = match &stranded[..] {
        [one] => format!("request {one} waits"),
        many => format!("{} requests wait", many.len()),
    };
    let other = evidence
        .live()
        .next()
        .and_then(|fetch| evidence.fetch(fetch)?.user);
    let (kind, message) = match other {
        Some(other) if other != user => (
            Kind::WaitsForOther,
            format!(
                "request {first} for user {user} waits while user {other} is being fetched; nobody is fetching user {user}"
            ),
        ),
        _ => (
            Kind::Hang,
            format!(
                "{requests} for a fetch that nobody is running: nobody is fetching user {user}{}",
                any_more(evidence, user)
            ),
        ),
    };
    Some(Violation {
        kind,
        turn,
        message,
    })
}

fn any_more(evidence: &Evidence, user: u32) -> &'static str {
    let ever = evidence
        .fetches()
        .any(|(_, fetch)| fetch.user == Some(user));
    if ever { " any more" } else { "" }
}
