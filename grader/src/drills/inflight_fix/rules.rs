//! The rules of `inflight_fix`: when a fetch may begin, and how waiting ends.

use std::collections::BTreeMap;

use crate::drills::{common, user_cache};
use play::evidence::{Evidence, Fact, Returned};
use play::judge::{Kind, Rules, Violation};
use play::schedule::Outcome;

/// Judges a cache that fetches each user once, however many ask.
pub(super) struct Coalescing;

impl Rules for Coalescing {
    fn judge(&self, evidence: &Evidence) -> Vec<Violation> {
        let mut violations = user_cache::endings(evidence);
        violations.extend(fetches(evidence));
        violations.extend(common::polling(evidence));
        violations.sort_by_key(|violation| violation.turn);
        violations
    }

    fn minds_polling(&self) -> bool {
        true
    }
}

/// What is known of one user's fetches at some moment.
#[derive(Default)]
struct Account {
    live: Vec<u32>,
    begun: u32,
    /// Reasons for a further fetch so far: errors, panics, callers dropped.
    excuses: u32,
    /// Fetches that failed in a row.
    failed_in_a_row: u32,
    /// Requests that started, and how many of them wait.
    requests: u32,
    waiting: u32,
    /// The fetch whose row came last, if no caller was dropped since.
    row_of: Option<u32>,
    /// Whether some request returned that row.
    row_returned: bool,
    /// Whether every ready task has run since, so that the row can be found.
    cached: bool,
    /// A caller was dropped and some ready tasks have not run since: its fetch
    /// may be about to be dropped too.
    unsettled_hang_up: bool,
    /// An overlap that does not count if the older fetch turns out to be dropped.
    pending: Option<Violation>,
}

fn fetches(evidence: &Evidence) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut accounts: BTreeMap<u32, Account> = BTreeMap::new();
    let user_of_request = |request: u32| evidence.request(request).map(|it| it.key);
    let user_of_fetch = |fetch: u32| evidence.operation(fetch).and_then(|it| it.key);
    for entry in evidence.entries() {
        let turn = entry.turn;
        let user = match entry.fact {
            Fact::Began { operation }
            | Fact::Answered { operation, .. }
            | Fact::Dropped { operation } => user_of_fetch(operation),
            Fact::Started { request, .. } => user_of_request(request),
            Fact::HungUp { request } | Fact::Panicked { request, .. } => user_of_request(request),
            Fact::Returned { request, .. } => user_of_request(request),
            Fact::Discarded => {
                // The next cache is new and knows nothing.
                accounts.clear();
                continue;
            }
            Fact::Settled { idle: true, .. } => {
                for account in accounts.values_mut() {
                    violations.extend(account.settle());
                }
                continue;
            }
            _ => continue,
        };
        let Some(user) = user else {
            if let Fact::Began { operation: fetch } = entry.fact {
                violations.push(Violation {
                    kind: Kind::NeedlessFetch,
                    turn,
                    message: format!("fetch {fetch} is for a user that nobody asked for"),
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
            Fact::Began { operation } => violations.extend(account.begin(*operation, user, turn)),
            Fact::Answered { operation, outcome } => {
                violations.extend(account.answer(*operation, *outcome, user, turn));
            }
            Fact::Dropped { operation } => {
                account.live.retain(|live| live != operation);
                // The submission cancelled it by a timer of its own, so it may be tried again.
                account.excuses += u32::from(common::is_pass(evidence, turn));
            }
            Fact::HungUp { .. } => {
                account.waiting = account.waiting.saturating_sub(1);
                account.excuses += 1;
                account.unsettled_hang_up = true;
                if !account.row_returned {
                    // The caller that was dropped may have been the one that held the row.
                    account.row_of = None;
                }
            }
            Fact::Returned { answer, .. } => {
                account.waiting = account.waiting.saturating_sub(1);
                let last = account.row_of;
                account.row_returned |=
                    matches!(answer, Returned::Of { operation } if Some(*operation) == last);
            }
            Fact::Panicked { .. } => account.waiting = account.waiting.saturating_sub(1),
            _ => {}
        }
    }
    violations
}

/// How many fetches may fail in a row, beside one for each request, before every
/// waiting request must have been told. A few attempts are fair.
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
            Outcome::Value | Outcome::Real => {
                self.row_of = Some(fetch);
                self.failed_in_a_row = 0;
            }
            Outcome::Panic => self.excuses += 1,
            Outcome::Error(_) => {
                self.excuses += 1;
                self.failed_in_a_row += 1;
            }
        }
        // Judged when the next fetch fails: by then a waiting request has had time to be told.
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

    /// Every ready task has run.
    fn settle(&mut self) -> Option<Violation> {
        self.cached |= self.row_returned;
        self.unsettled_hang_up = false;
        self.pending.take().filter(|_| self.live.len() > 1)
    }
}
