//! Drill `inflight_fix`: one fetch however many ask, whatever goes wrong.

mod rules;

use crate::course::language::Language;
use crate::exam::{Exam, Findings};
use play::check::Check;
use play::evidence::Evidence;
use play::judge::{Kind, Rules};
use play::schedule::{Action, Outcome, Polled, Turn};
use play::space::{A_WEEK, Ask, Callers, Space, Straight};
use play::world::World;
use play::world::users::{NOT_FOUND, UNAVAILABLE, Users};

use super::leaving::Leaving;
use super::woken::Woken;
use super::{Drill, Spoken, common};
use rules::Coalescing;

/// See the module.
pub(super) struct InflightFix;

const CHECKS: &[Check] = &[
    Check {
        id: "one_fetch",
        title: "one fetch at a time for a user, however many ask",
        required: true,
        points: 20,
        hint: "when a second request comes, how can it know that a fetch is under way?",
    },
    Check {
        id: "cached",
        title: "a row that was fetched once is not fetched again",
        required: true,
        points: 10,
        hint: "look at every await between the arrival of the row and the moment it can be found: who may run there?",
    },
    Check {
        id: "answered",
        title: "every request ends with the row its user's fetch returned",
        required: true,
        points: 10,
        hint: "what is still borrowed or locked while you await, and who is woken when the answer comes?",
    },
    Check {
        id: "users_independent",
        title: "requests for different users never wait for each other",
        required: true,
        points: 10,
        hint: "what do two requests for different users share while one of them waits?",
    },
    Check {
        id: "error_ends_waiting",
        title: "a failed fetch leaves nobody waiting",
        required: true,
        points: 10,
        hint: "follow the path on which the fetch returns an error: what are the requests told that wait for it?",
    },
    Check {
        id: "error_no_herd",
        title: "after a failed fetch, still one fetch at a time",
        required: true,
        points: 5,
        hint: "if everyone who waited tries again, who makes sure that only one of them fetches?",
    },
    Check {
        id: "error_not_cached",
        title: "an error is not remembered: the next request fetches",
        required: true,
        points: 5,
        hint: "what is left in your maps after a failed fetch, and what will the next request make of it?",
    },
    Check {
        id: "leader_dropped",
        title: "dropping the caller that fetches strands nobody",
        required: true,
        points: 10,
        hint: "when a future is dropped, the lines after its await never run; only `Drop` does. Which of your clean-up depends on such a line?",
    },
    Check {
        id: "follower_dropped",
        title: "dropping a caller that waits harms nobody",
        required: true,
        points: 5,
        hint: "what of the shared state does a request touch when it only waits and is dropped?",
    },
    Check {
        id: "no_polling",
        title: "a waiting request is woken by the answer and costs nothing until then",
        required: true,
        points: 5,
        hint: "looking again and again is not waiting; what can a task await that somebody else completes?",
    },
    Check {
        id: "long_runs",
        title: "all of this holds when several things go wrong in a row",
        required: true,
        points: 5,
        hint: "two things go wrong in a row here; does your clean-up leave everything as if nothing had happened?",
    },
    Check {
        id: "panic_contained",
        title: "a fetch that panics takes down only those who waited for it",
        required: false,
        points: 3,
        hint: "a panic unwinds like an early return that no `?` announces; what runs then?",
    },
    Check {
        id: "bounded_state",
        title: "failed fetches and dropped callers leave nothing behind",
        required: false,
        points: 2,
        hint: "after ten thousand users who were never found, how large are your maps?",
    },
];

/// How a request can go wrong.
const ENDINGS: &[Kind] = &[
    Kind::Hang,
    Kind::WaitsForOther,
    Kind::WrongRow,
    Kind::InventedError,
    Kind::StaleError,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Died,
    Kind::Garbled,
    Kind::Restless,
];

/// How a fetch can go wrong.
const FETCHES: &[Kind] = &[Kind::Overlap, Kind::NeedlessFetch];

const USER: u32 = 7;
const OTHER: u32 = 8;
/// More requests than the hundred that every learner knows of.
const CROWD: u32 = 130;
/// More requests than any table of a fixed size should hold.
const MANY_USERS: u32 = 600;
/// Fetches that fail in a row when the database is down.
const DOWN_FOR: u32 = 20;
/// Ten seconds: a slow database that still answers.
const SLOW_MICROS: u64 = 10_000_000;
const RANDOM_SCHEDULES: usize = 300;

