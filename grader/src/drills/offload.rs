//! Drill `offload`: keep the loop responsive while passwords are hashed.

mod panics;
mod paths;
mod rules;

use super::leaving::Leaving;
use super::{Drill, Spoken};
use crate::course::language::Language;
use crate::exam::{Exam, Findings};
use paths::{Callers, Hashing, Straight, finish, held, make, start, state_of};
use play::check::Check;
use play::evidence::Evidence;
use play::judge::{Kind, Rules};
use play::schedule::{Action, Few, Outcome, Turn};
use play::space::{A_WEEK, AN_HOUR};
use play::world::World;
use play::world::passwords::{EMPTY, LONGEST, ODD, Passwords, TOO_LONG};
use rules::Offloading;

/// See the module.
pub(super) struct Offload;

const CHECKS: &[Check] = &[
    Check {
        id: "off_the_loop",
        title: "no hash runs on the event loop's thread",
        required: true,
        points: 15,
        hint: "an `async fn` runs on the loop between its awaits: what moves a call to another thread?",
    },
    Check {
        id: "loop_answers",
        title: "the loop keeps answering while a hash runs",
        required: true,
        points: 15,
        hint: "the hash is on another thread; what waits for that thread, and does waiting stop the loop?",
    },
    Check {
        id: "right_results",
        title: "a request returns when its own hash is done, with its own result",
        required: true,
        points: 10,
        hint: "how does a result find the request it belongs to?",
    },
    Check {
        id: "too_long",
        title: "a password that is too long is an error, and gives its place back",
        required: true,
        points: 10,
        hint: "follow the slot on the path where `hash_password` returns an error",
    },
    Check {
        id: "bounded",
        title: "at most `max_parallel` hashes run at once",
        required: true,
        points: 15,
        hint: "how many threads can be inside `hash_password` when a hundred requests come at once?",
    },
    Check {
        id: "parallel",
        title: "`max_parallel` hashes do run at once when there is work",
        required: true,
        points: 10,
        hint: "when a request comes while there is still room, what does it wait for?",
    },
    Check {
        id: "dropped_waiting",
        title: "a caller that is dropped while it waits leaves its place in the line",
        required: true,
        points: 5,
        hint: "who takes the slot that was meant for a caller who is no longer there?",
    },
    Check {
        id: "dropped_hashing",
        title: "a hash whose caller was dropped still counts, and then gives its place back",
        required: true,
        points: 8,
        hint: "dropping a future does not stop a thread: who should own the slot?",
    },
    Check {
        id: "panicking_hash",
        title: "a hash that panics fails its own caller at most",
        required: true,
        points: 5,
        hint: "what becomes of the slot, the lock or the thread when the hash unwinds?",
    },
    Check {
        id: "no_busy_wait",
        title: "waiting callers are woken and burn no polls",
        required: true,
        points: 4,
        hint: "what makes the loop poll a request that waits for a thread?",
    },
    Check {
        id: "busy_service",
        title: "two hundred callers are served, whatever happens among them",
        required: true,
        points: 3,
        hint: "what happens once in a long while here, and never in a short test?",
    },
];

/// How a request can go wrong when nothing around it went wrong.
const RESULTS: &[Kind] = &[
    Kind::WrongHash,
    Kind::Hang,
    Kind::Panicked,
    Kind::Died,
    Kind::Garbled,
    Kind::Restless,
];

/// What stops the loop.
const LOOP: &[Kind] = &[Kind::Blocked, Kind::BlockingCall];

/// Everything that a service can do wrong with its slots and requests.
const SERVICE: &[Kind] = &[
    Kind::WrongHash,
    Kind::NotRefused,
    Kind::Hang,
    Kind::Panicked,
    Kind::OverLimit,
    Kind::Underused,
    Kind::Died,
    Kind::Garbled,
    Kind::Restless,
];

const UNBOUNDED: &str = "cannot be judged while too many hashes run at once: see `bounded`";

const NOT_WOKEN: &str = "cannot be judged before waiting callers are woken: see `no_busy_wait`";

const RESTLESS: &str =
    "cannot be judged while hashes begin that nothing calls for: see `right_results`";

