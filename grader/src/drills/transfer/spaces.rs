//! The schedules of `transfer`.

use super::rules::Transferring;
use crate::drills::history;
use crate::drills::leaving::Leaving;
use crate::drills::schedules::{self, BESIDE, Line, Went};
use crate::drills::taken::{Ends, Taken};
use crate::drills::woken::Woken;
use crate::exam::{Exam, Findings};
use play::evidence::Evidence;
use play::schedule::{Action, FIRST_KEY, Few, Outcome, Polled, Turn};
use play::space::{Ask, Space, Spaces, Straight};
use play::world::audit::{
    ALL, BEYOND, FAR_BELOW, FAR_BEYOND, HALF, MOST, NEGATIVE, NOWHERE, ODD, ODD_ONES, ONE_BEYOND,
    OVER_THE_REST, REST, SMALL, ZERO,
};

const D: u32 = FIRST_KEY + 3;
/// The first of these holds one account of the second, which may hold the other one by then.
const IN_A_CHAIN: [(u32, u32, u32); 3] = [(B, C, MOST), (A, B, MOST), (B, D, SMALL)];
/// Transfers that some make in a way of their own. What is recorded of a negative amount is
/// theirs to say.
const ODD_AMOUNTS: [(u32, u32, u32); 3] = [(A, A, MOST), (A, B, ZERO), (A, B, ALL)];
const CROWD: usize = 40;
const DISTANCES: u32 = 32;
const PAIRS: u32 = 140;
const STRANGERS: u32 = 6;
const RANDOM_SCHEDULES: usize = 60;

pub(super) const A: u32 = FIRST_KEY;
const B: u32 = FIRST_KEY + 1;
const C: u32 = FIRST_KEY + 2;

const E: u32 = FIRST_KEY + 4;
/// Two that have no account in common, and one that waits for the second, for the first, or
/// for both.
const BEHIND_ONE: [[(u32, u32, u32); 3]; 3] = [
    [(A, B, MOST), (C, D, ALL), (C, E, ALL)],
    [(A, B, MOST), (C, D, MOST), (A, B, MOST)],
    [(A, B, MOST), (C, D, MOST), (C, B, MOST)],
];

const fn transfer(from: u32, to: u32, size: u32) -> Action {
    Action::call(0, Few::of(&[from, to, size]))
}

/// The line for two accounts.
const LINE: Line = Line {
    made: Some(Few::one(2)),
    start: |_| transfer(A, B, SMALL),
    answers: 1,
};
/// What the first one of so many wants is there for one who comes after them.
const MOSTS: [usize; 2] = [5, 12];

/// These transfers between this many accounts; then each again.
fn between(accounts: u32, transfers: &[(u32, u32, u32)]) -> Space {
    let ask = |(from, to, size): &(u32, u32, u32)| Ask::call(0, &[*from, *to, *size]);
    Space {
        made: Some(Few::one(accounts)),
        ..Space::asking(transfers.iter().map(ask).collect())
    }
}

