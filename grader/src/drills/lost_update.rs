//! Drill `lost_update`: read, await, write, and nobody's deposit is lost.

mod rules;

use crate::course::language::Language;
use crate::exam::{Exam, Findings};
use play::check::Check;
use play::evidence::{ALIKE, Evidence};
use play::judge::{Kind, Rules};
use play::schedule::{Action, Outcome, Turn};
use play::space::{Ask, Space, Straight};
use play::world::World;
use play::world::bank::{Bank, READ, WRITE};

use super::leaving::Leaving;
use super::woken::Woken;
use super::{Drill, Spoken, schedules};
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

const ACCOUNT: u32 = 7;
const OTHER: u32 = 8;
const CROWD: usize = 40;
const LINE: usize = 300;
const MANY_ACCOUNTS: u32 = 300;
const BUSY_ACCOUNTS: u32 = 150;
const RANDOM_SCHEDULES: usize = 150;

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
        let together = together(exam);
        let accounts = several_accounts(exam);
        let lost = &[Kind::LostUpdate, Kind::Unexplained];
        let kept = together.with(accounts.only(lost));
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
        let errors = failing(exam);
        also(exam, "errors", &errors, &together);
        let said = together.with(errors.clone()).with(accounts.clone());
        let mut dropped = Findings::default();
        if exam.drops() {
            dropped = dropping(exam);
            also(exam, "dropped", &dropped, &said);
        }
        let panics = panicking(exam);
        let mut known = together.clone();
        for findings in [&errors, &dropped, &accounts] {
            known.join(findings.clone());
        }
        also(exam, "panic_contained", &panics, &known);
        let waiting = known.with(patient_waiting(exam));
        exam.decide("no_polling", &Depositing, &waiting, &[Kind::Polling]);
        exam.flood("bounded_state", "accounts");
    }
}

/// One account, nothing goes wrong: three deposits in every order, and a crowd.
fn together(exam: &mut Exam<'_>) -> Findings {
    let few = Space {
        halves: 1,
        ..Space::of(&[ACCOUNT; 3])
    };
    let mut findings = exam.explore(&Depositing, &few);
    if findings.has(Kind::LostUpdate) {
        return findings;
    }
    findings.join(exam.explore(&Depositing, &Space::of(&[ACCOUNT; 4])));
    findings.join(exam.explore(&Depositing, &Straight(crowd)));
    findings.join(exam.explore(&Depositing, &Straight(long_line)));
    findings.join(exam.explore(&Depositing, &Straight(slow)));
    findings
}

/// Forty deposits at once, none of which is polled before all have started.
fn crowd(evidence: &Evidence) -> Option<Turn> {
    if evidence.started() < CROWD {
        return Some(Turn::partial(Action::ask(ACCOUNT), 0));
    }
    schedules::then_all_answered(evidence)
}

/// A submission must wait even for a bank that takes a week.
fn slow(evidence: &Evidence) -> Option<Turn> {
    let deposit = Action::ask(ACCOUNT);
    schedules::slow(evidence, 0, &[deposit; 2], deposit)
}

/// More deposits in one account than any line should have room for.
fn long_line(evidence: &Evidence) -> Option<Turn> {
    if evidence.started() < LINE {
        return Some(Turn::partial(Action::ask(ACCOUNT), 0));
    }
    schedules::then_all_answered(evidence)
}

/// Two accounts in every order, many accounts at once, and two accounts with similar ids.
fn several_accounts(exam: &mut Exam<'_>) -> Findings {
    let two = Space {
        halves: 1,
        ..Space::of(&[ACCOUNT, OTHER])
    };
    let mut findings = exam.explore(&Depositing, &two);
    findings.join(exam.explore(&Depositing, &Space::of(&[ACCOUNT, OTHER, ACCOUNT])));
    let many = |evidence: &Evidence| match evidence.started() as u32 {
        started if started < MANY_ACCOUNTS => Some(Turn::full(Action::ask(ACCOUNT + started))),
        _ => schedules::then_all_answered(evidence),
    };
    findings.join(exam.explore(&Depositing, &Straight(many)));
    let at_once = |evidence: &Evidence| {
        let deposits = (ACCOUNT..ACCOUNT + MANY_ACCOUNTS).map(Action::ask);
        schedules::answered_at_once(evidence, deposits)
    };
    findings.join(exam.explore(&Depositing, &Straight(at_once)));
    findings.join(exam.explore(&Depositing, &Straight(once_more_behind_many)));
    findings.join(exam.explore(&Depositing, &Space::of(&[ACCOUNT, ACCOUNT + ALIKE])));
    let alike = |evidence: &Evidence| schedules::one_for_each(evidence, schedules::alike_keys());
    findings.join(exam.explore(&Depositing, &Straight(alike)));
    findings
}

