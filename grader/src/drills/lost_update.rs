//! Drill `lost_update`: read, await, write, and nobody's deposit is lost.

mod rules;
mod spaces;

use super::{Drill, Spoken};
use crate::course::language::Language;
use crate::exam::{Exam, Findings};
use play::check::Check;
use play::judge::{Kind, Rules};
use play::world::World;
use play::world::bank::Bank;
use rules::Depositing;

/// See the module.
pub(super) struct LostUpdate;

const CHECKS: &[Check] = &[
    Check {
        id: "kept",
        title: "no deposit is written over by another",
        required: true,
        points: 25,
        hint: "between the read and the write other deposits run: what do they read, and what becomes of what they wrote?",
    },
    Check {
        id: "returned",
        title: "a deposit returns a balance with its own amount and all that came before",
        required: true,
        points: 15,
        hint: "which of the balances that you know is the one that your deposit made?",
    },
    Check {
        id: "answered",
        title: "every deposit ends, and none is left waiting",
        required: true,
        points: 10,
        hint: "when a deposit is done, how does the next one get to know?",
    },
    Check {
        id: "accounts_independent",
        title: "deposits in different accounts never wait for each other",
        required: true,
        points: 10,
        hint: "what do two deposits in different accounts share while one of them waits for the bank?",
    },
    Check {
        id: "errors",
        title: "an error reaches only the deposits that failed, and changes nothing",
        required: true,
        points: 15,
        hint: "after a read or a write has failed, what do you believe the account holds, and how do you know?",
    },
    Check {
        id: "dropped",
        title: "a dropped deposit happened once or not at all, and harms nobody",
        required: true,
        points: 15,
        hint: "the caller is gone in the middle of its write: did the bank carry it out, and which of your lines still run?",
    },
    Check {
        id: "no_polling",
        title: "waiting costs nothing",
        required: true,
        points: 5,
        hint: "looking again and again is not waiting; what can a task await that somebody else completes?",
    },
    Check {
        id: "panic_contained",
        title: "a bank call that panics takes down only the deposits that waited for it",
        required: false,
        points: 3,
        hint: "a panic unwinds like an early return that no `?` announces; what runs then?",
    },
    Check {
        id: "bounded_state",
        title: "accounts whose deposits failed or were dropped leave nothing behind",
        required: false,
        points: 2,
        hint: "after deposits in ten thousand accounts, how large are your maps?",
    },
];

/// What must never happen, whatever goes wrong.
const ALL: &[Kind] = &[
    Kind::LostUpdate,
    Kind::Unexplained,
    Kind::WrongBalance,
    Kind::FailedYetDone,
    Kind::InventedError,
    Kind::Hang,
    Kind::WaitsForOther,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Died,
    Kind::Garbled,
    Kind::Restless,
];

/// How a deposit can fail to end.
const ENDINGS: &[Kind] = &[
    Kind::Hang,
    Kind::WaitsForOther,
    Kind::InventedError,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Died,
    Kind::Garbled,
    Kind::Restless,
];

impl Drill for LostUpdate {
    fn slug(&self) -> &'static str {
        "lost_update"
    }

    fn contract(&self) -> &'static str {
        include_str!("lost_update/contract.rs")
    }

    fn spoken(&self, language: Language) -> Option<Spoken> {
        match language {
            Language::Rust => None,
            Language::Python => Some(Spoken {
                contract: include_str!("lost_update/contract.py"),
                hints: &[
                    (
                        "dropped",
                        "the caller was cancelled in the middle of its write: did the bank carry it out, and which of your lines still run?",
                    ),
                    (
                        "panic_contained",
                        "an exception that you did not expect leaves by the same door as those you did; what runs then?",
                    ),
                ],
            }),
            Language::Node => Some(Spoken {
                contract: include_str!("lost_update/contract.js"),
                hints: &[
                    (
                        "answered",
                        "when a deposit is done, or has failed, how does the next one get to know? A promise that rejects runs no `then` of one argument",
                    ),
                    (
                        "panic_contained",
                        "an error that you did not expect leaves by the same door as those you did; what runs then?",
                    ),
                ],
            }),
        }
    }

    fn about_drops(&self) -> &'static [&'static str] {
        &["dropped"]
    }

    fn world(&self) -> &'static dyn World {
        &Bank
    }

    fn checks(&self) -> &'static [Check] {
        CHECKS
    }

    fn rules(&self) -> &'static dyn Rules {
        &Depositing
    }

    fn examine(&self, exam: &mut Exam<'_>) {
        let together = spaces::together(exam);
        let accounts = spaces::several_accounts(exam);
        let lost = &[Kind::LostUpdate, Kind::Unexplained];
        // What one account shows is more easily followed.
        let is_new = |kind: &Kind| !together.has(*kind);
        let only_there: Vec<Kind> = lost.iter().copied().filter(is_new).collect();
        let kept = together.with(accounts.only(&only_there));
        exam.decide("kept", &Depositing, &kept, lost);
        exam.decide("returned", &Depositing, &together, &[Kind::WrongBalance]);
        exam.decide("answered", &Depositing, &together, ENDINGS);
        // Faults that show when nothing goes wrong were reported above.
        let also = |exam: &mut Exam<'_>, check, findings: &Findings, known: &Findings| {
            exam.decide_beyond(check, &Depositing, findings, ALL, known);
        };
        also(exam, "accounts_independent", &accounts, &kept);
        if together.has(Kind::LostUpdate) || together.has(Kind::Unexplained) {
            exam.skip_undecided(
                CHECKS,
                "cannot be judged while deposits are lost even when nothing goes wrong: see `kept`",
            );
            return;
        }
        let errors = spaces::failing(exam);
        also(exam, "errors", &errors, &together);
        let said = together.with(errors.clone()).with(accounts.clone());
        let mut dropped = Findings::default();
        if exam.drops() {
            dropped = spaces::dropping(exam);
            also(exam, "dropped", &dropped, &said);
        }
        let panics = spaces::panicking(exam);
        let mut known = together.clone();
        for findings in [&errors, &dropped, &accounts] {
            known.join(findings.clone());
        }
        also(exam, "panic_contained", &panics, &known);
        let waiting = known.with(spaces::patient_waiting(exam));
        exam.decide("no_polling", &Depositing, &waiting, &[Kind::Polling]);
        exam.flood("bounded_state", "accounts");
    }
}
