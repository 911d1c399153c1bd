//! The rules of `cache_race`: every request that finds nothing fetches, and a
//! request that finds the row does not.

use std::collections::BTreeMap;

use super::stampede;
use crate::drills::user_cache;
use play::evidence::{Evidence, Fact};
use play::judge::{Kind, Rules, Violation};
use play::text::count;

/// Judges a cache that shows the race.
pub(super) struct Racing;

impl Rules for Racing {
    fn judge(&self, evidence: &Evidence) -> Vec<Violation> {
        if stampede::is_one(evidence) {
            return stampede::judge(evidence);
        }
        let mut violations = user_cache::endings(evidence);
        violations.extend(fetches(evidence));
        violations.sort_by_key(|violation| violation.turn);
        violations
    }
}

/// What is known of one user at some moment.
#[derive(Default)]
struct Account {
    requests: usize,
    waiting: usize,
    begun: usize,
    live: usize,
    /// A row has come, and everything that was ready has run since.
    row_came: bool,
    cached: bool,
    missing: bool,
}

fn fetches(evidence: &Evidence) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut accounts: BTreeMap<u32, Account> = BTreeMap::new();
    let user_of = |fetch: u32| evidence.operation(fetch).and_then(|it| it.key);
    for entry in evidence.entries() {
        let turn = entry.turn;
        match entry.fact {
            Fact::Started { request, .. } => {
                let user = evidence.request(request).map_or(0, |it| it.key);
                let account = accounts.entry(user).or_default();
                account.requests += 1;
                account.waiting += 1;
            }
            Fact::Began { operation: fetch } => {
                let Some(user) = user_of(fetch) else {
                    violations.push(Violation {
                        kind: Kind::ExtraFetch,
                        turn,
                        message: format!("fetch {fetch} is for a user that nobody asked for"),
                    });
                    continue;
                };
                let account = accounts.entry(user).or_default();
                account.begun += 1;
                account.live += 1;
                if account.cached {
                    let message = format!(
                        "fetch {fetch} began for user {user}, whose row had arrived before the request did"
                    );
                    violations.push(Violation {
                        kind: Kind::NeedlessFetch,
                        turn,
                        message,
                    });
                } else if account.begun > account.requests {
                    let message = format!(
                        "{} for user {user} began {} fetches",
                        count(account.requests, "request", "requests"),
                        account.begun
                    );
                    violations.push(Violation {
                        kind: Kind::ExtraFetch,
                        turn,
                        message,
                    });
                }
            }
            Fact::Answered { operation, outcome } => {
                let Some(account) =
                    user_of(operation).map(|user| accounts.entry(user).or_default())
                else {
                    continue;
                };
                account.live = account.live.saturating_sub(1);
                account.row_came |= outcome.is_value();
            }
            Fact::Dropped { operation } => {
                let live = evidence_was_live(evidence, operation, turn);
                let Some(account) =
                    user_of(operation).map(|user| accounts.entry(user).or_default())
                else {
                    continue;
                };
                account.live = account.live.saturating_sub(usize::from(live));
            }
            Fact::Returned { request, .. }
            | Fact::Panicked { request, .. }
            | Fact::HungUp { request } => {
                let user = evidence.request(request).map(|it| it.key);
                let Some(account) = user.map(|user| accounts.entry(user).or_default()) else {
                    continue;
                };
                account.waiting = account.waiting.saturating_sub(1);
            }
            // The next cache is new and knows nothing.
            Fact::Discarded => accounts.clear(),
            Fact::Settled { idle: true, .. } => {
                for (user, account) in &mut accounts {
                    account.cached |= account.row_came;
                    if account.waiting > account.live && !account.missing {
                        account.missing = true;
                        let message = sharing(*user, account);
                        violations.push(Violation {
                            kind: Kind::MissingFetch,
                            turn,
                            message,
                        });
                    }
                }
            }
            _ => {}
        }
    }
    violations
}

/// Whether a fetch that was dropped in `turn` was still unanswered.
fn evidence_was_live(evidence: &Evidence, number: u32, turn: usize) -> bool {
    !evidence.entries().iter().any(|entry| {
        entry.turn <= turn
            && matches!(entry.fact, Fact::Answered { operation, .. } if operation == number)
    })
}

fn sharing(user: u32, account: &Account) -> String {
    let fetches = match account.live {
        0 => "no fetch is".to_owned(),
        1 => "one fetch is".to_owned(),
        many => format!("{many} fetches are"),
    };
    format!(
        "{} for user {user} and {fetches} under way: here requests wait for each other. That is the aim of `inflight_fix`; this drill shows the race, with a fetch for every request",
        count(account.waiting, "request waits", "requests wait"),
    )
}
