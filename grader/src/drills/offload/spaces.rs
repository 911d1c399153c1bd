//! The schedules of `offload`.

use super::hopeless;
use super::paths::{Callers, Hashing, Straight, finish, held, make, start, state_of};
use super::rules::Offloading;
use crate::drills::leaving::Leaving;
use crate::drills::schedules::{self, Mishaps, Went};
use crate::drills::taken::{Ends, Taken};
use crate::exam::{Exam, Findings};
use play::evidence::Evidence;
use play::judge::Kind;
use play::schedule::{Action, Few, Outcome, Polled, Turn};
use play::space::{A_WEEK, AN_HOUR};
use play::world::passwords::{EMPTY, LONGEST, ODD, TOO_LONG};

/// The first password's number.
const USER: u32 = 7;
/// Callers at once in a busy hour, more than the title says, and those who come one by one
/// after it.
const CALLERS: u32 = 600;
const AFTERWARDS: u32 = 64;

/// Nothing goes wrong: a few callers in every order, and a crowd.
pub(super) fn together(exam: &mut Exam<'_>) -> Findings {
    let users = |count: u32| -> Vec<u32> { (USER..USER + count).collect() };
    let mut findings = exam.explore(&Offloading, &Hashing::of(1, &users(2)));
    if hopeless(&findings).is_some() || findings.has(Kind::Restless) {
        return findings;
    }
    let halves = Hashing {
        halves: 1,
        ..Hashing::of(1, &users(2))
    };
    findings.join(exam.explore(&Offloading, &halves));
    findings.join(exam.explore(&Offloading, &Hashing::of(2, &users(3))));
    // Two requests with one password have a hash each.
    findings.join(exam.explore(&Offloading, &Hashing::of(2, &[USER, USER])));
    findings.join(exam.explore(&Offloading, &Hashing::of(1, &[EMPTY, ODD])));
    for polled in [Polled::ByNewWakers, Polled::Joined] {
        let otherwise = |evidence: &Evidence| polled_otherwise(evidence, polled);
        findings.join(exam.explore(&Offloading, &Straight(otherwise)));
    }
    findings.join(exam.explore(&Offloading, &Straight(crowd)));
    findings.join(exam.explore(&Offloading, &Straight(wide)));
    findings.join(exam.explore(&Offloading, &Straight(anew)));
    for waiting in [0, 1, 2] {
        for polls in 0..4 {
            let next = move |evidence: &Evidence| into_the_gap(evidence, waiting, polls);
            findings.join(exam.explore(&Offloading, &Straight(next)));
        }
    }
    findings
}

/// The only place comes free, and so many polls later, before any other task runs, two more
/// come. So many have been waiting.
fn into_the_gap(evidence: &Evidence, waiting: usize, polls: u32) -> Option<Turn> {
    let turn = evidence.turns().len();
    let ends = 2 + waiting;
    match turn {
        0 => Some(make(1)),
        _ if turn < ends => Some(start(USER + turn as u32)),
        _ if turn == ends => Some(Turn::partial(finish(1).action, polls)),
        _ if turn == ends + 1 => Some(Turn::partial(start(USER + turn as u32).action, 0)),
        _ if turn == ends + 2 => Some(start(USER + turn as u32)),
        _ => held(evidence).next().map(finish),
    }
}

/// Three callers for one place, who are not polled as tasks of their own.
fn polled_otherwise(evidence: &Evidence, polled: Polled) -> Option<Turn> {
    match (evidence.turns().len(), evidence.started() as u32) {
        (0, _) => Some(make(1)),
        (1, _) => Some(Turn::full(Action::Poll { polled })),
        (_, started @ ..3) => Some(start(USER + started)),
        _ => held(evidence).next().map(finish),
    }
}

/// A service is dropped while it hashes, and the next one has a place of its own.
fn anew(evidence: &Evidence) -> Option<Turn> {
    match evidence.turns().len() {
        0 => Some(make(1)),
        1 => Some(start(USER)),
        2 => Some(Turn::full(Action::Discard)),
        3 => Some(start(USER + 1)),
        _ => held(evidence).next().map(finish),
    }
}

