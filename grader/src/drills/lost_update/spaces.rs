//! The schedules of `lost_update`.

use super::rules::Depositing;
use crate::drills::history;
use crate::drills::leaving::Leaving;
use crate::drills::schedules::{self, BESIDE, Line, Went};
use crate::drills::warm::Warm;
use crate::drills::woken::Woken;
use crate::exam::{Exam, Findings};
use play::evidence::{ALIKE, Evidence, WITH_ID_ZERO};
use play::judge::Kind;
use play::schedule::{Action, Outcome, Polled, Turn};
use play::space::{Ask, Space, Spaces, Straight};
use play::world::bank::{READ, WRITE};

const ACCOUNT: u32 = 7;
const OTHER: u32 = 8;
const CROWD: usize = 40;
const LONG_LINE: usize = 300;
const MANY_ACCOUNTS: u32 = 300;
const BUSY_ACCOUNTS: u32 = 150;
const RANDOM_SCHEDULES: usize = 150;

/// The line of one account.
const LINE: Line = Line {
    made: None,
    start: |_| Action::ask(ACCOUNT),
    answers: 2,
};

/// One account, nothing goes wrong: three deposits in every order, and a crowd.
pub(super) fn together(exam: &mut Exam<'_>) -> Findings {
    let few = Space {
        halves: 1,
        ..Space::of(&[ACCOUNT; 3])
    };
    let mut findings = exam.explore(&Depositing, &few);
    if findings.has(Kind::LostUpdate) {
        return findings;
    }
    let mut spaces = Spaces::default();
    spaces.add(Space::of(&[ACCOUNT; 4]));
    for polled in [Polled::ByNewWakers, Polled::Joined] {
        spaces.add(Space {
            polled,
            ..Space::of(&[ACCOUNT; 3])
        });
    }
    spaces.add(Straight(crowd));
    spaces.add(Straight(long_line));
    spaces.add(Straight(slow));
    let idle = |evidence: &Evidence| {
        schedules::idle_for_long(evidence, Action::ask(ACCOUNT), schedules::slow_steps())
    };
    spaces.add(Straight(idle));
    let second =
        |evidence: &Evidence| schedules::slow_for_the_second(evidence, Action::ask(ACCOUNT));
    spaces.add(Straight(second));
    into_the_gap(&mut spaces, None);
    LINE.newcomers(&mut spaces);
    LINE.instances(&mut spaces);
    LINE.pairs(&mut spaces, CROWD);
    let anew = |evidence: &Evidence| {
        schedules::one_after_the_other_ended(evidence, [Turn::full(Action::ask(ACCOUNT)); 2])
    };
    spaces.add(Straight(anew));
    findings.join(exam.explore_all(&Depositing, &spaces));
    findings
}

/// What is well after something went wrong.
fn later() -> Space {
    Space {
        halves: 1,
        half_polls: vec![0, 1],
        ..Space::of(&[ACCOUNT; 2])
    }
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
    if evidence.started() < LONG_LINE {
        return Some(Turn::partial(Action::ask(ACCOUNT), 0));
    }
    schedules::then_all_answered(evidence)
}

