//! The schedules of `inflight_fix`.

use super::rules::Coalescing;
use crate::drills::history::{self, History};
use crate::drills::leaving::Leaving;
use crate::drills::schedules::{self, BESIDE, Went};
use crate::drills::three::Three;
use crate::drills::user_cache;
use crate::drills::woken::Woken;
use crate::exam::{Exam, Findings};
use play::evidence::Evidence;
use play::judge::Kind;
use play::schedule::{Action, Outcome, Polled, Turn};
use play::space::{A_WEEK, Ask, Callers, Space, Spaces, Straight};
use play::world::users::{NOT_FOUND, UNAVAILABLE};

const USER: u32 = 7;
const OTHER: u32 = 8;
/// More requests than the hundred that every learner knows of.
const CROWD: u32 = 300;
/// More requests than any table of a fixed size should hold.
const MANY_USERS: u32 = 600;
/// Fetches that fail in a row when the database is down.
const DOWN_FOR: u32 = 20;
/// Ten seconds: a slow database that still answers.
const SLOW_MICROS: u64 = 10_000_000;
const RANDOM_SCHEDULES: usize = 300;

/// One user, nothing goes wrong: four callers in every order, and a crowd.
pub(super) fn together(exam: &mut Exam<'_>) -> Findings {
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
    // Callers that ask again as soon as they are told.
    let again = Ask {
        again: true,
        ..Ask::of(USER)
    };
    findings.join(exam.explore(&Coalescing, &Space::asking(vec![again; 3])));
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
    // So it is while another one still fetches.
    let discard = Turn::full(Action::Discard);
    let anew = [start(USER), discard, start(USER), row(1), row(2)];
    findings.join(exam.play(&Coalescing, anew.to_vec()));
    let several = |evidence: &Evidence| schedules::instances(evidence, |_| Action::ask(USER));
    findings.join(exam.explore(&Coalescing, &Straight(several)));
    // A submission must not give up or ask twice when the database is slow.
    let slow = [start(USER), start(USER), pass(SLOW_MICROS)];
    findings.join(exam.play(&Coalescing, slow.to_vec()));
    findings.join(into_the_gap(exam, None));
    findings
}

/// The same for a database that hangs for an hour. How often waiting requests
/// are polled meanwhile is not judged here.
pub(super) fn slow_database(exam: &mut Exam<'_>) -> Findings {
    let mut turns = vec![start(USER); 2];
    turns.extend(a_week());
    turns.extend([start(USER), row(1)]);
    exam.play(&Coalescing, turns)
}

/// Rows do not expire: an hour later they are still there.
pub(super) fn much_later(exam: &mut Exam<'_>) -> Findings {
    let mut turns = vec![start(USER), row(1)];
    turns.extend(a_week());
    turns.push(start(USER));
    exam.play(&Coalescing, turns)
}

fn a_week() -> impl Iterator<Item = Turn> {
    A_WEEK.into_iter().map(pass)
}

/// Two users in every order, and many at once.
pub(super) fn two_users(exam: &mut Exam<'_>) -> Findings {
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
    let mut spaces = Spaces::default();
    for pairs in schedules::PAIRS {
        let in_pairs = move |evidence: &Evidence| {
            schedules::in_pairs(evidence, pairs, schedules::PAIRED, |pair, _| {
                Action::ask(USER + pair)
            })
        };
        spaces.add(Straight(in_pairs));
    }
    // Others have been fetched before.
    let users = [OTHER, OTHER + 1, OTHER + 2].map(Ask::of);
    for others in 1..=users.len() {
        spaces.add(History::of(&users[..others], None, later()));
    }
    findings.join(exam.explore_all(&Coalescing, &spaces));
    // Users whose ids are alike in what a table might make of them.
    let twice = |user| [start(user); 2];
    let mut alike: Vec<Turn> = schedules::alike_keys().flat_map(twice).collect();
    findings.join(exam.play(&Coalescing, alike.clone()));
    let all = alike.len() as u32 / 2;
    alike.extend((1..=all).map(row));
    alike.extend(schedules::alike_keys().map(start));
    findings.join(exam.play(&Coalescing, alike));
    findings
}

/// What is well after something else has happened.
fn later() -> Space {
    Space {
        halves: 1,
        half_polls: vec![0, 1, 2],
        ..Space::of(&[USER; 2])
    }
}

