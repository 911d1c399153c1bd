//! The schedules of `connection_pool`. A pool is cold where a run begins; [`Warm`] is one
//! that has connections.

use crate::exam::{Exam, Findings};
use play::evidence::Evidence;
use play::schedule::{Action, Few, Outcome, Polled, Turn};
use play::space::{A_WEEK, AN_HOUR, Ask, Space, Spaces, Straight};
use play::world::server::{ASK, CONNECT};

use super::rules::AFewAtMost;
use crate::drills::history;
use crate::drills::leaving::Leaving;
use crate::drills::schedules::{self, Line, Mishaps, Went};
use crate::drills::taken::{Ends, Taken};
use crate::drills::warm::Warm;
use crate::drills::woken::Woken;

/// All requests of a run ask the same server.
const KEY: u32 = 7;
const CROWD: usize = 300;
const SLOW_MICROS: u64 = 10_000_000;
const RANDOM_SCHEDULES: usize = 150;
/// What goes wrong for a while, and in pools for how many. A place that is lost once shows where
/// there is one only, and one that is lost each time where there are more.
const ONE_PLACE_AND_MORE: [(u32, u8); 4] = [(1, CONNECT), (4, CONNECT), (1, ASK), (4, ASK)];

/// The line for one place.
const LINE: Line = Line {
    made: Some(Few::one(1)),
    start: |_| Action::ask(KEY),
    answers: 2,
};
/// The same for two.
const TWO_PLACES: Line = Line {
    made: Some(Few::one(2)),
    ..LINE
};

/// So many callers, of a pool for so many connections.
fn space(max: u32, callers: usize) -> Space {
    Space {
        made: Some(Few::one(max)),
        ..Space::of(&vec![KEY; callers])
    }
}

/// The same, in which so many of the callers have come before.
fn warm(callers: usize, space: Space) -> Warm {
    Warm { callers, space }
}

/// What such a schedule does that begins by making a pool.
fn made(
    max: u32,
    then: impl Fn(&Evidence) -> Option<Turn>,
) -> Straight<impl Fn(&Evidence) -> Option<Turn>> {
    let numbers = Few::one(max);
    Straight(move |evidence: &Evidence| match evidence.turns() {
        [] => Some(Turn::full(Action::Make { numbers })),
        _ => then(evidence),
    })
}

/// Nothing goes wrong: in every order, with connections and without, a crowd, callers that
/// are polled in other ways, and a server that takes its time.
pub(super) fn calm(exam: &mut Exam<'_>) -> Findings {
    let few = Space {
        halves: 1,
        ..space(2, 2)
    };
    let mut spaces = Spaces::default();
    spaces.add(few);
    // A caller that comes just when a place is given back.
    let newcomer = Space {
        halves: 1,
        half_polls: vec![0],
        ..space(1, 3)
    };
    spaces.add(newcomer);
    let again = Space {
        halves: 1,
        ..space(1, 3)
    };
    spaces.add(warm(1, again));
    spaces.add(warm(1, space(2, 3)));
    spaces.add(warm(2, space(2, 5)));
    for polled in [Polled::ByNewWakers, Polled::Joined] {
        let otherwise = Space {
            polled,
            ..space(1, 3)
        };
        spaces.add(otherwise);
    }
    in_one_go(&mut spaces, None);
    spaces.add(made(2, two_places_at_once));
    LINE.newcomers(&mut spaces);
    LINE.instances(&mut spaces);
    LINE.pairs(&mut spaces, schedules::PAIRED);
    for max in [1, 3, 8, 300] {
        spaces.add(made(max, crowd));
    }
    let starts = [Turn::full(Action::ask(KEY)); 2];
    let anew = move |evidence: &Evidence| schedules::one_after_the_other(evidence, starts);
    spaces.add(made(1, anew));
    let at_once = |evidence: &Evidence| {
        schedules::answered_at_once(evidence, (0..CROWD).map(|_| Action::ask(KEY)))
    };
    spaces.add(made(300, at_once));
    spaces.add(made(2, slow));
    spaces.add(made(2, idle_for_long));
    spaces.add(made(2, two_idle_for_long));
    exam.explore_all(&AFewAtMost, &spaces)
}