/// Two accounts in every order, many accounts at once, and two accounts with similar ids.
pub(super) fn several_accounts(exam: &mut Exam<'_>) -> Findings {
    let two = Space {
        halves: 1,
        ..Space::of(&[ACCOUNT, OTHER])
    };
    let mut spaces = Spaces::default();
    spaces.add(two);
    spaces.add(Space::of(&[ACCOUNT, OTHER, ACCOUNT]));
    let many = |evidence: &Evidence| match evidence.started() as u32 {
        started if started < MANY_ACCOUNTS => Some(Turn::full(Action::ask(ACCOUNT + started))),
        _ => schedules::then_each_is_served(evidence),
    };
    spaces.add(Straight(many));
    let at_once = |evidence: &Evidence| {
        let deposits = (ACCOUNT..ACCOUNT + MANY_ACCOUNTS).map(Action::ask);
        schedules::answered_at_once(evidence, deposits)
    };
    spaces.add(Straight(at_once));
    spaces.add(Straight(once_more_behind_many));
    for alone in [0, 1] {
        let in_pairs = move |evidence: &Evidence| {
            schedules::in_pairs(evidence, (alone, 1), schedules::PAIRED, |pair, _| {
                Action::ask(ACCOUNT + pair)
            })
        };
        spaces.add(Straight(in_pairs));
    }
    spaces.add(Space::of(&[ACCOUNT, ACCOUNT + ALIKE]));
    let alike = |evidence: &Evidence| schedules::of_alike_keys(evidence, 1);
    spaces.add(Straight(alike));
    spaces.add(Space::of(&[WITH_ID_ZERO; 2]));
    exam.explore_all(&Depositing, &spaces)
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
pub(super) fn failing(exam: &mut Exam<'_>) -> Findings {
    let some = Space {
        errors: 1,
        halves: 1,
        ..Space::of(&[ACCOUNT; 2])
    };
    let mut spaces = Spaces::default();
    spaces.add(some);
    let two = Space {
        errors: 2,
        ..Space::of(&[ACCOUNT; 3])
    };
    spaces.add(two);
    let again = Ask {
        again: true,
        ..Ask::of(ACCOUNT)
    };
    let insistent = Space {
        errors: 2,
        ..Space::asking(vec![again; 2])
    };
    spaces.add(insistent);
    spaces.add(Straight(down));
    let between = |evidence: &Evidence| another_in_between(evidence, None);
    spaces.add(Straight(between));
    elsewhere(&mut spaces, Outcome::Error(0));
    spaces.add(LINE.three(false));
    slow_after(&mut spaces, Some(Went::Failed));
    history::after(
        &mut spaces,
        Ask::of(ACCOUNT),
        Some(Went::Failed),
        &[later()],
    );
    LINE.wrong(&mut spaces, Some(Went::Failed));
    into_the_gap(&mut spaces, Some(Went::Failed));
    slow_after(&mut spaces, None);
    for kind in [READ, WRITE] {
        for behind in [0, 1] {
            let in_a_row = move |evidence: &Evidence| {
                schedules::down_for_a_while(evidence, behind, |_| Action::ask(ACCOUNT), kind)
            };
            spaces.add(Straight(in_a_row));
        }
    }
    exam.explore_all(&Depositing, &spaces)
}

/// The read or the write of a deposit goes like this, and what comes next takes long.
fn slow_after(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for well in [0, 1] {
        let slow = move |evidence: &Evidence| {
            let starts = [Action::ask(ACCOUNT); 2];
            schedules::time_passes_after(evidence, &starts, well, went, schedules::slow_steps())
        };
        spaces.add(Straight(slow));
    }
}

/// The read or the write of an only deposit ends like this, and others come before anybody has
/// done with it.
fn into_the_gap(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for polls in schedules::GAPS {
        for well in [0, 1] {
            for behind in schedules::BEHIND {
                let gap = move |evidence: &Evidence| {
                    let starts = [Action::ask(ACCOUNT); 3];
                    let newcomers = [ACCOUNT, ACCOUNT, OTHER].map(Action::ask);
                    let starts = &starts[..=behind];
                    schedules::into_the_gap(evidence, starts, (well, went), polls, &newcomers)
                };
                spaces.add(Straight(gap));
            }
        }
    }
}

/// A read or write of one account ends like this while another account has one.
fn elsewhere(spaces: &mut Spaces<'_>, ends: Outcome) {
    for kind in [READ, WRITE] {
        for beside in BESIDE {
            let elsewhere = move |evidence: &Evidence| {
                let accounts = [ACCOUNT, OTHER].map(Action::ask);
                schedules::wrong_beside(evidence, accounts, beside, (kind, ends))
            };
            spaces.add(Straight(elsewhere));
        }
    }
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
pub(super) fn dropping(exam: &mut Exam<'_>) -> Findings {
    let one = Space {
        hang_ups: 1,
        drops_may_happen: true,
        halves: 1,
        ..Space::of(&[ACCOUNT; 2])
    };
    let mut spaces = Spaces::default();
    spaces.add(one);
    let of_three = Space {
        hang_ups: 1,
        drops_may_happen: true,
        ..Space::of(&[ACCOUNT; 3])
    };
    spaces.add(of_three);
    // A deposit that failed may be tried again, and its caller leaves then.
    let tried_again = Space {
        errors: 1,
        hang_ups: 1,
        drops_may_happen: true,
        ..Space::of(&[ACCOUNT; 2])
    };
    spaces.add(Warm {
        callers: 1,
        space: Space {
            asks: vec![Ask::of(ACCOUNT); 3],
            ..tried_again.clone()
        },
    });
    spaces.add(tried_again);
    for happened in [false, true] {
        let between = move |evidence: &Evidence| another_in_between(evidence, Some(happened));
        spaces.add(Straight(between));
    }
    slow_after(&mut spaces, Some(Went::Left));
    for went in [Some(Went::Left), Some(Went::LeftDone), None] {
        LINE.wrong(&mut spaces, went);
    }
    LINE.departures(&mut spaces);
    history::after(&mut spaces, Ask::of(ACCOUNT), Some(Went::Left), &[later()]);
    spaces.add(LINE.three(true));
    into_the_gap(&mut spaces, Some(Went::Left));
    for requests in [2, 3] {
        spaces.add(Woken {
            made: None,
            asks: vec![Action::ask(ACCOUNT); requests],
        });
    }
    let leaving = Leaving {
        made: None,
        asks: vec![Action::ask(ACCOUNT); 4],
        only_idle: false,
    };
    spaces.add(leaving);
    for behind in [0, 1] {
        let in_a_row = move |evidence: &Evidence| {
            schedules::drops_for_a_while(evidence, behind, Action::ask(ACCOUNT))
        };
        spaces.add(Straight(in_a_row));
    }
    for happened in [false, true] {
        let read_outside =
            move |evidence: &Evidence| left_between_read_and_write(evidence, happened);
        spaces.add(Straight(read_outside));
    }
    for happened in [[false; 2], [false, true], [true, false], [true; 2]] {
        let in_their_writes = move |evidence: &Evidence| left_in_their_writes(evidence, happened);
        spaces.add(Straight(in_their_writes));
    }
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
    spaces.walk(much, RANDOM_SCHEDULES);
    exam.explore_all(&Depositing, &spaces)
}

/// A deposit is dropped in its write, or the write fails; another account has its turn, and then
/// the first one has it again.
fn another_in_between(evidence: &Evidence, dropped: Option<bool>) -> Option<Turn> {
    let accounts = [ACCOUNT, OTHER, ACCOUNT, OTHER, ACCOUNT, OTHER, ACCOUNT];
    let started = evidence.started();
    let operation = evidence.live().next();
    let writes = operation
        .and_then(|number| evidence.operation(number))
        .is_some_and(|it| it.kind == WRITE);
    match (evidence.waiting().next(), operation) {
        (None, _) if started < accounts.len() => Some(Turn::full(Action::ask(accounts[started]))),
        // The third deposit, which knows what its account holds if it can.
        (Some(request), Some(operation)) if started == 3 && writes => {
            let outcome = Outcome::Error(0);
            Some(Turn::full(match dropped {
                Some(happened) => Action::HangUp { request, happened },
                None => Action::Answer { operation, outcome },
            }))
        }
        _ => schedules::then_all_answered(evidence),
    }
}

/// Where one reads while another one writes: the read is answered, and before its request goes
/// on, the writer is gone. Its write may have happened then.
fn left_between_read_and_write(evidence: &Evidence, happened: bool) -> Option<Turn> {
    let ask = Turn::full(Action::ask(ACCOUNT));
    let kind = |number: u32| evidence.operation(number).map(|it| it.kind);
    let write = evidence.live().find(|number| kind(*number) == Some(WRITE));
    let read = evidence.live().find(|number| kind(*number) != Some(WRITE));
    let answer = |operation| Action::Answer {
        operation,
        outcome: Outcome::Value,
    };
    let writer = evidence.waiting().next().filter(|request| *request == 1);
    match (evidence.started(), read, write, writer) {
        (0, ..) | (1, None, ..) => Some(ask),
        (1, Some(read), ..) => Some(Turn::full(answer(read))),
        (_, Some(read), Some(_), _) => Some(Turn::partial(answer(read), 0)),
        (_, None, Some(_), Some(request)) => Some(Turn::full(Action::HangUp { request, happened })),
        _ => schedules::then_all_answered(evidence),
    }
}

/// Five in a line. The first is served; then the writers leave, one after the other, whether
/// or not their writes happen all the same.
fn left_in_their_writes(evidence: &Evidence, happened: [bool; 2]) -> Option<Turn> {
    const LEAVE_IN_THEIR_WRITES: usize = 5;
    if evidence.started() < LEAVE_IN_THEIR_WRITES {
        return Some(Turn::full(Action::ask(ACCOUNT)));
    }
    let hangs_up = |turn: &&Turn| matches!(turn.action, Action::HangUp { .. });
    let left = evidence.turns().iter().filter(hangs_up).count();
    let writes = |number: &u32| {
        evidence
            .operation(*number)
            .is_some_and(|it| it.kind == WRITE)
    };
    let served = evidence.waiting().next() > Some(1);
    match (evidence.live().find(writes), evidence.waiting().next()) {
        (Some(_), Some(request)) if served && left < happened.len() => {
            let happened = happened[left];
            Some(Turn::full(Action::HangUp { request, happened }))
        }
        _ => schedules::then_all_answered(evidence),
    }
}

/// The bank panics, and a caller may be gone by then; then it panics again and again.
pub(super) fn panicking(exam: &mut Exam<'_>) -> Findings {
    let one = Space {
        panics: 1,
        hang_ups: 1,
        ..Space::of(&[ACCOUNT; 3])
    };
    let mut spaces = Spaces::default();
    spaces.add(one);
    elsewhere(&mut spaces, Outcome::Panic);
    slow_after(&mut spaces, Some(Went::Panicked));
    LINE.wrong(&mut spaces, Some(Went::Panicked));
    for kind in [READ, WRITE] {
        for behind in [0, 1] {
            let in_a_row = move |evidence: &Evidence| {
                schedules::panics_for_a_while(evidence, behind, |_| Action::ask(ACCOUNT), kind)
            };
            spaces.add(Straight(in_a_row));
        }
    }
    exam.explore_all(&Depositing, &spaces)
}

/// Four deposits wait while time passes in small steps; the answers come between two steps.
pub(super) fn patient_waiting(exam: &mut Exam<'_>) -> Findings {
    let next = |evidence: &Evidence| match evidence.turns().len() {
        0..4 => Some(Turn::full(Action::ask(ACCOUNT))),
        _ => schedules::in_small_steps(evidence, 4),
    };
    let mut findings = exam.explore(&Depositing, &Straight(next));
    // So it is while the first one writes.
    let writes = |evidence: &Evidence| {
        let starts = [Action::ask(ACCOUNT); 3];
        schedules::time_passes_after(evidence, &starts, 1, None, schedules::small_steps())
    };
    findings.join(exam.explore(&Depositing, &Straight(writes)));
    findings
}