/// What is well after something went wrong.
fn later() -> Space {
    Space {
        halves: 1,
        half_polls: vec![0, 1],
        ..between(3, &[(A, B, MOST), (A, C, MOST)])
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
pub(super) fn together(exam: &mut Exam<'_>) -> Findings {
    let rivals = Space {
        halves: 1,
        ..between(3, &[(A, B, MOST), (A, C, MOST)])
    };
    let mut spaces = Spaces::default();
    spaces.add(rivals);
    // Which of the accounts comes first in an order matters to those that lock in one.
    for [payer, first, second] in [[B, A, C], [B, C, A], [C, A, B]] {
        spaces.add(between(3, &[(payer, first, MOST), (payer, second, MOST)]));
    }
    // One of two accounts that pay is paid, and two pay one.
    for two in [
        [(B, C, SMALL), (A, B, SMALL)],
        [(B, A, SMALL), (C, A, SMALL)],
    ] {
        let half_settled = Space {
            halves: 1,
            half_polls: vec![1, 2],
            ..between(4, &two)
        };
        spaces.add(half_settled);
    }
    for three in [
        [(A, B, MOST), (A, C, MOST), (B, A, SMALL)],
        [(A, B, MOST), (B, A, ALL), (A, B, ALL)],
        [(A, B, MOST), (B, C, BEYOND), (C, A, MOST)],
        [(A, B, SMALL), (B, C, SMALL), (C, D, SMALL)],
        [(A, B, SMALL), (A, B, SMALL), (B, A, MOST)],
        // The one that pays is paid meanwhile, and pays once more.
        [(A, B, MOST), (C, A, SMALL), (A, D, MOST)],
    ] {
        spaces.add(between(4, &three));
    }
    for polled in [Polled::ByNewWakers, Polled::Joined] {
        spaces.add(Space {
            polled,
            ..between(3, &[(A, B, MOST), (A, C, MOST), (B, A, SMALL)])
        });
        // One waits with an account in its hands.
        spaces.add(Space {
            polled,
            ..between(3, &[(B, C, MOST), (A, B, MOST)])
        });
    }
    // To the last coin, and one more.
    for last in [REST, OVER_THE_REST] {
        spaces.add(between(3, &[(A, B, HALF), (A, C, last)]));
    }
    for beyond in [ONE_BEYOND, FAR_BEYOND] {
        spaces.add(between(2, &[(A, B, beyond), (A, B, ALL)]));
    }
    slow_after(&mut spaces, None);
    into_the_gap(&mut spaces, None);
    LINE.newcomers(&mut spaces);
    let rivals =
        |evidence: &Evidence| schedules::instances(evidence, |nth| transfer(A, B + nth % 2, MOST));
    spaces.add(straight(4, rivals));
    spaces.add(straight(4, crowd));
    spaces.add(straight(4, one_by_one));
    spaces.add(straight(2, all_that_is_there));
    for alone in [0, 1] {
        let rivals = move |evidence: &Evidence| rivals_in_pairs(evidence, alone);
        spaces.add(straight(schedules::PAIRED as u32 + 4, rivals));
    }
    let others = ODD + ODD_ONES - A;
    spaces.add(straight(others, there_and_back));
    spaces.add(straight(4, anew));
    let starts = [transfer(A, B, MOST), transfer(A, C, MOST)].map(Turn::full);
    let meanwhile = move |evidence: &Evidence| schedules::one_after_the_other(evidence, starts);
    spaces.add(straight(4, meanwhile));
    spaces.add(straight(4, slow));
    let idle = |evidence: &Evidence| {
        schedules::idle_for_long(evidence, transfer(A, B, SMALL), schedules::slow_steps())
    };
    spaces.add(straight(4, idle));
    let second =
        |evidence: &Evidence| schedules::slow_for_the_second(evidence, transfer(A, B, MOST));
    spaces.add(straight(4, second));
    // Who has less may have more by the time it is served.
    for paid in [A, B] {
        let richer = Space {
            halves: 1,
            half_polls: vec![0],
            ..between(3, &[(C, paid, MOST), (A, B, SMALL), (B, A, SMALL)])
        };
        spaces.add(richer);
    }
    for three in &BEHIND_ONE {
        spaces.add(between(5, three));
    }
    spaces.add(straight(2 * STRANGERS, behind_strangers));
    exam.explore_all(&Transferring, &spaces)
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
    schedules::then_all_answered(evidence)
}

/// Pairs of accounts that have nothing to do with each other; then each pair once more, the
/// last one first. What came last is recorded first.
fn behind_strangers(evidence: &Evidence) -> Option<Turn> {
    let started = evidence.started() as u32;
    if started < 2 * STRANGERS {
        let pair = match started.checked_sub(STRANGERS) {
            None => started,
            Some(again) => STRANGERS - 1 - again,
        };
        return Some(Turn::full(transfer(A + 2 * pair, A + 2 * pair + 1, MOST)));
    }
    let outcome = Outcome::Value;
    match evidence.live().last() {
        Some(operation) => Some(Turn::full(Action::Answer { operation, outcome })),
        None => schedules::then_all_answered(evidence),
    }
}

/// Forty small transfers from one account, each of which finds the loop at rest.
fn one_by_one(evidence: &Evidence) -> Option<Turn> {
    match evidence.started() < CROWD {
        true => Some(Turn::full(transfer(A, B, SMALL))),
        false => schedules::then_all_answered(evidence),
    }
}

/// Twelve at once, each of which wants most of what there is.
fn all_that_is_there(evidence: &Evidence) -> Option<Turn> {
    match evidence.started() {
        ..12 => Some(Turn::partial(transfer(A, B, MOST), 0)),
        _ => schedules::then_all_answered(evidence),
    }
}

/// In pairs, each of which wants more than an account of its own has.
fn rivals_in_pairs(evidence: &Evidence, alone: usize) -> Option<Turn> {
    schedules::in_pairs(evidence, (alone, 1), schedules::PAIRED, |pair, place| {
        // None of those that pay is one of the rich ones.
        let from = A + 2 * pair;
        transfer(from, from + 1 + 2 * place, MOST)
    })
}

/// A transfer, and the same once more between accounts that are new.
fn anew(evidence: &Evidence) -> Option<Turn> {
    match evidence.turns().len() {
        1 | 4 => Some(Turn::full(transfer(A, B, MOST))),
        3 => Some(Turn::full(Action::Discard)),
        5 => Some(Turn::full(transfer(A, C, MOST))),
        _ => schedules::then_all_answered(evidence),
    }
}

/// At each distance, a transfer there and one back, both of which wait for the same account:
/// whatever a submission makes of ids, it must not take two of them for one.
fn there_and_back(evidence: &Evidence) -> Option<Turn> {
    let started = evidence.started() as u32;
    let nth = started / 3;
    let (far, held) = match nth.checked_sub(DISTANCES) {
        None => (B + 1 + nth, A),
        Some(nth) if nth.is_multiple_of(2) => (ODD + nth / 2, A),
        Some(nth) => (ODD + nth / 2, ODD + nth / 2),
    };
    let is_over = evidence.waiting().next().is_none();
    match started % 3 {
        0 if !is_over || far == ODD + ODD_ONES => schedules::then_all_answered(evidence),
        0 => Some(Turn::full(transfer(held, B, SMALL))),
        1 => Some(Turn::partial(transfer(A, far, SMALL), 0)),
        _ => Some(Turn::full(transfer(far, A, SMALL))),
    }
}

/// A submission must wait even for an audit that takes a week.
fn slow(evidence: &Evidence) -> Option<Turn> {
    let starts = [transfer(A, B, MOST), transfer(B, A, SMALL)];
    schedules::slow(evidence, 1, &starts, transfer(A, C, MOST))
}

/// Errors in every order; callers that try again at once; an audit that is down
/// for long.
pub(super) fn failing(exam: &mut Exam<'_>) -> Findings {
    let some = Space {
        errors: 1,
        halves: 1,
        ..between(3, &[(A, B, MOST), (A, C, MOST)])
    };
    let mut spaces = Spaces::default();
    spaces.add(some);
    let three = Space {
        errors: 1,
        ..between(3, &[(A, B, MOST), (A, C, MOST), (B, A, SMALL)])
    };
    spaces.add(three);
    // Those that wait for promised money are told one after the other.
    let one_source = Space {
        errors: 1,
        ..between(3, &[(A, B, MOST), (A, C, MOST), (A, B, MOST)])
    };
    spaces.add(one_source);
    let again = |ask: Ask| Ask { again: true, ..ask };
    let insistent = between(3, &[(A, B, MOST), (B, A, MOST)]);
    let insistent = Space {
        errors: 2,
        asks: insistent.asks.iter().copied().map(again).collect(),
        ..insistent
    };
    spaces.add(insistent);
    spaces.add(taken(Ends::Failing));
    elsewhere(&mut spaces, Outcome::Error(0));
    spaces.add(LINE.three(false));
    slow_after(&mut spaces, Some(Went::Failed));
    let small = Ask::call(0, &[A, B, SMALL]);
    history::after(&mut spaces, small, Some(Went::Failed), &[later()]);
    wrong_in_a_line(&mut spaces, Some(Went::Failed));
    into_the_gap(&mut spaces, Some(Went::Failed));
    spaces.add(straight(3, down));
    for behind in [0, 1] {
        let in_a_row = move |evidence: &Evidence| {
            schedules::down_for_a_while(evidence, behind, |_| transfer(A, B, MOST), 0)
        };
        spaces.add(straight(3, in_a_row));
    }
    exam.explore_all(&Transferring, &spaces)
}

/// One in a long line goes like this, or leaves while it waits.
fn wrong_in_a_line(spaces: &mut Spaces<'_>, went: Option<Went>) {
    LINE.wrong(spaces, went);
    for line in MOSTS {
        let next = move |evidence: &Evidence| {
            schedules::in_a_long_line(evidence, (line, 0, false), went, |nth| match nth as usize {
                nth if nth == 0 || nth == line => transfer(A, B, MOST),
                _ => transfer(A, B, SMALL),
            })
        };
        spaces.add(straight(2, next));
    }
}

/// Of three transfers the second waits for what the first holds, and holds, or waits for, what
/// the third one needs. The first record goes like this, and what comes next takes long.
fn slow_after(spaces: &mut Spaces<'_>, went: Option<Went>) {
    let slow = move |evidence: &Evidence| {
        let starts = IN_A_CHAIN.map(|(from, to, size)| transfer(from, to, size));
        schedules::time_passes_after(evidence, &starts, 0, went, schedules::slow_steps())
    };
    spaces.add(straight(4, slow));
}

/// A record between two accounts ends like this while two others have one.
fn elsewhere(spaces: &mut Spaces<'_>, ends: Outcome) {
    for beside in BESIDE {
        let elsewhere = move |evidence: &Evidence| {
            let pairs = [transfer(A, B, MOST), transfer(C, D, MOST)];
            schedules::wrong_beside(evidence, pairs, beside, (0, ends))
        };
        spaces.add(straight(4, elsewhere));
    }
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
        _ => schedules::then_all_answered(evidence),
    }
}

/// Two pairs of accounts in every order, one transfer between the pairs, and very many pairs.
pub(super) fn independent(exam: &mut Exam<'_>) -> Findings {
    let two = Space {
        halves: 1,
        ..between(4, &[(A, B, MOST), (C, D, MOST)])
    };
    let mut spaces = Spaces::default();
    spaces.add(two);
    let chain = [(A, B, MOST), (B, C, SMALL), (D, D + 1, SMALL)];
    spaces.add(between(5, &chain));
    let many = |evidence: &Evidence| match evidence.started() as u32 {
        pair if pair < PAIRS => Some(Turn::full(transfer(A + 2 * pair, B + 2 * pair, MOST))),
        _ => schedules::then_each_is_served(evidence),
    };
    spaces.add(straight(2 * PAIRS, many));
    let at_once = |evidence: &Evidence| {
        let pairs = (0..PAIRS).map(|pair| transfer(A + 2 * pair, B + 2 * pair, SMALL));
        schedules::answered_at_once(evidence, pairs)
    };
    spaces.add(straight(2 * PAIRS, at_once));
    exam.explore_all(&Transferring, &spaces)
}

/// Two transfers hold most of what an account has; then one comes that asks for all of it, and
/// one that asks for most.
fn taken(ends: Ends) -> Taken {
    Taken {
        made: Some(Few::one(4)),
        before: Vec::new(),
        takers: vec![transfer(A, B, MOST), transfer(A, B, SMALL)],
        events: 2,
        ends,
        newcomers: vec![transfer(A, C, ALL), transfer(A, D, MOST)],
    }
}

/// One caller is dropped, at every moment; then several things go wrong.
pub(super) fn dropping(exam: &mut Exam<'_>) -> Findings {
    let one = Space {
        hang_ups: 1,
        drops_may_happen: true,
        halves: 1,
        ..between(3, &[(A, B, MOST), (A, C, MOST)])
    };
    let mut spaces = Spaces::default();
    spaces.add(one);
    let behind = Space {
        hang_ups: 1,
        ..between(5, &BEHIND_ONE[0])
    };
    spaces.add(behind);
    let of_three = Space {
        hang_ups: 1,
        drops_may_happen: true,
        ..between(3, &[(A, B, MOST), (B, A, ALL), (B, C, SMALL)])
    };
    spaces.add(of_three);
    let one_source = [(A, B, MOST), (A, C, MOST), (A, D, MOST)];
    let one_dropped = Space {
        hang_ups: 1,
        drops_may_happen: true,
        ..between(4, &one_source)
    };
    spaces.add(one_dropped);
    let woken = Woken {
        made: Some(Few::one(4)),
        asks: one_source
            .map(|(from, to, size)| transfer(from, to, size))
            .to_vec(),
    };
    spaces.add(woken);
    slow_after(&mut spaces, Some(Went::Left));
    for went in [Some(Went::Left), Some(Went::LeftDone), None] {
        wrong_in_a_line(&mut spaces, went);
    }
    LINE.departures(&mut spaces);
    let small = Ask::call(0, &[A, B, SMALL]);
    history::after(&mut spaces, small, Some(Went::Left), &[later()]);
    spaces.add(LINE.three(true));
    into_the_gap(&mut spaces, Some(Went::Left));
    spaces.add(Woken {
        made: Some(Few::one(4)),
        asks: IN_A_CHAIN
            .map(|(from, to, size)| transfer(from, to, size))
            .to_vec(),
    });
    let leaving = Leaving {
        made: Some(Few::one(4)),
        asks: vec![transfer(A, B, MOST); 4],
        only_idle: false,
    };
    spaces.add(leaving);
    spaces.add(taken(Ends::Dropped));
    for behind in [0, 1] {
        let in_a_row = move |evidence: &Evidence| {
            schedules::drops_for_a_while(evidence, behind, transfer(A, B, MOST))
        };
        spaces.add(straight(4, in_a_row));
    }
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
    spaces.walk(much, RANDOM_SCHEDULES);
    exam.explore_all(&Transferring, &spaces)
}

/// Amounts of 0 and below, from an account to itself, and accounts that do not exist.
pub(super) fn odd(exam: &mut Exam<'_>) -> Findings {
    let mut findings = Findings::default();
    for (errors, odd) in [
        (1, [(A, B, ZERO), (A, B, NEGATIVE), (A, B, MOST)]),
        (1, [(A, A, MOST), (A, A, BEYOND), (A, B, MOST)]),
        (1, [(A, A, ZERO), (A, A, NEGATIVE), (A, B, MOST)]),
        (0, [(A, NOWHERE, BEYOND), (NOWHERE, A, SMALL), (A, B, MOST)]),
        (0, [(A, NOWHERE, MOST), (NOWHERE, B, ZERO), (A, A, ALL)]),
        (0, [(A, B, ALL), (A, NOWHERE, SMALL), (NOWHERE, A, ALL)]),
        (
            0,
            [(A, NOWHERE, NEGATIVE), (NOWHERE, A, NEGATIVE), (A, B, MOST)],
        ),
        (
            0,
            [
                (NOWHERE, C, MOST),
                (NOWHERE, NOWHERE, NEGATIVE),
                (A, B, MOST),
            ],
        ),
        (0, [(A, B, FAR_BELOW), (A, A, FAR_BEYOND), (A, B, MOST)]),
    ] {
        let odd = Space {
            errors,
            ..between(2, &odd)
        };
        findings.join(exam.explore(&Transferring, &odd));
    }
    // What is odd is under way while another one begins.
    for (odd, size) in [
        ((A, B, NEGATIVE), BEYOND),
        ((A, B, NEGATIVE), ALL),
        ((A, B, ZERO), BEYOND),
        ((A, A, MOST), ALL),
        ((B, A, NEGATIVE), ALL),
    ] {
        let under_way = between(2, &[odd, (A, B, size)]);
        findings.join(exam.explore(&Transferring, &under_way));
    }
    // What is odd is done in its own way, and given up in the same.
    for odd in ODD_AMOUNTS {
        let half_settled = Space {
            halves: 1,
            half_polls: vec![1, 2],
            ..between(2, &[odd])
        };
        findings.join(exam.explore(&Transferring, &half_settled));
        let given_up = Space {
            hang_ups: 1,
            ..between(2, &[odd, (A, B, MOST)])
        };
        findings.join(exam.explore(&Transferring, &given_up));
    }
    findings
}

/// Four transfers wait while time passes in small steps; the answers come between two steps.
pub(super) fn patient_waiting(exam: &mut Exam<'_>) -> Findings {
    let next = |evidence: &Evidence| match evidence.turns().len() {
        1..5 => Some(Turn::full(transfer(A, B, SMALL))),
        _ => schedules::in_small_steps(evidence, 5),
    };
    let mut findings = exam.explore(&Transferring, &straight(2, next));
    let in_a_chain = |evidence: &Evidence| {
        let starts = IN_A_CHAIN.map(|(from, to, size)| transfer(from, to, size));
        schedules::time_passes_after(evidence, &starts, 0, None, schedules::small_steps())
    };
    findings.join(exam.explore(&Transferring, &straight(4, in_a_chain)));
    findings
}

/// A record panics.
pub(super) fn panicking(exam: &mut Exam<'_>) -> Findings {
    let panics = Space {
        panics: 1,
        ..between(4, &[(A, B, MOST), (A, C, MOST), (B, A, SMALL)])
    };
    let mut spaces = Spaces::default();
    spaces.add(panics);
    let gone_by_then = Space {
        panics: 1,
        hang_ups: 1,
        ..between(3, &[(A, B, MOST), (A, B, SMALL)])
    };
    spaces.add(gone_by_then);
    for odd in ODD_AMOUNTS {
        spaces.add(Space {
            panics: 1,
            ..between(2, &[odd, (A, B, MOST)])
        });
    }
    elsewhere(&mut spaces, Outcome::Panic);
    slow_after(&mut spaces, Some(Went::Panicked));
    wrong_in_a_line(&mut spaces, Some(Went::Panicked));
    spaces.add(taken(Ends::Panicking));
    for behind in [0, 1] {
        let in_a_row = move |evidence: &Evidence| {
            schedules::panics_for_a_while(evidence, behind, |_| transfer(A, B, MOST), 0)
        };
        spaces.add(straight(2, in_a_row));
    }
    exam.explore_all(&Transferring, &spaces)
}

/// The record of an only transfer ends like this, and others come before anybody has done with
/// it.
fn into_the_gap(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for polls in schedules::GAPS {
        // Of those that wait one needs the same two accounts, and one only the first.
        for waiters in [&[][..], &[C], &[B, C]] {
            for size in [SMALL, MOST] {
                let gap = move |evidence: &Evidence| {
                    let mut starts = vec![transfer(A, B, MOST)];
                    starts.extend(waiters.iter().map(|to| transfer(A, *to, MOST)));
                    let newcomers = [(A, B, size), (B, A, SMALL), (C, A, SMALL)]
                        .map(|(from, to, size)| transfer(from, to, size));
                    schedules::into_the_gap(evidence, &starts, (0, went), polls, &newcomers)
                };
                spaces.add(straight(4, gap));
            }
        }
    }
}