/// More places than most machines have processors, and more requests than places.
fn wide(evidence: &Evidence) -> Option<Turn> {
    const ROOM: u32 = 40;
    let started = evidence.started() as u32;
    match evidence.turns().len() {
        0 => Some(make(ROOM)),
        _ if started < ROOM + 2 => Some(Turn::partial(Action::ask(USER + started), 0)),
        _ if !evidence.is_settled() => Some(Turn::full(Action::Wait)),
        _ => held(evidence).next().map(finish),
    }
}

/// Twelve requests at once, five places; the last hash that began ends first.
fn crowd(evidence: &Evidence) -> Option<Turn> {
    let started = evidence.started() as u32;
    match evidence.turns().len() {
        0 => Some(make(5)),
        _ if started < 12 => Some(Turn::partial(
            Action::ask(USER + started),
            u32::from(started.is_multiple_of(2)),
        )),
        13 => Some(Turn::full(Action::Wait)),
        _ => held(evidence).last().map(finish),
    }
}

/// Passwords that are too long, before, between and after others.
pub(super) fn too_long(exam: &mut Exam<'_>) -> Findings {
    let alone = [TOO_LONG, TOO_LONG + 2, LONGEST, LONGEST + 1];
    let mut findings = exam.explore(&Offloading, &Hashing::of(1, &alone));
    let between = [USER, TOO_LONG + 1, USER + 1];
    findings.join(exam.explore(&Offloading, &Hashing::of(2, &between)));
    // The caller may be gone before it is told.
    let gone = Hashing {
        hang_ups: 1,
        halves: 1,
        half_polls: &[0, 1],
        ..Hashing::of(1, &[TOO_LONG, USER])
    };
    findings.join(exam.explore(&Offloading, &gone));
    findings
}

/// Two run, of which one is too long, and more come; then one after the other is too long.
pub(super) fn too_long_among_others(exam: &mut Exam<'_>) -> Findings {
    let beside_another = Taken {
        takers: [USER, TOO_LONG, USER + 1].map(Action::ask).to_vec(),
        events: 2,
        ..two_taken(Ends::Failing)
    };
    let mut findings = exam.explore(&Offloading, &beside_another);
    findings.join(exam.explore(&Offloading, &Straight(too_long_in_a_row)));
    findings
}

/// One after the other is too long, and then one is not, several times.
fn too_long_in_a_row(evidence: &Evidence) -> Option<Turn> {
    if evidence.turns().is_empty() {
        return Some(make(1));
    }
    let started = evidence.started();
    match held(evidence).next() {
        Some(operation) => Some(finish(operation)),
        None => schedules::whiles(0).nth(started).map(|is_long| {
            let first = if is_long { TOO_LONG } else { USER };
            start(first + started as u32)
        }),
    }
}

/// One caller is dropped, at every moment.
pub(super) fn dropping(exam: &mut Exam<'_>, callers: Callers) -> Findings {
    let with = |max_parallel, users: &[u32], halves| Hashing {
        hang_ups: 1,
        may_hang_up: callers,
        halves,
        ..Hashing::of(max_parallel, users)
    };
    let polled = Hashing {
        half_polls: &[0, 1],
        ..with(1, &[USER, USER + 1], 1)
    };
    let mut findings = exam.explore(&Offloading, &polled);
    findings.join(exam.explore(&Offloading, &with(2, &[USER, USER + 1, USER + 2], 0)));
    let went = (callers != Callers::Waiting).then_some(Went::Left);
    let in_a_line = move |evidence: &Evidence| {
        if evidence.turns().is_empty() {
            return Some(make(2));
        }
        schedules::in_a_long_line(evidence, (12, 0, false), went, |nth| {
            start(USER + nth).action
        })
    };
    findings.join(exam.explore(&Offloading, &Straight(in_a_line)));
    if callers == Callers::Hashing {
        for places in [1, 2] {
            let in_a_row = move |evidence: &Evidence| leave_in_a_row(evidence, places);
            findings.join(exam.explore(&Offloading, &Straight(in_a_row)));
        }
    }
    if callers == Callers::Waiting {
        findings.join(exam.explore(&Offloading, &Straight(gone_from_the_line)));
        for polls in 0..6 {
            for waiting in [1, 2] {
                let next = move |evidence: &Evidence| woken_and_gone(evidence, waiting, polls);
                findings.join(exam.explore(&Offloading, &Straight(next)));
            }
        }
    }
    findings
}