/// Up to two errors among three callers, in every order; then a database that is
/// down for long.
pub(super) fn failing(exam: &mut Exam<'_>) -> Findings {
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
    let each_in_its_way =
        |evidence: &Evidence| schedules::two_errors(evidence, [USER, OTHER].map(Action::ask));
    findings.join(exam.explore(&Coalescing, &Straight(each_in_its_way)));
    for beside in BESIDE {
        let elsewhere = |evidence: &Evidence| {
            let users = [USER, OTHER].map(Action::ask);
            let fails = (0, Outcome::Error(UNAVAILABLE));
            schedules::wrong_beside(evidence, users, beside, fails)
        };
        findings.join(exam.explore(&Coalescing, &Straight(elsewhere)));
    }
    findings.join(in_a_crowd(exam, Some(Went::Failed)));
    findings.join(slow_after(exam, Went::Failed));
    let mut spaces = Spaces::default();
    history::after(&mut spaces, Ask::of(USER), Some(Went::Failed), &[later()]);
    findings.join(exam.explore_all(&Coalescing, &spaces));
    findings.join(into_the_gap(exam, Some(Went::Failed)));
    let mut one_after_the_other = Vec::new();
    for fetch in 1..=DOWN_FOR {
        one_after_the_other.extend([start(USER), failure(fetch)]);
    }
    one_after_the_other.extend([start(USER), row(DOWN_FOR + 1)]);
    findings.join(exam.play(&Coalescing, one_after_the_other));
    for callers in [2, 8] {
        let mut at_once = vec![start(USER); callers];
        at_once.extend((1..=DOWN_FOR).map(failure));
        findings.join(exam.play(&Coalescing, at_once));
    }
    findings
}

/// One caller is dropped, at every moment.
pub(super) fn dropping(exam: &mut Exam<'_>, who: Callers) -> Findings {
    let space = Space {
        hang_ups: 1,
        may_hang_up: who,
        halves: 1,
        ..Space::of(&[USER; 3])
    };
    let mut findings = exam.explore(&Coalescing, &space);
    if who == Callers::Followers {
        findings.join(in_a_crowd(exam, None));
        findings.join(all_but_one_leave(exam, true));
    }
    findings
}

/// A panic, at every moment.
pub(super) fn panicking(exam: &mut Exam<'_>) -> Findings {
    let panics = Space {
        panics: 1,
        halves: 1,
        ..Space::of(&[USER; 3])
    };
    let mut spaces = Spaces::default();
    spaces.add(panics);
    let gone_by_then = Space {
        panics: 1,
        hang_ups: 1,
        ..Space::of(&[USER; 2])
    };
    spaces.add(gone_by_then);
    for beside in BESIDE {
        let elsewhere = move |evidence: &Evidence| {
            let users = [USER, OTHER].map(Action::ask);
            schedules::wrong_beside(evidence, users, beside, (0, Outcome::Panic))
        };
        spaces.add(Straight(elsewhere));
    }
    for behind in [0, 1] {
        let in_a_row = move |evidence: &Evidence| {
            schedules::panics_for_a_while(evidence, behind, |_| Action::ask(USER), 0)
        };
        spaces.add(Straight(in_a_row));
    }
    let mut findings = exam.explore_all(&Coalescing, &spaces);
    findings.join(beside_cached_ones(exam, Went::Panicked));
    findings.join(in_a_crowd(exam, Some(Went::Panicked)));
    findings.join(slow_after(exam, Went::Panicked));
    findings
}

/// Leaders are dropped one after the other.
pub(super) fn leaders_gone(exam: &mut Exam<'_>) -> Findings {
    let mut findings = exam.explore(&Coalescing, &Straight(leaders_go_and_go));
    findings.join(in_a_crowd(exam, Some(Went::Left)));
    findings.join(slow_after(exam, Went::Left));
    let mut spaces = Spaces::default();
    history::after(&mut spaces, Ask::of(USER), Some(Went::Left), &[later()]);
    findings.join(exam.explore_all(&Coalescing, &spaces));
    findings.join(into_the_gap(exam, Some(Went::Left)));
    findings.join(all_but_one_leave(exam, false));
    // The request that fetches in its place does not look at the clock again and again.
    let patient = |evidence: &Evidence| {
        let starts = [Action::ask(USER); 3];
        let left = Some(Went::Left);
        schedules::time_passes_after(evidence, &starts, 0, left, schedules::small_steps())
    };
    findings.join(exam.explore(&Coalescing, &Straight(patient)));
    findings
}

