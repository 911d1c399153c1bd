//! The rules of `inflight_fix`: when a fetch may begin, and how waiting ends.

use std::collections::BTreeMap;

use crate::drills::user_cache;
use play::evidence::{Evidence, Fact, RequestState, Returned};
use play::judge::{Kind, Rules, Violation};
use play::schedule::{Action, Outcome};

/// Judges a cache that is to fetch each user once, however many ask.
pub(super) struct Coalescing;

impl Rules for Coalescing {
    fn judge(&self, evidence: &Evidence) -> Vec<Violation> {
        let mut violations = user_cache::endings(evidence);
        violations.extend(fetches(evidence));
        violations.extend(polling(evidence));
        violations.sort_by_key(|violation| violation.turn);
        violations
    }
}

/// What is known of one user's fetches at some moment.
#[derive(Default)]
struct Account {
    live: Vec<u32>,
    begun: u32,
    /// Reasons for a further fetch so far: errors, panics, callers dropped.
    excuses: u32,
    /// Fetches that failed, one after the other.
    failed_in_a_row: u32,
    /// Requests that started, and those of them that wait.
    requests: u32,
    waiting: u32,
    /// The fetch whose row came last, if no caller was dropped since.
    row_of: Option<u32>,
    /// Some request returned that row.
    row_returned: bool,
    /// And everything that was ready has run since: it can be found.
    cached: bool,
    /// A caller was dropped and not everything has run since: its fetch may be
    /// about to be dropped too.
    unsettled_hang_up: bool,
    /// An overlap that is none if the older fetch turns out to be dropped.
    pending: Option<Violation>,
}

fn fetches(evidence: &Evidence) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut accounts: BTreeMap<u32, Account> = BTreeMap::new();
    let user_of_request = |request: u32| evidence.request(request).map(|it| it.user);
    let user_of_fetch = |fetch: u32| evidence.fetch(fetch).and_then(|it| it.user);
    for entry in evidence.entries() {
        let turn = entry.turn;
        let user = match entry.fact {
            Fact::Started { user, .. } => Some(user),
            Fact::Began { user, .. } => user,
            Fact::Answered { fetch, .. } | Fact::Dropped { fetch } => user_of_fetch(fetch),
            Fact::HungUp { request } | Fact::Panicked { request, .. } => user_of_request(request),
            Fact::Returned { request, .. } => user_of_request(request),
            Fact::Settled { idle: true, .. } => {
                for account in accounts.values_mut() {
                    violations.extend(account.settle());
                }
                continue;
            }
            _ => continue,
        };
        let Some(user) = user else {
            if let Fact::Began { fetch, .. } = entry.fact {
                violations.push(Violation {
                    kind: Kind::NeedlessFetch,
                    turn,
                    message: format!("fetch {fetch} is for a user nobody asked for"),
                });
            }
            continue;
        };
        let account = accounts.entry(user).or_default();
        match &entry.fact {
            Fact::Started { .. } => {
                account.requests += 1;
                account.waiting += 1;
            }
            Fact::Began { fetch, .. } => violations.extend(account.begin(*fetch, user, turn)),
            Fact::Answered { fetch, outcome } => {
                violations.extend(account.answer(*fetch, *outcome, user, turn));
            }
            Fact::Dropped { fetch } => {
                account.live.retain(|live| live != fetch);
                // Called off by a timer of its own: then it may be tried again.
                account.excuses += u32::from(is_pass(evidence, turn));
            }
            Fact::HungUp { .. } => {
                account.waiting = account.waiting.saturating_sub(1);
                account.excuses += 1;
                account.unsettled_hang_up = true;
                if !account.row_returned {
                    // Who was dropped may have been the one that held the row.
                    account.row_of = None;
                }
            }
            Fact::Returned { answer, .. } => {
                account.waiting = account.waiting.saturating_sub(1);
                let last = account.row_of;
                account.row_returned |=
                    matches!(answer, Returned::RowOf { fetch } if Some(*fetch) == last);
            }
            Fact::Panicked { .. } => account.waiting = account.waiting.saturating_sub(1),
            _ => {}
        }
    }
    violations
}

fn is_pass(evidence: &Evidence, turn: usize) -> bool {
    let turn = evidence.turns().get(turn);
    turn.is_some_and(|turn| matches!(turn.action, Action::Pass { .. }))
}

/// So many fetches may fail in a row before every request that waits must have been
/// told, beside one for each request: a few attempts are anybody's right.
const PATIENT_RETRIES: u32 = 10;

impl Account {
    fn begin(&mut self, fetch: u32, user: u32, turn: usize) -> Option<Violation> {
        let older = self.live.first().copied();
        self.live.push(fetch);
        self.begun += 1;
        if let Some(older) = older {
            let message =
                format!("fetch {fetch} for user {user} began while fetch {older} was under way");
            let overlap = Violation {
                kind: Kind::Overlap,
                turn,
                message,
            };
            if self.unsettled_hang_up {
                self.pending.get_or_insert(overlap);
                return None;
            }
            return Some(overlap);
        }
        if self.begun <= 1 + self.excuses && !self.cached {
            return None;
        }
        let message = if self.row_of.is_some() || self.cached {
            format!("fetch {fetch} began for user {user}, whose row had already been fetched")
        } else {
            format!("fetch {fetch} began for user {user}; nothing that happened called for it")
        };
        Some(Violation {
            kind: Kind::NeedlessFetch,
            turn,
            message,
        })
    }

    fn answer(
        &mut self,
        fetch: u32,
        outcome: Outcome,
        user: u32,
        turn: usize,
    ) -> Option<Violation> {
        self.live.retain(|live| *live != fetch);
        match outcome {
            Outcome::Row => {
                self.row_of = Some(fetch);
                self.failed_in_a_row = 0;
            }
            Outcome::Panic => self.excuses += 1,
            Outcome::NotFound | Outcome::Unavailable => {
                self.excuses += 1;
                self.failed_in_a_row += 1;
            }
        }
        // Judged when the next one fails: whoever waits has had the time to hear.
        let endless = self.failed_in_a_row == PATIENT_RETRIES + self.requests + 1;
        (endless && self.waiting > 0).then(|| Violation {
            kind: Kind::Hang,
            turn,
            message: format!(
                "a request for user {user} still waits after {} fetches have failed: it never hands on the error",
                self.failed_in_a_row - 1
            ),
        })
    }

    /// Everything that was ready has run.
    fn settle(&mut self) -> Option<Violation> {
        self.cached |= self.row_returned;
        self.unsettled_hang_up = false;
        self.pending.take().filter(|_| self.live.len() > 1)
    }
}

/// While nothing happens a waiting request must not be polled, and when its
/// answer comes it must return without the clock having to move.
fn polling(evidence: &Evidence) -> Vec<Violation> {
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
                    message: format!("{waiting} request(s) wait, nothing happens, and after {polls} polls some task still asks to be polled again"),
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
            Fact::Answered {
                fetch,
                outcome: Outcome::Row,
            } => {
                if let Some(user) = evidence.fetch(fetch).and_then(|it| it.user) {
                    rows.entry(user).or_insert(turn);
                }
            }
            Fact::Returned { request, .. } if passing => {
                let Some(user) = evidence.request(request).map(|it| it.user) else {
                    continue;
                };
                if rows.get(&user).is_some_and(|answered| *answered < turn) {
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

/// Polls of the requests' own tasks: more than a few timers of a careful solution
/// cost, less than polling does.
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