/// One caller after the other is dropped while its hash runs, and then one more comes than there
/// are places: a place that is lost or won with every second of them shows.
fn leave_in_a_row(evidence: &Evidence, places: u32) -> Option<Turn> {
    if evidence.turns().is_empty() {
        return Some(make(places));
    }
    let mishaps = Mishaps {
        well: 0,
        wrong: 12,
        kind: 0,
        went: Went::Left,
        together: places as usize + 1,
    };
    schedules::after_mishaps(evidence, &mishaps, |started| Action::ask(USER + started))
}

/// Two in the line leave it, one after the other; or one of two who gave the same password.
pub(super) fn leaving(exam: &mut Exam<'_>) -> Findings {
    let leaving = Leaving {
        made: Some(Few::one(1)),
        asks: (USER..USER + 4).map(Action::ask).collect(),
        only_idle: true,
    };
    let mut findings = exam.explore(&Offloading, &leaving);
    let alike = Hashing {
        hang_ups: 1,
        ..Hashing::of(1, &[USER, USER + 1, USER + 1])
    };
    findings.join(exam.explore(&Offloading, &alike));
    findings
}

/// The first in a line of two is dropped, and the second one comes after it all the same.
fn gone_from_the_line(evidence: &Evidence) -> Option<Turn> {
    let hang_up = Action::HangUp {
        request: 2,
        happened: false,
    };
    match evidence.turns().len() {
        0 => Some(make(1)),
        turn @ 1..4 => Some(start(USER + turn as u32)),
        4 => Some(Turn::full(hang_up)),
        _ => held(evidence).next().map(finish),
    }
}

/// The first in a line of one or two is woken for the place that has come free, and is dropped
/// before it runs: the second one must get it, or one that comes later.
fn woken_and_gone(evidence: &Evidence, waiting: usize, polls: u32) -> Option<Turn> {
    let hang_up = Action::HangUp {
        request: 2,
        happened: false,
    };
    let turn = evidence.turns().len();
    let ends = 2 + waiting;
    match turn {
        0 => Some(make(1)),
        _ if turn < ends => Some(start(USER + turn as u32)),
        _ if turn == ends => Some(Turn::partial(finish(1).action, polls)),
        // Whose hash has begun by then does not wait.
        _ if turn == ends + 1 && state_of(evidence, 2) == Callers::Waiting => {
            Some(Turn::full(hang_up))
        }
        _ => match held(evidence).next() {
            Some(operation) => Some(finish(operation)),
            None if evidence.started() == 1 + waiting => Some(start(USER)),
            None => None,
        },
    }
}

/// Nobody asks for an hour, a moment of which really passes: threads that end when they are
/// idle have ended by then, and others must take their place.
fn after_a_pause(evidence: &Evidence) -> Option<Turn> {
    let (started, over) = (evidence.started() as u32, evidence.live().next().is_none());
    let pauses = evidence.turns().iter();
    let pauses = pauses.filter(|turn| turn.action == Action::Pass { micros: AN_HOUR });
    match (started, pauses.count()) {
        _ if evidence.turns().is_empty() => Some(make(2)),
        (0..2, _) | (2..5, 1) => Some(start(USER + started)),
        (2, 0) if over => Some(Turn::full(Action::Pass { micros: AN_HOUR })),
        _ => held(evidence).next().map(finish),
    }
}

/// All places are taken, one hash ends or one caller leaves, and others come.
pub(super) fn taken(exam: &mut Exam<'_>, ends: Ends) -> Findings {
    exam.explore(&Offloading, &two_taken(ends))
}

/// Two places are taken and a third request waits.
fn two_taken(ends: Ends) -> Taken {
    Taken {
        made: Some(Few::one(2)),
        before: Vec::new(),
        takers: (USER..USER + 3).map(Action::ask).collect(),
        events: 1,
        ends,
        newcomers: (USER + 3..USER + 6).map(Action::ask).collect(),
    }
}