impl Drill for InflightFix {
    fn slug(&self) -> &'static str {
        "inflight_fix"
    }

    fn contract(&self) -> &'static str {
        include_str!("inflight_fix/contract.rs")
    }

    fn spoken(&self, language: Language) -> Option<Spoken> {
        match language {
            Language::Rust => None,
            Language::Python => Some(Spoken {
                contract: include_str!("inflight_fix/contract.py"),
                hints: &[
                    (
                        "answered",
                        "what do those who wait await, who ends it, and with what? An `await` of a future that somebody else has cancelled raises `CancelledError`",
                    ),
                    (
                        "leader_dropped",
                        "a cancelled task raises `CancelledError` at its await: `except Exception` does not see it, and a shared future is not ended by a `finally` that only removes it. Whose task is the fetch?",
                    ),
                    (
                        "follower_dropped",
                        "to cancel a task is to cancel what it awaits: does a caller that waits await something that is everybody's?",
                    ),
                    (
                        "panic_contained",
                        "an exception that you did not expect leaves by the same door as those you did; what runs then?",
                    ),
                    (
                        "error_ends_waiting",
                        "follow the path on which the fetch raises: what do those who wait for it hear?",
                    ),
                ],
            }),
            Language::Node => Some(Spoken {
                contract: include_str!("inflight_fix/contract.js"),
                hints: &[
                    (
                        "answered",
                        "what does a request that waits await, who settles it, and with what? Which line runs when the fetch is over, and is the row there by then?",
                    ),
                    (
                        "one_fetch",
                        "when a second request comes, how can it know that a fetch is under way? Everything between two `await`s runs as one piece",
                    ),
                    (
                        "error_ends_waiting",
                        "follow the path on which the fetch rejects: what do those that wait for it hear, and does anybody handle every promise you make?",
                    ),
                    (
                        "panic_contained",
                        "an error that you did not expect leaves by the same door as those you did; what runs then?",
                    ),
                    (
                        "no_polling",
                        "looking again and again is not waiting; which promise can a request await that somebody else settles?",
                    ),
                ],
            }),
        }
    }

    fn about_drops(&self) -> &'static [&'static str] {
        &["leader_dropped", "follower_dropped"]
    }

    fn world(&self) -> &'static dyn World {
        &Users
    }

    fn ready_made(&self) -> &'static [&'static str] {
        &["OnceCell", "Shared", "WeakShared", "shared"]
    }

    fn checks(&self) -> &'static [Check] {
        CHECKS
    }

    fn rules(&self) -> &'static dyn Rules {
        &Coalescing
    }

    fn examine(&self, exam: &mut Exam<'_>) {
        let together = together(exam);
        let slowly = slow_database(exam);
        exam.leave_out(&slowly, &[Kind::Polling]);
        let slow = together.with(slowly);
        exam.decide("answered", &Coalescing, &slow, ENDINGS);
        exam.decide("one_fetch", &Coalescing, &slow, &[Kind::Overlap]);
        let all: Vec<Kind> = ENDINGS.iter().chain(FETCHES).copied().collect();
        let later = much_later(exam);
        exam.leave_out(&later, &[Kind::Polling]);
        let known = together.with(later.clone());
        match known.has(Kind::NeedlessFetch) {
            true => exam.decide("cached", &Coalescing, &known, &[Kind::NeedlessFetch]),
            false => exam.decide_beyond("cached", &Coalescing, &known, &all, &together),
        }
        // Faults that show when nothing goes wrong were reported above.
        let also = |exam: &mut Exam<'_>, check, findings: &Findings, kinds: &[Kind]| {
            exam.decide_beyond(check, &Coalescing, findings, kinds, &together);
        };

        let users = two_users(exam);
        also(exam, "users_independent", &users, &all);
        let errors = failing(exam);
        also(exam, "error_not_cached", &errors, &[Kind::StaleError]);

        if together.has(Kind::Overlap) {
            exam.skip_undecided(
                CHECKS,
                "cannot be judged while every request fetches for itself: see `one_fetch`",
            );
            return;
        }
        also(
            exam,
            "error_ends_waiting",
            &errors,
            &without(ENDINGS, &[Kind::StaleError]),
        );
        also(exam, "error_no_herd", &errors, FETCHES);
        let mut waiting = patient_waiting(exam);
        let dropped = match exam.drops() {
            true => dropped(exam, &together),
            false => Findings::default(),
        };
        let panics = exam.explore(
            &Coalescing,
            &Space {
                panics: 1,
                halves: 1,
                ..Space::of(&[USER; 3])
            },
        );
        also(exam, "panic_contained", &panics, &all);
        let long = long_runs(exam);

        let mut before = together.clone();
        for findings in [users, errors, dropped] {
            before.join(findings);
        }
        exam.decide_beyond("long_runs", &Coalescing, &long, &all, &before);
        waiting.join(before);
        waiting.join(long);
        exam.decide("no_polling", &Coalescing, &waiting, &[Kind::Polling]);
        exam.flood("bounded_state", "users");
    }
}

