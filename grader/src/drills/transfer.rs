//! Drill `transfer`: check, await, act, and no account is overdrawn.

mod rules;

use crate::course::language::Language;
use crate::exam::{Exam, Findings};
use play::check::Check;
use play::evidence::Evidence;
use play::judge::{Kind, Rules};
use play::schedule::{Action, FIRST_KEY, Few, Outcome, Turn};
use play::space::{A_WEEK, Ask, Space, Straight};
use play::world::World;
use play::world::audit::{
    ALL, Audit, BEYOND, FLOODED_ACCOUNTS, MOST, NEGATIVE, NOWHERE, SMALL, ZERO,
};

use super::leaving::Leaving;
use super::woken::Woken;
use super::{Drill, Spoken, common};
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

const A: u32 = FIRST_KEY;
const B: u32 = FIRST_KEY + 1;
const C: u32 = FIRST_KEY + 2;
const D: u32 = FIRST_KEY + 3;
const CROWD: usize = 40;
const DISTANCES: u32 = 32;
const PAIRS: u32 = 52;
const SLOW_MICROS: u64 = 10_000_000;
const RANDOM_SCHEDULES: usize = 60;

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
        let together = together(exam);
        let failing = failing(exam);
        let known = together.with(failing);
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
        let pairs = independent(exam);
        also(exam, "independent", &pairs, &known);
        let dropped = dropping(exam);
        let known = known.with(pairs);
        also(exam, "dropped", &dropped, &known);
        let mut odd = odd(exam);
        // What `balance` says of accounts that do not exist shows in every schedule.
        odd.join(known.only(&[Kind::WrongBalance]));
        let odd_kinds = [ALL_KINDS, &[Kind::WrongBalance]].concat();
        let before = known.only(ALL_KINDS);
        exam.decide_beyond("odd_amounts", &Transferring, &odd, &odd_kinds, &before);
        let known = known.with(dropped).with(odd);
        let panics = Space {
            panics: 1,
            ..between(4, &[(A, B, MOST), (A, C, MOST), (B, A, SMALL)])
        };
        let panics = exam.explore(&Transferring, &panics);
        also(exam, "panic_contained", &panics, &known);
        let waiting = known.with(patient_waiting(exam));
        exam.decide("no_polling", &Transferring, &waiting, &[Kind::Polling]);
        let numbers = Few::one(FLOODED_ACCOUNTS);
        let accounts = [Turn::full(Action::Make { numbers })];
        exam.flood_after("bounded_state", "transfers", &accounts);
    }
}

const fn transfer(from: u32, to: u32, size: u32) -> Action {
    Action::call(0, Few::of(&[from, to, size]))
}

/// These transfers between this many accounts; then each again.
fn between(accounts: u32, transfers: &[(u32, u32, u32)]) -> Space {
    let ask = |(from, to, size): &(u32, u32, u32)| Ask::call(0, &[*from, *to, *size]);
    Space {
        made: Some(Few::one(accounts)),
        ..Space::asking(transfers.iter().map(ask).collect())
    }
}

/// A schedule between this many accounts.
fn straight(
    accounts: u32,
    next: impl Fn(&Evidence) -> Option<Turn>,
) -> Straight<impl Fn(&Evidence) -> Option<Turn>> {
    let numbers = Few::one(accounts);
    Straight(move |evidence: &Evidence| match evidence.turns().len() {
        0 => Some(Turn::full(Action::Make { numbers })),
        _ => next(evidence),
    })
}

/// Nothing goes wrong: too little money for all, opposite transfers, three in a ring, a
/// crowd.
fn together(exam: &mut Exam<'_>) -> Findings {
    let rivals = Space {
        halves: 1,
        ..between(3, &[(A, B, MOST), (A, C, MOST)])
    };
    let mut findings = exam.explore(&Transferring, &rivals);
    for three in [
        [(A, B, MOST), (A, C, MOST), (B, A, SMALL)],
        [(A, B, MOST), (B, A, ALL), (A, B, ALL)],
        [(A, B, MOST), (B, C, BEYOND), (C, A, MOST)],
        [(A, B, SMALL), (B, C, SMALL), (C, D, SMALL)],
        [(A, B, SMALL), (A, B, SMALL), (B, A, MOST)],
    ] {
        findings.join(exam.explore(&Transferring, &between(4, &three)));
    }
    findings.join(exam.explore(&Transferring, &straight(4, crowd)));
    findings.join(exam.explore(&Transferring, &straight(4, one_by_one)));
    findings.join(exam.explore(&Transferring, &straight(DISTANCES + 2, there_and_back)));
    findings.join(exam.explore(&Transferring, &straight(4, anew)));
    findings.join(exam.explore(&Transferring, &straight(4, slow)));
    findings
}