/// One hash panics, at every moment.
pub(super) fn panicking(exam: &mut Exam<'_>) -> Findings {
    let with = |max_parallel, users: &[u32]| Hashing {
        panics: 1,
        ..Hashing::of(max_parallel, users)
    };
    let mut findings = exam.explore(&Offloading, &with(1, &[USER, USER + 1]));
    findings.join(exam.explore(&Offloading, &with(2, &[USER, USER + 1])));
    // A hash whose caller is gone.
    let orphaned = Hashing {
        hang_ups: 1,
        may_hang_up: Callers::Hashing,
        ..with(1, &[USER])
    };
    findings.join(exam.explore(&Offloading, &orphaned));
    // A place that is lost once shows where there is one only, and one that is lost each time
    // where there are more.
    for places in [1, 2] {
        let in_a_row = |evidence: &Evidence| panics_in_a_row(evidence, places);
        findings.join(exam.explore(&Offloading, &Straight(in_a_row)));
    }
    findings
}

/// One hash after the other panics, and then all is well again.
fn panics_in_a_row(evidence: &Evidence, places: u32) -> Option<Turn> {
    const PANICS: u32 = 12;
    let started = evidence.started() as u32;
    if evidence.turns().is_empty() {
        return Some(make(places));
    }
    match held(evidence).next() {
        Some(operation) if operation <= PANICS => {
            let outcome = Outcome::Panic;
            Some(Turn::full(Action::Answer { operation, outcome }))
        }
        Some(operation) => Some(finish(operation)),
        None if started < PANICS + 2 => Some(start(USER + started)),
        None => None,
    }
}

/// Three requests wait behind one hash while time passes in small steps, then for an
/// hour: they must not give up.
pub(super) fn patient_waiting(exam: &mut Exam<'_>) -> Findings {
    let pass = |micros| Turn::full(Action::Pass { micros });
    let steps = || schedules::small_steps().chain(A_WEEK);
    let next = move |evidence: &Evidence| match evidence.turns().len() {
        0 => Some(make(1)),
        turn @ 1..4 => Some(start(USER + turn as u32)),
        turn @ 4.. => match steps().nth(turn - 4) {
            Some(micros) => Some(pass(micros)),
            // One more comes, while the place is still in use.
            None if evidence.started() == 3 => Some(start(USER + 4)),
            None => held(evidence).next().map(finish),
        },
    };
    let mut findings = exam.explore(&Offloading, &Straight(next));
    findings.join(exam.explore(&Offloading, &Straight(after_a_pause)));
    findings
}

/// Hundreds of callers at once: some give up, some give too long a password or
/// meet a hash that panics; then some one by one.
pub(super) fn in_a_busy_hour(exam: &mut Exam<'_>) -> Findings {
    exam.explore(&Offloading, &Straight(crowded))
}

fn crowded(evidence: &Evidence) -> Option<Turn> {
    const AT_ONCE: u32 = 4;
    let started = evidence.started() as u32;
    let last = evidence.turns().last().map(|turn| turn.action);
    match last {
        None => return Some(make(AT_ONCE)),
        Some(Action::Start { numbers, .. }) if numbers.at(0).is_multiple_of(17) => {
            // Callers that change their mind at once.
            return Some(Turn::full(Action::HangUp {
                request: started,
                happened: false,
            }));
        }
        Some(_) => {}
    }
    if started < CALLERS {
        let user = USER + started;
        return Some(match user {
            _ if user.is_multiple_of(13) => start(TOO_LONG + user),
            _ if user.is_multiple_of(5) => start(user),
            _ => Turn::partial(Action::ask(user), 0),
        });
    }
    if !evidence.is_settled() {
        return Some(Turn::full(Action::Wait));
    }
    let held: Vec<u32> = held(evidence).collect();
    if held.is_empty() && started < CALLERS + AFTERWARDS {
        return Some(start(USER + started));
    }
    // Not always the hash that began first.
    let hash = *held.get(evidence.turns().len() % held.len().max(1))?;
    let outcome = match hash {
        _ if hash.is_multiple_of(19) => Outcome::Panic,
        _ if hash.is_multiple_of(16) => Outcome::Real,
        _ => Outcome::Value,
    };
    let operation = hash;
    Some(Turn::full(Action::Answer { operation, outcome }))
}