/// Seven for two places, and both of them come free at once.
fn two_places_at_once(evidence: &Evidence) -> Option<Turn> {
    match evidence.started() {
        ..7 => Some(Turn::full(Action::ask(KEY))),
        // The first two answers connect.
        _ => schedules::then_answered_in_pairs(evidence, 2),
    }
}

/// Three hundred at once, none of which is polled before all have started; then some more, who
/// find idle connections.
fn crowd(evidence: &Evidence) -> Option<Turn> {
    if evidence.started() < CROWD {
        return Some(Turn::partial(Action::ask(KEY), 0));
    }
    let done = evidence.is_settled() && evidence.live().next().is_none();
    if done && evidence.waiting().next().is_none() && evidence.started() < CROWD + 2 {
        return Some(Turn::full(Action::ask(KEY)));
    }
    schedules::then_all_answered(evidence)
}

/// A submission must wait for a server that is slow to accept and takes a week to answer.
fn slow(evidence: &Evidence) -> Option<Turn> {
    let is_pass = |turn: &&Turn| matches!(turn.action, Action::Pass { .. });
    let passed = evidence.turns().iter().filter(is_pass).count();
    let pass = |micros| Some(Turn::full(Action::Pass { micros }));
    let started = evidence.started();
    if started < 3 {
        return Some(Turn::full(Action::ask(KEY)));
    }
    let connects = evidence.live().find(|operation| {
        let it = evidence.operation(*operation);
        it.is_some_and(|it| it.kind == CONNECT)
    });
    let outcome = Outcome::Value;
    match (connects, passed) {
        (Some(_), 0) => pass(SLOW_MICROS),
        (Some(operation), _) => Some(Turn::full(Action::Answer { operation, outcome })),
        (None, passed) => match A_WEEK.get(passed.saturating_sub(1)) {
            Some(micros) if started == 3 => pass(*micros),
            // One more comes, while the places are still in use.
            None if started == 3 => Some(Turn::full(Action::ask(KEY))),
            _ => schedules::then_all_answered(evidence),
        },
    }
}

/// Nobody asks for more than a month, and then the connection is still there.
fn idle_for_long(evidence: &Evidence) -> Option<Turn> {
    schedules::idle_for_long(evidence, Action::ask(KEY), a_month())
}

fn a_month() -> impl Iterator<Item = u64> {
    A_WEEK.into_iter().chain([24 * AN_HOUR; 25])
}

/// The same for two connections.
fn two_idle_for_long(evidence: &Evidence) -> Option<Turn> {
    let is_pass = |turn: &&Turn| matches!(turn.action, Action::Pass { .. });
    let passed = evidence.turns().iter().filter(is_pass).count();
    let is_over = evidence.is_over();
    let ask = Action::ask(KEY);
    match (evidence.started(), a_month().nth(passed)) {
        (0 | 1 | 3, _) => Some(Turn::full(ask)),
        (2, Some(micros)) if is_over => Some(Turn::full(Action::Pass { micros })),
        (2, None) => Some(Turn::full(ask)),
        _ => schedules::then_all_answered(evidence),
    }
}

/// Connects are refused and connections break, in every order; callers that ask again at
/// once; a server that is down half of the time.
pub(super) fn failing(exam: &mut Exam<'_>) -> Findings {
    let some = Space {
        errors: 1,
        halves: 1,
        ..space(1, 2)
    };
    let mut spaces = Spaces::default();
    spaces.add(LINE.three(false));
    slow_after(&mut spaces, Some(Went::Failed));
    wrong_in_a_line(&mut spaces, Some(Went::Failed));
    in_one_go(&mut spaces, Some(Went::Failed));
    mishaps(&mut spaces, Went::Failed);
    history::after(&mut spaces, Ask::of(KEY), Some(Went::Failed), &later());
    into_the_gap(&mut spaces, Some(Went::Failed));
    into_the_gap(&mut spaces, None);
    slow_after(&mut spaces, None);
    spaces.add(some);
    let two = Space {
        errors: 2,
        ..space(2, 2)
    };
    spaces.add(two);
    let warmed = Space {
        errors: 2,
        ..space(1, 3)
    };
    spaces.add(warm(1, warmed));
    let again = Ask {
        again: true,
        ..Ask::of(KEY)
    };
    let insistent = Space {
        errors: 2,
        made: Some(Few::one(1)),
        ..Space::asking(vec![again, Ask::of(KEY)])
    };
    spaces.add(insistent);
    spaces.add(taken(Ends::Failing));
    for max in [2, 3] {
        spaces.add(beside_idle_ones(max, Ends::Failing));
    }
    spaces.add(made(2, half_down));
    for (max, kind) in ONE_PLACE_AND_MORE {
        for behind in [0, 1] {
            let in_a_row = move |evidence: &Evidence| {
                schedules::down_for_a_while(evidence, behind, |_| Action::ask(KEY), kind)
            };
            spaces.add(made(max, in_a_row));
        }
    }
    exam.explore_all(&AFewAtMost, &spaces)
}