/// The first of two fetches goes like this, and the next one takes long. As with a database
/// that hangs, it is not judged how often waiting requests are polled meanwhile.
fn slow_after(exam: &mut Exam<'_>, went: Went) -> Findings {
    let slow = |evidence: &Evidence| {
        let starts = [Action::ask(USER); 2];
        schedules::time_passes_after(evidence, &starts, 0, Some(went), schedules::slow_steps())
    };
    let findings = exam.explore(&Coalescing, &Straight(slow));
    exam.leave_out(&findings, &[Kind::Polling]);
    findings.without(&[Kind::Polling])
}

/// Of ten who ask for one user all leave but the last.
fn all_but_one_leave(exam: &mut Exam<'_>, first_stays: bool) -> Findings {
    let leave = |evidence: &Evidence| {
        schedules::all_but_one_leave(evidence, first_stays, |_| Action::ask(USER))
    };
    exam.explore(&Coalescing, &Straight(leave))
}

/// A fetch for many goes like this, or one of those who wait for it leaves.
fn in_a_crowd(exam: &mut Exam<'_>, went: Option<Went>) -> Findings {
    let mut spaces = Spaces::default();
    for line in [(12, 0, false), (40, 0, false), (12, 0, true)] {
        let next = move |evidence: &Evidence| {
            schedules::in_a_long_line(evidence, line, went, |_| Action::ask(USER))
        };
        spaces.add(Straight(next));
    }
    exam.explore_all(&Coalescing, &spaces)
}

/// A fetch goes like this while other users are cached, who are cached still.
pub(super) fn beside_cached_ones(exam: &mut Exam<'_>, went: Went) -> Findings {
    let mut findings = Findings::default();
    for turns in user_cache::beside_cached_ones(went) {
        findings.join(exam.play(&Coalescing, turns));
    }
    findings
}

/// An only fetch goes like this, and others ask before anybody has done with it.
fn into_the_gap(exam: &mut Exam<'_>, went: Option<Went>) -> Findings {
    let mut spaces = Spaces::default();
    for polls in schedules::GAPS {
        for behind in schedules::BEHIND.into_iter().chain([6]) {
            let gap = move |evidence: &Evidence| {
                let starts = [Action::ask(USER); 7];
                // Where nothing goes wrong, users who wait for each other are another check's.
                let last = if went.is_some() { OTHER } else { USER };
                let newcomers = [USER, USER, last].map(Action::ask);
                let starts = &starts[..=behind];
                schedules::into_the_gap(evidence, starts, (0, went), polls, &newcomers)
            };
            spaces.add(Straight(gap));
        }
    }
    exam.explore_all(&Coalescing, &spaces)
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
        _ => schedules::then_all_answered(evidence),
    }
}

/// Four requests wait while time passes in small steps; the answer comes between two steps.
pub(super) fn patient_waiting(exam: &mut Exam<'_>) -> Findings {
    let mut turns = vec![start(USER); 4];
    turns.extend(schedules::small_steps().map(pass));
    turns.extend([pass(3_700), row(1)]);
    exam.play(&Coalescing, turns)
}

/// Two things go wrong, in every way; then many callers, two users, several errors
/// and dropped callers, at random.
pub(super) fn long_runs(exam: &mut Exam<'_>) -> Findings {
    let two_drops = Space {
        hang_ups: 2,
        ..Space::of(&[USER; 3])
    };
    let mut spaces = Spaces::default();
    spaces.add(two_drops);
    let drop_and_error = Space {
        hang_ups: 1,
        errors: 1,
        ..Space::of(&[USER; 3])
    };
    spaces.add(drop_and_error);
    for requests in [2, 3] {
        spaces.add(Woken {
            made: None,
            asks: vec![Action::ask(USER); requests],
        });
    }
    spaces.add(Three {
        made: None,
        asks: vec![Action::ask(USER); 4],
        with_drops: true,
    });
    let leaving = Leaving {
        made: None,
        asks: vec![Action::ask(USER); 4],
        only_idle: false,
    };
    spaces.add(leaving);
    if exam.drops() {
        for behind in [0, 1] {
            let in_a_row = move |evidence: &Evidence| {
                schedules::drops_for_a_while(evidence, behind, Action::ask(USER))
            };
            spaces.add(Straight(in_a_row));
        }
    }
    let space = Space {
        errors: 2,
        hang_ups: 3,
        halves: 4,
        half_polls: vec![0, 1, 2, 3],
        ..Space::of(&[USER, USER, OTHER, USER, USER, OTHER, USER, OTHER])
    };
    spaces.walk(space, RANDOM_SCHEDULES);
    exam.explore_all(&Coalescing, &spaces)
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