/// Many accounts, all of which are busy, and the first few of them once more.
fn once_more_behind_many(evidence: &Evidence) -> Option<Turn> {
    let started = evidence.started() as u32;
    match started {
        ..BUSY_ACCOUNTS => Some(Turn::partial(Action::ask(ACCOUNT + started), 0)),
        BUSY_ACCOUNTS => Some(Turn::full(Action::ask(ACCOUNT))),
        _ if started < BUSY_ACCOUNTS + 3 => {
            let nth = started - BUSY_ACCOUNTS;
            Some(Turn::full(Action::ask(ACCOUNT + nth)))
        }
        _ => schedules::then_all_answered(evidence),
    }
}

/// Up to two errors in every order; callers that try again at once; a bank that is down
/// for long.
fn failing(exam: &mut Exam<'_>) -> Findings {
    let some = Space {
        errors: 1,
        halves: 1,
        ..Space::of(&[ACCOUNT; 2])
    };
    let mut findings = exam.explore(&Depositing, &some);
    let two = Space {
        errors: 2,
        ..Space::of(&[ACCOUNT; 3])
    };
    findings.join(exam.explore(&Depositing, &two));
    let again = Ask {
        again: true,
        ..Ask::of(ACCOUNT)
    };
    let insistent = Space {
        errors: 2,
        ..Space::asking(vec![again; 2])
    };
    findings.join(exam.explore(&Depositing, &insistent));
    findings.join(exam.explore(&Depositing, &Straight(down)));
    for kind in [READ, WRITE] {
        let in_a_row = |evidence: &Evidence| {
            schedules::down_for_a_while(evidence, |_| Action::ask(ACCOUNT), kind)
        };
        findings.join(exam.explore(&Depositing, &Straight(in_a_row)));
    }
    findings
}

/// Twenty deposits in a row of which every second operation fails.
fn down(evidence: &Evidence) -> Option<Turn> {
    if let Some(operation) = evidence.live().next() {
        let outcome = match operation % 2 {
            0 => Outcome::Error(0),
            _ => Outcome::Value,
        };
        return Some(Turn::full(Action::Answer { operation, outcome }));
    }
    match evidence.started() < 20 {
        true => Some(Turn::full(Action::ask(ACCOUNT))),
        false => schedules::then_all_answered(evidence),
    }
}

/// One caller is dropped, at every moment; then several things go wrong.
fn dropping(exam: &mut Exam<'_>) -> Findings {
    let one = Space {
        hang_ups: 1,
        drops_may_happen: true,
        halves: 1,
        ..Space::of(&[ACCOUNT; 2])
    };
    let mut findings = exam.explore(&Depositing, &one);
    let of_three = Space {
        hang_ups: 1,
        drops_may_happen: true,
        ..Space::of(&[ACCOUNT; 3])
    };
    findings.join(exam.explore(&Depositing, &of_three));
    let woken = Woken {
        made: None,
        asks: vec![Action::ask(ACCOUNT); 3],
    };
    findings.join(exam.explore(&Depositing, &woken));
    let leaving = Leaving {
        made: None,
        asks: vec![Action::ask(ACCOUNT); 4],
        only_idle: false,
    };
    findings.join(exam.explore(&Depositing, &leaving));
    let in_a_row =
        |evidence: &Evidence| schedules::drops_for_a_while(evidence, Action::ask(ACCOUNT));
    findings.join(exam.explore(&Depositing, &Straight(in_a_row)));
    let much = Space {
        errors: 2,
        hang_ups: 3,
        drops_may_happen: true,
        halves: 4,
        half_polls: vec![0, 1, 2, 3],
        ..Space::of(&[
            ACCOUNT, ACCOUNT, OTHER, ACCOUNT, ACCOUNT, OTHER, ACCOUNT, OTHER,
        ])
    };
    findings.join(exam.wander(&Depositing, &much, RANDOM_SCHEDULES));
    findings
}

/// The bank panics, and a caller may be gone by then; then it panics again and again.
fn panicking(exam: &mut Exam<'_>) -> Findings {
    let one = Space {
        panics: 1,
        hang_ups: 1,
        ..Space::of(&[ACCOUNT; 3])
    };
    let mut findings = exam.explore(&Depositing, &one);
    for kind in [READ, WRITE] {
        let in_a_row = |evidence: &Evidence| {
            schedules::panics_for_a_while(evidence, |_| Action::ask(ACCOUNT), kind)
        };
        findings.join(exam.explore(&Depositing, &Straight(in_a_row)));
    }
    findings
}

/// Four deposits wait while time passes in small steps; the answers come between two steps.
fn patient_waiting(exam: &mut Exam<'_>) -> Findings {
    let next = |evidence: &Evidence| match evidence.turns().len() {
        0..4 => Some(Turn::full(Action::ask(ACCOUNT))),
        4..24 => Some(Turn::full(Action::Pass { micros: 10_000 })),
        _ => schedules::then_all_answered(evidence),
    };
    exam.explore(&Depositing, &Straight(next))
}
