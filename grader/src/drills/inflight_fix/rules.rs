//! The rules of `inflight_fix`: when a fetch may begin, and how waiting ends.

use std::collections::BTreeMap;

use crate::drills::user_cache;
use crate::evidence::{Evidence, Fact, RequestState};
use crate::judge::{Kind, Rules, Violation};
use crate::schedule::{Action, Outcome};

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
    rows: u32,
    /// A caller was dropped and not everything has run since: its fetch may be
    /// about to be dropped too.
    unsettled_hang_up: bool,
    /// An overlap that is none if the older fetch turns out to be dropped.
    pending: Option<Violation>,
}

fn fetches(evidence: &Evidence) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut accounts: BTreeMap<u32, Account> = BTreeMap::new();
    for entry in evidence.entries() {
        let turn = entry.turn;
        match entry.fact {
            Fact::Began {
                fetch, user: None, ..
            } => violations.push(Violation {
                kind: Kind::NeedlessFetch,
                turn,
                message: format!("fetch {fetch} is for a user nobody asked for"),
            }),
            Fact::Began {
                fetch,
                user: Some(user),
                ..
            } => {
                let account = accounts.entry(user).or_default();
                violations.extend(account.begin(fetch, user, turn));
            }
            Fact::Answered { fetch, outcome } => {
                let Some(account) = account_of(evidence, &mut accounts, fetch) else {
                    continue;
                };
                account.live.retain(|live| *live != fetch);
                match outcome {
                    Outcome::Row => account.rows += 1,
                    _ => account.excuses += 1,
                }
            }
            Fact::Dropped { fetch } => {
                let Some(account) = account_of(evidence, &mut accounts, fetch) else {
                    continue;
                };
                account.live.retain(|live| *live != fetch);
            }
            Fact::HungUp { request } => {
                let Some(request) = evidence.request(request) else {
                    continue;
                };
                let account = accounts.entry(request.user).or_default();
                account.excuses += 1;
                account.unsettled_hang_up = true;
            }
            Fact::Settled { idle: true, .. } => {
                for account in accounts.values_mut() {
                    account.unsettled_hang_up = false;
                    let pending = account.pending.take();
                    violations.extend(pending.filter(|_| account.live.len() > 1));
                }
            }
            _ => {}
        }
    }
    violations
}

fn account_of<'a>(
    evidence: &Evidence,
    accounts: &'a mut BTreeMap<u32, Account>,
    fetch: u32,
) -> Option<&'a mut Account> {
    accounts.get_mut(&evidence.fetch(fetch)?.user?)
}

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
        if self.begun <= 1 + self.excuses {
            return None;
        }
        let message = if self.rows > 0 {
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
}

/// While nothing happens a waiting request must not be polled, and when its
/// answer comes it must return without the clock having to move.
fn polling(evidence: &Evidence) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut polls_while_waiting = 0;
    let mut rows: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, entry) in evidence.entries().iter().enumerate() {
        let turn = entry.turn;
        let passing = matches!(evidence.turns().get(turn), Some(played) if matches!(played.action, Action::Pass { .. }));
        match entry.fact {
            Fact::Settled {
                idle: false,
                fully: true,
                polls,
            } => {
                let waiting = waiting_at(evidence, at);
                violations.push(Violation {
                    kind: Kind::Polling,
                    turn,
                    message: format!("{waiting} request(s) wait, nothing happens, and after {polls} polls some task still asks to be polled again"),
                });
            }
            Fact::Settled { polls, .. } if passing => {
                polls_while_waiting += polls;
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

/// More than a few timers of a careful solution may cost, less than polling does.
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