/// Forty transfers at once between four accounts, none of which is polled before all have started.
fn crowd(evidence: &Evidence) -> Option<Turn> {
    let started = evidence.started();
    if started < CROWD {
        let from = started as u32 % 4;
        let to = (from + 1 + started as u32 / 4 % 3) % 4;
        let action = transfer(
            A + from,
            A + to,
            if started.is_multiple_of(5) {
                MOST
            } else {
                SMALL
            },
        );
        return Some(Turn::partial(action, 0));
    }
    common::then_all_answered(evidence)
}

/// Forty small transfers from one account, each of which finds the loop at rest.
fn one_by_one(evidence: &Evidence) -> Option<Turn> {
    match evidence.started() < CROWD {
        true => Some(Turn::full(transfer(A, B, SMALL))),
        false => common::then_all_answered(evidence),
    }
}

/// A transfer, and the same once more between accounts that are new.
fn anew(evidence: &Evidence) -> Option<Turn> {
    match evidence.turns().len() {
        1 | 4 => Some(Turn::full(transfer(A, B, MOST))),
        3 => Some(Turn::full(Action::Discard)),
        5 => Some(Turn::full(transfer(A, C, MOST))),
        _ => common::then_all_answered(evidence),
    }
}

/// At each distance, a transfer there and one back, both of which wait for the same account:
/// whatever a submission makes of ids, it must not take two of them for one.
fn there_and_back(evidence: &Evidence) -> Option<Turn> {
    let started = evidence.started() as u32;
    let far = B + 1 + started / 3;
    let is_over = evidence.waiting().next().is_none();
    match started % 3 {
        0 if !is_over || started == 3 * DISTANCES => common::then_all_answered(evidence),
        0 => Some(Turn::full(transfer(A, B, SMALL))),
        1 => Some(Turn::partial(transfer(A, far, SMALL), 0)),
        _ => Some(Turn::full(transfer(far, A, SMALL))),
    }
}

/// A submission must wait even for an audit that takes a week.
fn slow(evidence: &Evidence) -> Option<Turn> {
    let pass = |micros| Some(Turn::full(Action::Pass { micros }));
    match evidence.turns().len() {
        1 => Some(Turn::full(transfer(A, B, MOST))),
        2 => Some(Turn::full(transfer(B, A, SMALL))),
        3 => pass(SLOW_MICROS),
        turn => match A_WEEK.get(turn - 4) {
            Some(micros) => pass(*micros),
            None => common::then_all_answered(evidence),
        },
    }
}

/// Errors in every order; callers that try again at once; an audit that is down
/// for long.
fn failing(exam: &mut Exam<'_>) -> Findings {
    let some = Space {
        errors: 1,
        halves: 1,
        ..between(3, &[(A, B, MOST), (A, C, MOST)])
    };
    let mut findings = exam.explore(&Transferring, &some);
    let three = Space {
        errors: 1,
        ..between(3, &[(A, B, MOST), (A, C, MOST), (B, A, SMALL)])
    };
    findings.join(exam.explore(&Transferring, &three));
    // Those that wait for promised money are told one after the other.
    let one_source = Space {
        errors: 1,
        ..between(3, &[(A, B, MOST), (A, C, MOST), (A, B, MOST)])
    };
    findings.join(exam.explore(&Transferring, &one_source));
    let again = |ask: Ask| Ask { again: true, ..ask };
    let insistent = between(3, &[(A, B, MOST), (B, A, MOST)]);
    let insistent = Space {
        errors: 2,
        asks: insistent.asks.iter().copied().map(again).collect(),
        ..insistent
    };
    findings.join(exam.explore(&Transferring, &insistent));
    findings.join(exam.explore(&Transferring, &straight(3, down)));
    let in_a_row = |evidence: &Evidence| common::down_for_a_while(evidence, transfer(A, B, SMALL));
    findings.join(exam.explore(&Transferring, &straight(3, in_a_row)));
    findings
}

