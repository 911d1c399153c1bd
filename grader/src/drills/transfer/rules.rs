//! The rules of `transfer`: what the balances show after each turn, and what transfers
//! return.

mod books;
mod moves;

use crate::drills::common;
use play::evidence::{Evidence, Fact};
use play::judge::{Kind, Rules, Violation};
use play::world::audit::{Transfer, Unfinished};

use books::Books;

/// Judges accounts between which money is transferred.
pub(super) struct Transferring;

impl Rules for Transferring {
    fn judge(&self, evidence: &Evidence) -> Vec<Violation> {
        if let Some(broken) = common::constructor(evidence) {
            return vec![broken];
        }
        let mut violations = Books::follow(evidence);
        violations.extend(held_up(evidence));
        violations.extend(common::hang(evidence));
        violations.extend(common::polling(evidence));
        violations.extend(common::late(evidence));
        violations.sort_by_key(|violation| violation.turn);
        violations
    }

    fn minds_polling(&self) -> bool {
        true
    }
}

/// A transfer that shares no account with an unfinished one, and is not recorded
/// although every task rests.
fn held_up(evidence: &Evidence) -> Option<Violation> {
    let mut unfinished = Unfinished::default();
    for entry in evidence.entries() {
        unfinished.note(evidence, &entry.fact);
        // With no live record, it cannot be waiting for another transfer.
        if !matches!(entry.fact, Fact::Settled { idle: true, .. }) || !unfinished.is_any_live() {
            continue;
        }
        let alone = unfinished.all().find(|(request, it)| {
            it.is_waiting && !it.is_recorded && !unfinished.shares_account(*request)
        });
        if let Some((request, it)) = alone {
            let Transfer { from, to, .. } = it.transfer;
            return Some(Violation {
                kind: Kind::WaitsForOther,
                turn: entry.turn,
                message: format!(
                    "request {request} is not recorded, although no other transfer under way is about account {from} or account {to}"
                ),
            });
        }
    }
    None
}
