//! The rules for every cache of users, which `cache_race` and `inflight_fix`
//! share.

use std::collections::BTreeSet;

use super::common;
use super::schedules::Went;
use play::evidence::{Entry, Evidence, Fact, Returned};
use play::judge::{Kind, Violation};
use play::schedule::{Action, FIRST_KEY, Outcome, Turn};
use play::text::one_line;

/// How many users are cached when something happens to the fetch of another one.
const CACHED: [u32; 4] = [1, 2, 5, 50];

/// Some users are cached, a fetch for another one goes like this, and then all are asked for.
pub(super) fn beside_cached_ones(went: Went) -> impl Iterator<Item = Vec<Turn>> {
    let start = |user| Turn::full(Action::ask(user));
    let answer = |operation, outcome| Turn::full(Action::Answer { operation, outcome });
    CACHED.into_iter().map(move |cached| {
        let (last, others) = (cached + 1, FIRST_KEY + 1..=FIRST_KEY + cached);
        let fetched = others.clone().zip(1..);
        let fetched =
            fetched.flat_map(|(user, fetch)| [start(user), answer(fetch, Outcome::Value)]);
        let mut turns: Vec<Turn> = fetched.collect();
        turns.push(start(FIRST_KEY));
        turns.push(match went {
            Went::Failed => answer(last, Outcome::Error(0)),
            Went::Panicked => answer(last, Outcome::Panic),
            Went::Left | Went::LeftDone => Turn::full(Action::HangUp {
                request: last,
                happened: false,
            }),
        });
        turns.extend(others.map(start));
        turns
    })
}