/// Twenty transfers in a row of which every second record fails.
fn down(evidence: &Evidence) -> Option<Turn> {
    if let Some(operation) = evidence.live().next() {
        let outcome = match operation % 2 {
            0 => Outcome::Error(0),
            _ => Outcome::Value,
        };
        return Some(Turn::full(Action::Answer { operation, outcome }));
    }
    let sizes = [SMALL, MOST];
    match evidence.started() {
        started if started < 20 => {
            let size = sizes[usize::from(started % 4 == 1)];
            Some(Turn::full(transfer(A, B, size)))
        }
        _ => common::then_all_answered(evidence),
    }
}

/// Two pairs of accounts in every order, one transfer between the pairs, and very many pairs.
fn independent(exam: &mut Exam<'_>) -> Findings {
    let two = Space {
        halves: 1,
        ..between(4, &[(A, B, MOST), (C, D, MOST)])
    };
    let mut findings = exam.explore(&Transferring, &two);
    let chain = [(A, B, MOST), (B, C, SMALL), (D, D + 1, SMALL)];
    findings.join(exam.explore(&Transferring, &between(5, &chain)));
    let many = |evidence: &Evidence| match evidence.started() as u32 {
        pair if pair < PAIRS => Some(Turn::full(transfer(A + 2 * pair, B + 2 * pair, MOST))),
        _ => common::then_all_answered(evidence),
    };
    findings.join(exam.explore(&Transferring, &straight(2 * PAIRS, many)));
    findings
}

/// One caller is dropped, at every moment; then several things go wrong.
fn dropping(exam: &mut Exam<'_>) -> Findings {
    let one = Space {
        hang_ups: 1,
        drops_may_happen: true,
        halves: 1,
        ..between(3, &[(A, B, MOST), (A, C, MOST)])
    };
    let mut findings = exam.explore(&Transferring, &one);
    let of_three = Space {
        hang_ups: 1,
        drops_may_happen: true,
        ..between(3, &[(A, B, MOST), (B, A, ALL), (B, C, SMALL)])
    };
    findings.join(exam.explore(&Transferring, &of_three));
    let one_source = [(A, B, MOST), (A, C, MOST), (A, D, MOST)];
    let one_dropped = Space {
        hang_ups: 1,
        drops_may_happen: true,
        ..between(4, &one_source)
    };
    findings.join(exam.explore(&Transferring, &one_dropped));
    let woken = Woken {
        made: Some(Few::one(4)),
        asks: one_source
            .map(|(from, to, size)| transfer(from, to, size))
            .to_vec(),
    };
    findings.join(exam.explore(&Transferring, &woken));
    let leaving = Leaving {
        made: Some(Few::one(4)),
        asks: vec![transfer(A, B, MOST); 4],
        only_idle: false,
    };
    findings.join(exam.explore(&Transferring, &leaving));
    let much = [
        (A, B, MOST),
        (B, A, MOST),
        (A, C, MOST),
        (C, D, ALL),
        (B, A, SMALL),
        (D, A, MOST),
        (A, B, SMALL),
    ];
    let much = Space {
        errors: 2,
        hang_ups: 3,
        drops_may_happen: true,
        halves: 4,
        half_polls: vec![0, 1, 2, 3],
        ..between(4, &much)
    };
    findings.join(exam.wander(&Transferring, &much, RANDOM_SCHEDULES));
    findings
}

/// Amounts of 0 and below, from an account to itself, and accounts that do not exist.
fn odd(exam: &mut Exam<'_>) -> Findings {
    let mut findings = Findings::default();
    for (errors, odd) in [
        (1, [(A, B, ZERO), (A, B, NEGATIVE), (A, B, MOST)]),
        (1, [(A, A, MOST), (A, A, BEYOND), (A, B, MOST)]),
        (0, [(A, NOWHERE, BEYOND), (NOWHERE, A, SMALL), (A, B, MOST)]),
        (0, [(A, NOWHERE, MOST), (NOWHERE, B, ZERO), (A, A, ALL)]),
    ] {
        let odd = Space {
            errors,
            ..between(2, &odd)
        };
        findings.join(exam.explore(&Transferring, &odd));
    }
    findings
}

/// Four transfers wait while time passes in small steps; the answers come between two steps.
fn patient_waiting(exam: &mut Exam<'_>) -> Findings {
    let next = |evidence: &Evidence| match evidence.turns().len() {
        1..5 => Some(Turn::full(transfer(A, B, SMALL))),
        5..25 => Some(Turn::full(Action::Pass { micros: 10_000 })),
        _ => common::then_all_answered(evidence),
    };
    exam.explore(&Transferring, &straight(2, next))
}