/// Twenty callers; of what begins every second thing fails, at first.
fn half_down(evidence: &Evidence) -> Option<Turn> {
    if evidence.started() < 20 {
        return Some(Turn::full(Action::ask(KEY)));
    }
    match evidence.live().next() {
        Some(operation) if operation < 30 && operation % 2 == 0 => {
            let kind = evidence.operation(operation)?.kind;
            let outcome = Outcome::Error(*evidence.world().kind(kind).errors.first()?);
            Some(Turn::full(Action::Answer { operation, outcome }))
        }
        _ => schedules::then_all_answered(evidence),
    }
}

/// Two connections are open and in use, and a third caller waits.
fn taken(ends: Ends) -> Taken {
    Taken {
        made: Some(Few::one(2)),
        before: vec![Action::ask(KEY); 2],
        takers: vec![Action::ask(KEY); 3],
        events: 2,
        ends,
        newcomers: vec![Action::ask(KEY); 3],
    }
}

/// So many connections are open, and one of them is in use.
fn beside_idle_ones(max: u32, ends: Ends) -> Taken {
    Taken {
        made: Some(Few::one(max)),
        before: vec![Action::ask(KEY); max as usize],
        takers: vec![Action::ask(KEY)],
        ..taken(ends)
    }
}

/// One caller is dropped, at every moment; then two.
pub(super) fn dropping(exam: &mut Exam<'_>) -> Findings {
    let one = Space {
        hang_ups: 1,
        halves: 1,
        ..space(1, 2)
    };
    let mut spaces = Spaces::default();
    slow_after(&mut spaces, Some(Went::Left));
    for went in [Some(Went::Left), None] {
        wrong_in_a_line(&mut spaces, went);
    }
    LINE.departures(&mut spaces);
    spaces.add(LINE.three(true));
    mishaps(&mut spaces, Went::Left);
    history::after(&mut spaces, Ask::of(KEY), Some(Went::Left), &later());
    into_the_gap(&mut spaces, Some(Went::Left));
    spaces.add(one);
    let warmed = Space {
        hang_ups: 1,
        halves: 1,
        ..space(1, 3)
    };
    spaces.add(warm(1, warmed));
    let line = Space {
        hang_ups: 2,
        ..space(1, 3)
    };
    spaces.add(line);
    let two = Space {
        hang_ups: 1,
        ..space(2, 3)
    };
    spaces.add(two);
    for requests in [2, 3] {
        spaces.add(Woken {
            made: Some(Few::one(1)),
            asks: vec![Action::ask(KEY); requests],
        });
    }
    let leaving = Leaving {
        made: Some(Few::one(1)),
        asks: vec![Action::ask(KEY); 4],
        only_idle: false,
    };
    spaces.add(leaving);
    for max in [1, 4] {
        for behind in [0, 1] {
            let in_a_row = move |evidence: &Evidence| {
                schedules::drops_for_a_while(evidence, behind, Action::ask(KEY))
            };
            spaces.add(made(max, in_a_row));
        }
    }
    spaces.add(taken(Ends::Dropped));
    for max in [2, 3] {
        spaces.add(beside_idle_ones(max, Ends::Dropped));
    }
    let many = Space {
        hang_ups: 2,
        ..space(2, 4)
    };
    spaces.add(warm(2, many));
    exam.explore_all(&AFewAtMost, &spaces)
}