/// Finds requests that end wrongly. A request must end with its own user's row or
/// with an error that a fetch really returned; it must not panic or wait for ever.
pub fn endings(evidence: &Evidence) -> Vec<Violation> {
    let mut violations: Vec<Violation> = common::constructor(evidence).into_iter().collect();
    let mut begun = 0;
    // How many fetches had begun when this cache was made, and how many requests.
    let mut before_this_cache = 0;
    let mut requests_before = 0;
    let mut requests = 0;
    for (at, entry) in evidence.entries().iter().enumerate() {
        let wrong = match &entry.fact {
            Fact::Began { .. } => {
                begun += 1;
                None
            }
            Fact::Started { request, .. } => {
                requests = requests.max(*request);
                None
            }
            Fact::Discarded => {
                (before_this_cache, requests_before) = (begun, requests);
                None
            }
            Fact::Returned {
                request,
                answer: Returned::Of { operation },
            } if *operation <= before_this_cache && *request > requests_before => Some((
                Kind::WrongRow,
                format!(
                    "request {request} returned the row of fetch {operation}, which another cache had fetched: a new cache is empty"
                ),
            )),
            Fact::Returned { request, answer } => wrong_answer(evidence, at, *request, answer),
            Fact::Panicked { request, message } if !fetch_panicked(evidence, at, *request) => {
                Some((
                    Kind::Panicked,
                    format!("request {request} panicked: {}", one_line(message, 200)),
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
    violations.extend(common::hang(evidence));
    violations.extend(common::waited_for_another(evidence));
    violations
}

fn wrong_answer(
    evidence: &Evidence,
    at: usize,
    request: u32,
    answer: &Returned,
) -> Option<(Kind, String)> {
    let user = evidence.request(request)?.key;
    let asked = Asked::new(evidence, at, request)?;
    let (outcome, text) = match answer {
        Returned::Of { .. } => return None,
        Returned::Invented | Returned::Plain(_) => {
            let what = answer.odd();
            let what =
                what.unwrap_or_else(|| format!("a row that no fetch of user {user} brought"));
            return Some(match asked.failed_before() {
                Some(fetch) => {
                    let message = format!(
                        "request {request} returned {what}, and nothing was fetched for it: fetch {fetch} had failed before it asked, and something was cached"
                    );
                    (Kind::StaleError, message)
                }
                None => (Kind::WrongRow, format!("request {request} returned {what}")),
            });
        }
        Returned::Error { own: false, .. } => {
            let message = format!(
                "request {request} asked for user {user} and was told that another user was not found"
            );
            return Some((Kind::InventedError, message));
        }
        Returned::Error { error, own: true } => {
            (Outcome::Error(*error), evidence.world().error_words(*error))
        }
    };
    let same_answers: Vec<usize> = asked.answers(|given| given == outcome).collect();
    if same_answers.is_empty() {
        // A fetch that panicked has to be reported as some error.
        if fetch_panicked(evidence, at, request) {
            return None;
        }
        let message = format!(
            "request {request} returned the error `{text}`, which no fetch of user {user} returned"
        );
        return Some((Kind::InventedError, message));
    }
    let was_over = |answered: &usize| asked.was_over(*answered);
    same_answers.iter().all(was_over).then(|| {
        // Where there was a fetch while it waited, nothing was remembered for it.
        if let Some((fetch, how)) = asked.fetched_meanwhile() {
            let message = format!("request {request} returned the error `{text}`, but fetch {fetch}, which was under way while it waited, {how}");
            return (Kind::InventedError, message);
        }
        let message = format!("request {request} returned the error `{text}` of a fetch that was over before it asked: the error was cached");
        (Kind::StaleError, message)
    })
}

/// What is known of the fetches of a request's user when the request returns.
struct Asked<'e> {
    evidence: &'e Evidence,
    request: u32,
    user: u32,
    /// What was seen before it returned.
    before: &'e [Entry],
    /// Where among that it started.
    started: usize,
}

impl<'e> Asked<'e> {
    /// Of a request that returns at this place.
    fn new(evidence: &'e Evidence, at: usize, request: u32) -> Option<Asked<'e>> {
        let before = &evidence.entries()[..at];
        let starts = |entry: &Entry| matches!(entry.fact, Fact::Started { request: number, .. } if number == request);
        Some(Asked {
            evidence,
            request,
            user: evidence.request(request)?.key,
            before,
            started: before.iter().position(starts)?,
        })
    }

    fn is_own(&self, fetch: u32) -> bool {
        let it = self.evidence.operation(fetch);
        it.is_some_and(|it| it.key == Some(self.user))
    }

    /// Where fetches of its user were answered like this.
    fn answers(&self, is: impl Fn(Outcome) -> bool) -> impl Iterator<Item = usize> {
        let entries = self.before.iter().enumerate();
        let of_it = entries.filter(move |(_, entry)| match entry.fact {
            Fact::Answered { operation, outcome } => is(outcome) && self.is_own(operation),
            _ => false,
        });
        of_it.map(|(at, _)| at)
    }

    /// Whether the fetch that was answered there was over when the request started: its answer
    /// was received, and every ready task has run, or its own caller was told before and nobody
    /// else waited for it any more.
    fn was_over(&self, answered: usize) -> bool {
        let Fact::Answered {
            operation: fetch, ..
        } = self.before[answered].fact
        else {
            return false;
        };
        let until = &self.before[answered..self.started.max(answered)];
        let is_delivery = |entry: &Entry| matches!(entry.fact, Fact::Delivered { operation } if operation == fetch);
        let delivered = until.iter().position(is_delivery);
        let repeats = self
            .evidence
            .request(self.request)
            .and_then(|it| it.repeats);
        let shows_it = |entry: &Entry| match entry.fact {
            Fact::Settled { idle: true, .. } => true,
            Fact::Returned { request, .. } => repeats == Some(request) && self.was_alone(),
            _ => false,
        };
        delivered.is_some_and(|at| until[at..].iter().any(shows_it))
    }

    /// Whether no other request for its user waited when it started.
    fn was_alone(&self) -> bool {
        let mut waiting = BTreeSet::new();
        for entry in &self.before[..self.started] {
            match entry.fact {
                Fact::Started { request, .. } => {
                    waiting.insert(request);
                }
                Fact::Returned { request, .. }
                | Fact::Panicked { request, .. }
                | Fact::HungUp { request } => {
                    waiting.remove(&request);
                }
                _ => {}
            }
        }
        let key = |request: &u32| self.evidence.request(*request).map(|it| it.key);
        !waiting.iter().any(|it| key(it) == Some(self.user))
    }

    /// The fetch that failed last before it started, if nothing was fetched since.
    fn failed_before(&self) -> Option<u32> {
        let last = self.answers(|_| true).last()?;
        let Fact::Answered { operation, outcome } = self.before[last].fact else {
            return None;
        };
        let failed = !outcome.is_value() && last < self.started;
        (failed && self.fetched_meanwhile().is_none()).then_some(operation)
    }

    /// The last fetch that was under way while it waited, and what became of it.
    fn fetched_meanwhile(&self) -> Option<(u32, String)> {
        let mut live: Vec<u32> = Vec::new();
        let mut last = None;
        for (at, entry) in self.before.iter().enumerate() {
            let (fetch, how) = match entry.fact {
                Fact::Began { operation } if self.is_own(operation) => {
                    live.push(operation);
                    (operation, "has not ended".to_owned())
                }
                Fact::Answered { operation, outcome } if live.contains(&operation) => {
                    let words = self.evidence.world();
                    let with = match outcome {
                        Outcome::Error(error) => {
                            format!("with the error `{}`", words.error_words(error))
                        }
                        Outcome::Panic => "with a panic".to_owned(),
                        Outcome::Value | Outcome::Real => "with the row".to_owned(),
                    };
                    (operation, format!("was answered {with}"))
                }
                Fact::Dropped { operation } if live.contains(&operation) => {
                    (operation, "was dropped before it had an answer".to_owned())
                }
                _ => continue,
            };
            if !matches!(entry.fact, Fact::Began { .. }) {
                live.retain(|it| *it != fetch);
            }
            if at >= self.started {
                last = Some((fetch, how));
            }
        }
        let still = || Some((*live.first()?, "has not ended".to_owned()));
        last.or_else(still)
    }
}

/// Whether, before entry `at`, a fetch panicked that `request` may have waited for.
fn fetch_panicked(evidence: &Evidence, at: usize, request: u32) -> bool {
    let Some(user) = evidence.request(request).map(|it| it.key) else {
        return false;
    };
    let entries = &evidence.entries()[..at];
    let is_own = |fetch: u32| {
        evidence
            .operation(fetch)
            .is_some_and(|it| it.key == Some(user))
    };
    let panic = entries.iter().rposition(|entry| {
        matches!(entry.fact, Fact::Answered { operation, outcome: Outcome::Panic } if is_own(operation))
    });
    let started = entries.iter().position(
        |entry| matches!(entry.fact, Fact::Started { request: number, .. } if number == request),
    );
    let (Some(panic), Some(started)) = (panic, started) else {
        return false;
    };
    // A request made after the fetch was over did not wait for it.
    let settled_between = || {
        entries[panic..started]
            .iter()
            .any(|entry| matches!(entry.fact, Fact::Settled { idle: true, .. }))
    };
    started < panic || !settled_between()
}
