//! Drill `transfer`: check, await, act, and no account is overdrawn.

mod rules;
mod spaces;

use super::{Drill, Spoken, common};
use crate::course::language::Language;
use crate::exam::{Exam, Findings};
use play::check::Check;
use play::judge::{Kind, Rules};
use play::world::World;
use play::world::audit::{Audit, FLOODED_ACCOUNTS};
use rules::Transferring;

/// See the module.
pub(super) struct Transfers;

const CHECKS: &[Check] = &[
    Check {
        id: "total_kept",
        title: "no money is made and none is lost, at any moment",
        required: true,
        points: 10,
        hint: "`total` may be asked at any await: what does it say between your two changes?",
    },
    Check {
        id: "never_negative",
        title: "no account is ever overdrawn",
        required: true,
        points: 20,
        hint: "the check held before the await; what has happened to the account since?",
    },
    Check {
        id: "recorded_first",
        title: "money moves only after its own record was written",
        required: true,
        points: 10,
        hint: "what does the audit say of a transfer whose money has moved and whose record then fails?",
    },
    Check {
        id: "results",
        title: "a transfer that returned Ok has moved, and one that returned an error has not",
        required: true,
        points: 10,
        hint: "go through each way in which a transfer can end: which balances has it changed by then, and what becomes of a reservation?",
    },
    Check {
        id: "insufficient",
        title: "nothing is refused that could be paid",
        required: true,
        points: 10,
        hint: "which amounts count against the balance, and until when? May a transfer take all of it?",
    },
    Check {
        id: "no_deadlock",
        title: "every transfer ends, and opposite ones never wait for each other",
        required: true,
        points: 10,
        hint: "one transfer goes from A to B and another one from B to A: which account does each of them hold while it waits?",
    },
    Check {
        id: "independent",
        title: "transfers that share no account never wait for each other",
        required: true,
        points: 10,
        hint: "what do two transfers share that have no account in common?",
    },
    Check {
        id: "dropped",
        title: "a dropped transfer moved whole or not at all, and harms nobody",
        required: true,
        points: 10,
        hint: "the caller is gone while its record is being written: which of your lines still run, and what had it changed by then?",
    },
    Check {
        id: "odd_amounts",
        title: "odd transfers corrupt nothing: amounts of 0 or less, the same account twice, unknown accounts",
        required: true,
        points: 5,
        hint: "what do your lines do when `from` is `to`? And when the amount is below 0?",
    },
    Check {
        id: "no_polling",
        title: "waiting costs nothing",
        required: true,
        points: 2,
        hint: "looking again and again is not waiting; what can a task await that somebody else completes?",
    },
    Check {
        id: "panic_contained",
        title: "a record that panics takes down only the transfers that waited for it",
        required: false,
        points: 2,
        hint: "a panic unwinds like an early return that no `?` announces; what runs then?",
    },
    Check {
        id: "bounded_state",
        title: "transfers that failed or were dropped leave nothing behind",
        required: false,
        points: 1,
        hint: "after ten thousand transfers, some of them to accounts that do not exist, how large are your maps and lists?",
    },
];

/// What is wrong with the books themselves, and has nothing to do with waiting.
const BOOKS: &[Kind] = &[
    Kind::TotalChanged,
    Kind::Unexplained,
    Kind::Overdrawn,
    Kind::Unrecorded,
];

/// What must never happen, whatever goes wrong.
const ALL_KINDS: &[Kind] = &[
    Kind::TotalChanged,
    Kind::Unexplained,
    Kind::Overdrawn,
    Kind::Unrecorded,
    Kind::NotDone,
    Kind::FailedYetDone,
    Kind::InventedError,
    Kind::NeedlessRefusal,
    Kind::NotRefused,
    Kind::Hang,
    Kind::WaitsForOther,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Restless,
    Kind::Died,
    Kind::Garbled,
];

impl Drill for Transfers {
    fn slug(&self) -> &'static str {
        "transfer"
    }

    fn contract(&self) -> &'static str {
        include_str!("transfer/contract.rs")
    }

    fn spoken(&self, language: Language) -> Option<Spoken> {
        match language {
            Language::Rust | Language::Node => None,
            Language::Python => Some(Spoken {
                contract: include_str!("transfer/contract.py"),
                hints: &[
                    (
                        "results",
                        "go through each way in which a transfer can end, every exception among them: which balances has it changed by then, and what becomes of a reservation?",
                    ),
                    (
                        "dropped",
                        "the caller was cancelled while its record was being written: which of your lines still run, and what had it changed by then?",
                    ),
                    (
                        "panic_contained",
                        "an exception that you did not expect leaves by the same door as those you did; what runs then?",
                    ),
                ],
            }),
        }
    }

    fn world(&self) -> &'static dyn World {
        &Audit
    }

    fn checks(&self) -> &'static [Check] {
        CHECKS
    }

    fn rules(&self) -> &'static dyn Rules {
        &Transferring
    }

    fn examine(&self, exam: &mut Exam<'_>) {
        let together = spaces::together(exam);
        let failing = spaces::failing(exam);
        let pairs = spaces::independent(exam);
        // What shows only where there are many accounts is no matter of waiting.
        let wrong = pairs.only(BOOKS);
        let known = together.clone().with(failing).with(wrong);
        let of = |exam: &mut Exam<'_>, check, kinds| {
            exam.decide(check, &Transferring, &known, kinds);
        };
        of(exam, "total_kept", &[Kind::TotalChanged, Kind::Unexplained]);
        of(exam, "never_negative", &[Kind::Overdrawn]);
        of(exam, "recorded_first", &[Kind::Unrecorded]);
        let results = &[Kind::NotDone, Kind::FailedYetDone, Kind::InventedError];
        of(exam, "results", results);
        of(exam, "insufficient", &[Kind::NeedlessRefusal]);
        of(exam, "no_deadlock", common::ENDINGS);
        // Faults that show when nothing else happens were reported above.
        let also = |exam: &mut Exam<'_>, check, findings: &Findings, known: &Findings| {
            exam.decide_beyond(check, &Transferring, findings, ALL_KINDS, known);
        };
        also(exam, "independent", &pairs, &known);
        let dropped = spaces::dropping(exam);
        let known = known.with(pairs);
        also(exam, "dropped", &dropped, &known);
        let mut odd = spaces::odd(exam);
        // What `balance` says of accounts that do not exist shows in every schedule.
        odd.join(known.only(&[Kind::WrongBalance]));
        let odd_kinds = [ALL_KINDS, &[Kind::WrongBalance]].concat();
        let before = known.only(ALL_KINDS);
        exam.decide_beyond("odd_amounts", &Transferring, &odd, &odd_kinds, &before);
        let known = known.with(dropped).with(odd);
        let panics = spaces::panicking(exam);
        also(exam, "panic_contained", &panics, &known);
        let waiting = known.with(spaces::patient_waiting(exam));
        exam.decide("no_polling", &Transferring, &waiting, &[Kind::Polling]);
        exam.flood_with("bounded_state", "transfers", &[FLOODED_ACCOUNTS]);
        // From then on nothing is known of a run, so hardly anything can be wrong with it.
        if together.has(Kind::TotalChanged) {
            exam.take_back("cannot be judged while money is made or lost even when nothing goes wrong: see `total_kept`");
        }
    }
}