/// Decides the checks of dropped callers, leaders and followers.
fn dropped(exam: &mut Exam<'_>, together: &Findings) -> Findings {
    let all: Vec<Kind> = ENDINGS.iter().chain(FETCHES).copied().collect();
    let mut leaders = dropping(exam, Callers::Leaders);
    let in_a_row = exam.explore(&Coalescing, &Straight(leaders_go_and_go));
    let followers = dropping(exam, Callers::Followers);
    // Where the fetch is a task of its own, those who went one after the other followed.
    let is_followers = |kind: &Kind| in_a_row.has(*kind) && followers.has(*kind);
    let only_in_a_row = !all.iter().any(|kind| leaders.has(*kind));
    if only_in_a_row && all.iter().any(is_followers) {
        exam.skip("leader_dropped", "cannot be judged: see `follower_dropped`");
    } else {
        leaders.join(in_a_row);
        exam.decide_beyond("leader_dropped", &Coalescing, &leaders, &all, together);
    }
    exam.decide_beyond("follower_dropped", &Coalescing, &followers, &all, together);
    leaders.with(followers)
}

fn without(kinds: &[Kind], these: &[Kind]) -> Vec<Kind> {
    kinds
        .iter()
        .copied()
        .filter(|kind| !these.contains(kind))
        .collect()
}

/// One user, nothing goes wrong: four callers in every order, and a crowd.
fn together(exam: &mut Exam<'_>) -> Findings {
    let few = Space {
        halves: 2,
        ..Space::of(&[USER; 4])
    };
    let mut findings = exam.explore(&Coalescing, &few);
    for polled in [Polled::ByNewWakers, Polled::Joined] {
        let few = Space {
            polled,
            ..Space::of(&[USER; 3])
        };
        findings.join(exam.explore(&Coalescing, &few));
    }
    // Either each request rests before the next one comes, or none does; each is a task
    // of its own, or all are in one task.
    for polled in [Polled::Alone, Polled::Joined] {
        for rests in [true, false] {
            let mut crowd = vec![Turn::full(Action::Poll { polled })];
            let polls = |turn: Turn| if rests { turn } else { unsettled(turn) };
            crowd.extend((0..CROWD).map(|_| polls(start(USER))));
            crowd.extend([wait(), row(1), start(USER), start(USER)]);
            findings.join(exam.play(&Coalescing, crowd));
        }
    }
    // A new cache is an empty one.
    let anew = [
        start(USER),
        row(1),
        Turn::full(Action::Discard),
        start(USER),
        row(2),
    ];
    findings.join(exam.play(&Coalescing, anew.to_vec()));
    // A submission must not give up or ask twice when the database is slow.
    let slow = [start(USER), start(USER), pass(SLOW_MICROS)];
    findings.join(exam.play(&Coalescing, slow.to_vec()));
    findings
}

/// The same for a database that hangs for an hour. How often waiting requests
/// are polled meanwhile is not judged here.
fn slow_database(exam: &mut Exam<'_>) -> Findings {
    let mut turns = vec![start(USER); 2];
    turns.extend(a_week());
    exam.play(&Coalescing, turns)
}

/// Rows do not expire: an hour later they are still there.
fn much_later(exam: &mut Exam<'_>) -> Findings {
    let mut turns = vec![start(USER), row(1)];
    turns.extend(a_week());
    turns.push(start(USER));
    exam.play(&Coalescing, turns)
}

fn a_week() -> impl Iterator<Item = Turn> {
    A_WEEK.into_iter().map(pass)
}

/// Two users in every order, and many at once.
fn two_users(exam: &mut Exam<'_>) -> Findings {
    let two = Space {
        halves: 1,
        ..Space::of(&[USER, OTHER, USER])
    };
    let mut findings = exam.explore(&Coalescing, &two);
    findings.join(exam.explore(&Coalescing, &Space::of(&[USER, OTHER, OTHER, USER])));
    // All users are asked for at once, again while they are fetched, and again after the
    // answers: every fetch must be found, and every row must still be there. No task runs
    // before all have asked, or before all are answered.
    let ask_all = || {
        let mut all: Vec<Turn> = (USER..USER + MANY_USERS)
            .map(start)
            .map(unsettled)
            .collect();
        all.push(wait());
        all
    };
    let mut many = ask_all();
    findings.join(exam.play(&Coalescing, many.clone()));
    many.extend(ask_all());
    many.extend((1..=MANY_USERS).map(row).map(unsettled));
    many.push(wait());
    many.extend(ask_all());
    findings.join(exam.play(&Coalescing, many));
    // Users whose ids are alike in what a table might make of them.
    let mut alike: Vec<Turn> = common::alike_keys().map(start).collect();
    findings.join(exam.play(&Coalescing, alike.clone()));
    let all = alike.len() as u32;
    alike.extend((1..=all).map(row));
    alike.extend(common::alike_keys().map(start));
    findings.join(exam.play(&Coalescing, alike));
    findings
}