/// Several things go wrong in a run with many callers.
pub(super) fn much(exam: &mut Exam<'_>) -> Findings {
    let much = Space {
        errors: 2,
        hang_ups: 3,
        halves: 4,
        half_polls: vec![0, 1, 2, 3],
        ..space(2, 8)
    };
    let mut spaces = Spaces::default();
    spaces.walk(much, RANDOM_SCHEDULES);
    exam.explore_all(&AFewAtMost, &spaces)
}

/// A connect or an ask panics, and a caller may be gone by then.
pub(super) fn panicking(exam: &mut Exam<'_>) -> Findings {
    let few = |max, callers| Space {
        panics: 1,
        hang_ups: 1,
        ..space(max, callers)
    };
    let mut spaces = Spaces::default();
    slow_after(&mut spaces, Some(Went::Panicked));
    wrong_in_a_line(&mut spaces, Some(Went::Panicked));
    mishaps(&mut spaces, Went::Panicked);
    spaces.add(few(1, 2));
    spaces.add(warm(1, few(2, 3)));
    spaces.add(taken(Ends::Panicking));
    for (max, kind) in ONE_PLACE_AND_MORE {
        for behind in [0, 1] {
            let in_a_row = move |evidence: &Evidence| {
                schedules::panics_for_a_while(evidence, behind, |_| Action::ask(KEY), kind)
            };
            spaces.add(made(max, in_a_row));
        }
    }
    exam.explore_all(&AFewAtMost, &spaces)
}

/// What is well after something went wrong.
fn later() -> [Space; 2] {
    [1, 2].map(|max| Space {
        halves: 1,
        half_polls: vec![0, 1],
        ..space(max, 2)
    })
}

/// Calls that are polled in one turn, perhaps after one that went like this.
fn in_one_go(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for places in [1, 2] {
        let next = move |evidence: &Evidence| {
            let starts = [Action::ask(KEY); 4];
            schedules::in_one_go(evidence, Few::one(places), went, &starts)
        };
        spaces.add(Straight(next));
    }
}

/// One in a long line goes like this, or leaves while it waits.
fn wrong_in_a_line(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for line in [LINE, TWO_PLACES] {
        line.wrong(spaces, went);
    }
}

/// Of two that ask over one place, something goes like this, and what comes next takes long.
fn slow_after(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for well in 0..4 {
        let slow = move |evidence: &Evidence| {
            let starts = [Action::ask(KEY); 2];
            schedules::time_passes_after(evidence, &starts, well, went, schedules::slow_steps())
        };
        spaces.add(made(1, slow));
    }
}

/// Several times something goes like this, with healthy connections beside it or without; then
/// as many ask as there may be connections.
fn mishaps(spaces: &mut Spaces<'_>, went: Went) {
    for (max, well, wrong, kind) in [
        (2, 0, 3, ASK),
        (2, 0, 8, ASK),
        (4, 4, 2, ASK),
        (4, 4, 3, ASK),
        (9, 9, 5, ASK),
        (2, 0, 3, CONNECT),
        (2, 0, 8, CONNECT),
    ] {
        let mishaps = Mishaps {
            well,
            wrong,
            kind,
            went,
            together: max as usize,
        };
        let next = move |evidence: &Evidence| {
            schedules::after_mishaps(evidence, &mishaps, |_| Action::ask(KEY))
        };
        spaces.add(made(max, next));
    }
}

/// Five wait while time passes in small steps; the answers come between two.
pub(super) fn patient_waiting(exam: &mut Exam<'_>) -> Findings {
    let next = |evidence: &Evidence| match evidence.turns().len() {
        0..6 => Some(Turn::full(Action::ask(KEY))),
        _ => schedules::in_small_steps(evidence, 6),
    };
    exam.explore(&AFewAtMost, &made(2, next))
}

/// An only connect or ask ends like this, and others come before anybody has done with it.
fn into_the_gap(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for polls in schedules::GAPS {
        for well in [0, 1] {
            for behind in schedules::BEHIND {
                let gap = move |evidence: &Evidence| {
                    let asks = [Action::ask(KEY); 3];
                    let starts = &asks[..=behind];
                    schedules::into_the_gap(evidence, starts, (well, went), polls, &asks)
                };
                // Those who come behind have to wait.
                spaces.add(made(if behind == 0 { 2 } else { 1 }, gap));
            }
        }
    }
}