/// The first password's number.
const USER: u32 = 7;
/// Callers at once in a busy hour, more than the title says, and those who come one by one
/// after it.
const CALLERS: u32 = 600;
const AFTERWARDS: u32 = 64;

impl Drill for Offload {
    fn slug(&self) -> &'static str {
        "offload"
    }

    fn contract(&self) -> &'static str {
        include_str!("offload/contract.rs")
    }

    fn spoken(&self, language: Language) -> Option<Spoken> {
        match language {
            Language::Rust | Language::Node => None,
            Language::Python => Some(Spoken {
                contract: include_str!("offload/contract.py"),
                hints: &[
                    (
                        "too_long",
                        "follow the slot on the path where `hash_password` raises `TooLong`",
                    ),
                    (
                        "dropped_hashing",
                        "to cancel a task does not stop a thread: who should own the slot?",
                    ),
                    (
                        "panicking_hash",
                        "what becomes of the slot, the lock or the thread when the hash raises?",
                    ),
                ],
            }),
        }
    }

    fn world(&self) -> &'static dyn World {
        &Passwords
    }

    fn checks(&self) -> &'static [Check] {
        CHECKS
    }

    fn rules(&self) -> &'static dyn Rules {
        &Offloading
    }

    fn examine(&self, exam: &mut Exam<'_>) {
        let together = together(exam);
        if let Some(why) = hopeless(&together) {
            if exam.operations() > 0 {
                exam.decide("off_the_loop", &Offloading, &together, &[Kind::HashOnLoop]);
            }
            if !together.has(Kind::HashOnLoop) {
                exam.decide("loop_answers", &Offloading, &together, LOOP);
            }
            exam.skip_undecided(CHECKS, why);
            return;
        }
        if together.has(Kind::Restless) {
            exam.decide("right_results", &Offloading, &together, RESULTS);
            exam.decide("bounded", &Offloading, &together, &[Kind::OverLimit]);
            return exam.skip_undecided(CHECKS, RESTLESS);
        }
        let too_long = too_long(exam);
        let mut waiting = dropping(exam, Callers::Waiting);
        if !together.has(Kind::Polling) {
            waiting.join(leaving(exam));
        }
        if exam.operations() == 0 {
            exam.decide("right_results", &Offloading, &together, RESULTS);
            exam.skip_undecided(CHECKS, "cannot be judged: no hash has begun");
            return;
        }
        let panics = panicking(exam);
        let patient = patient_waiting(exam);
        // With a thread for every request, both checks would show that and little else; so
        // would the second one where hundreds of callers ask again and again whether it is their turn.
        let unbounded = together.has(Kind::OverLimit);
        let unwoken = together.has(Kind::Polling);
        let (mut hashing, mut busy) = (Findings::default(), Findings::default());
        if !unbounded {
            hashing = dropping(exam, Callers::Hashing);
        }
        if !unbounded && !unwoken {
            busy = in_a_busy_hour(exam);
        }
        let mut all = together.clone();
        for findings in [&too_long, &waiting, &hashing, &panics, &patient, &busy] {
            all.join(findings.clone());
        }
        exam.decide("off_the_loop", &Offloading, &all, &[Kind::HashOnLoop]);
        exam.decide("loop_answers", &Offloading, &all, LOOP);
        let patiently = together.with(patient.clone());
        exam.decide("right_results", &Offloading, &patiently, RESULTS);
        // Faults that show when nothing goes wrong are reported once.
        let beyond = |exam: &mut Exam<'_>, check, findings: &Findings| {
            exam.decide_beyond(check, &Offloading, findings, SERVICE, &together);
        };
        exam.decide("bounded", &Offloading, &patiently, &[Kind::OverLimit]);
        exam.decide("parallel", &Offloading, &together, &[Kind::Underused]);
        beyond(exam, "too_long", &too_long);
        beyond(exam, "dropped_waiting", &waiting);
        match unbounded {
            true => exam.skip("dropped_hashing", UNBOUNDED),
            false => beyond(exam, "dropped_hashing", &hashing),
        }
        beyond(exam, "panicking_hash", &panics);
        exam.decide("no_busy_wait", &Offloading, &all, &[Kind::Polling]);
        if unbounded || unwoken {
            let why = if unbounded { UNBOUNDED } else { NOT_WOKEN };
            return exam.skip("busy_service", why);
        }
        let mut before = together;
        for findings in [too_long, waiting, hashing, panics] {
            before.join(findings);
        }
        exam.decide_beyond("busy_service", &Offloading, &busy, SERVICE, &before);
    }
}