/// Up to two errors among three callers, in every order; then a database that is
/// down for long.
fn failing(exam: &mut Exam<'_>) -> Findings {
    let some = Space {
        errors: 2,
        halves: 1,
        ..Space::of(&[USER; 3])
    };
    let mut findings = exam.explore(&Coalescing, &some);
    let again = Ask {
        again: true,
        ..Ask::of(USER)
    };
    let insistent = Space {
        errors: 2,
        halves: 1,
        half_polls: vec![0],
        ..Space::asking(vec![again; 2])
    };
    findings.join(exam.explore(&Coalescing, &insistent));
    let mut one_after_the_other = Vec::new();
    for fetch in 1..=DOWN_FOR {
        one_after_the_other.extend([start(USER), failure(fetch)]);
    }
    one_after_the_other.extend([start(USER), row(DOWN_FOR + 1)]);
    findings.join(exam.play(&Coalescing, one_after_the_other));
    let mut at_once = vec![start(USER); 2];
    at_once.extend((1..=DOWN_FOR).map(failure));
    findings.join(exam.play(&Coalescing, at_once));
    findings
}

/// One caller is dropped, at every moment.
fn dropping(exam: &mut Exam<'_>, who: Callers) -> Findings {
    let space = Space {
        hang_ups: 1,
        may_hang_up: who,
        halves: 1,
        ..Space::of(&[USER; 3])
    };
    exam.explore(&Coalescing, &space)
}

/// One leader after another is dropped while a request waits: it must not give up, however
/// many there are.
fn leaders_go_and_go(evidence: &Evidence) -> Option<Turn> {
    const LEADERS: u32 = 20;
    let turn = evidence.turns().len() as u32;
    let request = turn / 2 + 1;
    let happened = false;
    match turn {
        0 => Some(start(USER)),
        turn if turn <= 2 * LEADERS && turn % 2 == 1 => Some(start(USER)),
        turn if turn <= 2 * LEADERS => Some(Turn::full(Action::HangUp {
            request: request - 1,
            happened,
        })),
        _ => common::then_all_answered(evidence),
    }
}

/// Four requests wait while time passes in small steps; the answer comes between two steps.
fn patient_waiting(exam: &mut Exam<'_>) -> Findings {
    let mut turns = vec![start(USER); 4];
    turns.extend(vec![pass(10_000); 20]);
    turns.extend([pass(3_700), row(1)]);
    exam.play(&Coalescing, turns)
}

/// Two things go wrong, in every way; then many callers, two users, several errors
/// and dropped callers, at random.
fn long_runs(exam: &mut Exam<'_>) -> Findings {
    let two_drops = Space {
        hang_ups: 2,
        ..Space::of(&[USER; 3])
    };
    let mut findings = exam.explore(&Coalescing, &two_drops);
    let drop_and_error = Space {
        hang_ups: 1,
        errors: 1,
        ..Space::of(&[USER; 3])
    };
    findings.join(exam.explore(&Coalescing, &drop_and_error));
    let woken = Woken {
        made: None,
        asks: vec![Action::ask(USER); 3],
    };
    findings.join(exam.explore(&Coalescing, &woken));
    let leaving = Leaving {
        made: None,
        asks: vec![Action::ask(USER); 4],
        only_idle: false,
    };
    findings.join(exam.explore(&Coalescing, &leaving));
    let space = Space {
        errors: 2,
        hang_ups: 3,
        halves: 4,
        half_polls: vec![0, 1, 2, 3],
        ..Space::of(&[USER, USER, OTHER, USER, USER, OTHER, USER, OTHER])
    };
    findings.join(exam.wander(&Coalescing, &space, RANDOM_SCHEDULES));
    findings
}

/// The same, but no task runs before the next turn.
fn unsettled(turn: Turn) -> Turn {
    Turn::partial(turn.action, 0)
}

fn wait() -> Turn {
    Turn::full(Action::Wait)
}

fn start(user: u32) -> Turn {
    Turn::full(Action::ask(user))
}

fn row(fetch: u32) -> Turn {
    let outcome = Outcome::Value;
    Turn::full(Action::Answer {
        operation: fetch,
        outcome,
    })
}

fn failure(fetch: u32) -> Turn {
    let outcome = match fetch % 2 {
        0 => Outcome::Error(NOT_FOUND),
        _ => Outcome::Error(UNAVAILABLE),
    };
    Turn::full(Action::Answer {
        operation: fetch,
        outcome,
    })
}

fn pass(micros: u64) -> Turn {
    Turn::full(Action::Pass { micros })
}