/// Why nothing else can be judged, if nothing can.
fn hopeless(together: &Findings) -> Option<&'static str> {
    if together.has(Kind::HashOnLoop) {
        Some("cannot be judged while hashes run on the loop: see `off_the_loop`")
    } else if LOOP.iter().any(|kind| together.has(*kind)) {
        Some("cannot be judged while the loop is stopped: see `loop_answers`")
    } else {
        None
    }
}

/// Nothing goes wrong: a few callers in every order, and a crowd.
fn together(exam: &mut Exam<'_>) -> Findings {
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
    findings.join(exam.explore(&Offloading, &Straight(crowd)));
    findings.join(exam.explore(&Offloading, &Straight(wide)));
    findings.join(exam.explore(&Offloading, &Straight(anew)));
    findings
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
fn too_long(exam: &mut Exam<'_>) -> Findings {
    let alone = [TOO_LONG, TOO_LONG + 2, LONGEST];
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

/// One caller is dropped, at every moment.
fn dropping(exam: &mut Exam<'_>, callers: Callers) -> Findings {
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
    if callers == Callers::Waiting {
        findings.join(exam.explore(&Offloading, &Straight(gone_from_the_line)));
        for polls in 0..4 {
            let next = move |evidence: &Evidence| woken_and_gone(evidence, polls);
            findings.join(exam.explore(&Offloading, &Straight(next)));
        }
    }
    findings
}

/// Two in the line leave it, one after the other.
fn leaving(exam: &mut Exam<'_>) -> Findings {
    let leaving = Leaving {
        made: Some(Few::one(1)),
        asks: (USER..USER + 4).map(Action::ask).collect(),
        only_idle: true,
    };
    exam.explore(&Offloading, &leaving)
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

/// The first in a line of two is woken for the place that has come free, and is dropped
/// before it runs: the second one must get it.
fn woken_and_gone(evidence: &Evidence, polls: u32) -> Option<Turn> {
    let hang_up = Action::HangUp {
        request: 2,
        happened: false,
    };
    match evidence.turns().len() {
        0 => Some(make(1)),
        turn @ 1..4 => Some(start(USER + turn as u32)),
        4 => Some(Turn::partial(finish(1).action, polls)),
        // Whose hash has begun by then does not wait.
        5 if state_of(evidence, 2) == Callers::Waiting => Some(Turn::full(hang_up)),
        _ => held(evidence).next().map(finish),
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

/// One hash panics, at every moment.
fn panicking(exam: &mut Exam<'_>) -> Findings {
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
    findings.join(exam.explore(&Offloading, &Straight(panics_in_a_row)));
    findings
}

/// One hash after the other panics, and then all is well again.
fn panics_in_a_row(evidence: &Evidence) -> Option<Turn> {
    const PANICS: u32 = 12;
    let started = evidence.started() as u32;
    if evidence.turns().is_empty() {
        return Some(make(2));
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
fn patient_waiting(exam: &mut Exam<'_>) -> Findings {
    let pass = |micros| Turn::full(Action::Pass { micros });
    let next = move |evidence: &Evidence| match evidence.turns().len() {
        0 => Some(make(1)),
        turn @ 1..4 => Some(start(USER + turn as u32)),
        4..24 => Some(pass(10_000)),
        turn @ 24.. => match A_WEEK.get(turn - 24) {
            Some(micros) => Some(pass(*micros)),
            None => held(evidence).next().map(finish),
        },
    };
    let mut findings = exam.explore(&Offloading, &Straight(next));
    findings.join(exam.explore(&Offloading, &Straight(after_a_pause)));
    findings
}

/// Hundreds of callers at once: some give up, some give too long a password or
/// meet a hash that panics; then some one by one.
fn in_a_busy_hour(exam: &mut Exam<'_>) -> Findings {
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
