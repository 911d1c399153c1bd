//! The schedules of `in_order`.

use super::rules::InLine;
use crate::drills::history;
use crate::drills::leaving::Leaving;
use crate::drills::schedules::{self, Line, Mishaps, Went};
use crate::drills::taken::{Ends, Taken};
use crate::drills::three::Three;
use crate::drills::woken::Woken;
use crate::exam::{Exam, Findings};
use play::evidence::{ALIKE, Evidence};
use play::schedule::{Action, Few, Outcome, Polled, Turn};
use play::space::{Ask, Space, Spaces, Straight};

const KEY: u32 = 7;
const OTHER: u32 = 8;
const THIRD: u32 = 9;
const FOURTH: u32 = 10;
const CROWD: u32 = 300;
const KEYS_OF_THE_CROWD: u32 = 4;
const MANY_KEYS: u32 = 200;
const RANDOM_SCHEDULES: usize = 150;
/// A place that is lost once shows where there is one only, and one that is lost each time
/// where there are more.
const ONE_PLACE_AND_MORE: [u32; 2] = [1, 4];

/// The line of one key.
const LINE: Line = Line {
    made: Some(Few::one(2)),
    start: |_| Action::ask(KEY),
    answers: 1,
};
/// Those of several keys.
const LINES: [Line; 2] = [
    Line {
        start: |nth| Action::ask(KEY + nth % 3),
        ..LINE
    },
    Line {
        start: |nth| Action::ask(KEY + nth % MANY_KEYS),
        ..LINE
    },
];
/// A line for one place.
const ONE_PLACE: Line = Line {
    made: Some(Few::one(1)),
    ..LINE
};

/// Events of these keys, for a processor with this many places.
fn space(max_parallel: u32, keys: &[u32]) -> Space {
    Space {
        made: Some(Few::one(max_parallel)),
        ..Space::of(keys)
    }
}

/// What is well after something went wrong.
fn later() -> [Space; 2] {
    let half_settled = |space| Space {
        halves: 1,
        half_polls: vec![0, 1],
        ..space
    };
    [
        half_settled(space(2, &[KEY; 2])),
        half_settled(space(1, &[KEY, OTHER])),
    ]
}

/// One event of each key, and nothing goes wrong.
pub(super) fn apart(exam: &mut Exam<'_>) -> Findings {
    let few = Space {
        halves: 1,
        ..space(2, &[KEY, OTHER])
    };
    let mut spaces = Spaces::default();
    spaces.add(few);
    spaces.add(space(2, &[KEY, OTHER, THIRD]));
    spaces.add(space(1, &[KEY, OTHER]));
    spaces.add(made(2, two_places_at_once));
    spaces.add(space(2, &[KEY, KEY + ALIKE]));
    let alike = |evidence: &Evidence| schedules::of_alike_keys(evidence, 2);
    spaces.add(made(MANY_KEYS, alike));
    for key in [OTHER, KEY] {
        let starts = [KEY, key].map(|key| Turn::full(Action::ask(key)));
        let anew = move |evidence: &Evidence| schedules::one_after_the_other(evidence, starts);
        spaces.add(made(1, anew));
    }
    let at_once = |evidence: &Evidence| {
        schedules::answered_at_once(evidence, (KEY..KEY + MANY_KEYS).map(Action::ask))
    };
    spaces.add(made(MANY_KEYS, at_once));
    for places in [MANY_KEYS / 4, MANY_KEYS] {
        spaces.add(made(places, many_keys));
    }
    exam.explore_all(&InLine, &spaces)
}

/// Several events of one key, and nothing goes wrong: in every order, as a crowd, with
/// callers that are polled in other ways, and with a slow sink.
pub(super) fn together(exam: &mut Exam<'_>) -> Findings {
    let few = Space {
        halves: 1,
        ..space(2, &[KEY; 3])
    };
    let mut spaces = Spaces::default();
    spaces.add(few);
    spaces.add(space(2, &[KEY, OTHER, KEY]));
    // A place comes free, and before its next user has run another event comes.
    let newcomer = Space {
        halves: 2,
        half_polls: vec![0],
        ..space(1, &[OTHER, KEY, KEY])
    };
    spaces.add(newcomer);
    for polled in [Polled::ByNewWakers, Polled::Joined] {
        let otherwise = Space {
            polled,
            ..space(2, &[KEY, KEY, OTHER])
        };
        spaces.add(otherwise);
        // One waits for a place.
        spaces.add(Space {
            polled,
            ..space(1, &[KEY, OTHER, KEY])
        });
    }
    in_one_go(&mut spaces, None);
    // Nothing runs between the answer and those that come before and after it.
    spaces.add(Space {
        halves: 2,
        half_polls: vec![0],
        ..space(2, &[KEY; 3])
    });
    slow_after(&mut spaces, None);
    into_the_gap(&mut spaces, None);
    LINE.newcomers(&mut spaces);
    LINE.instances(&mut spaces);
    LINE.pairs(&mut spaces, schedules::PAIRED);
    for alone in [0, 1] {
        let of_many = move |evidence: &Evidence| {
            schedules::in_pairs(evidence, (alone, 1), schedules::PAIRED, |pair, _| {
                Action::ask(KEY + pair)
            })
        };
        spaces.add(made(2, of_many));
    }
    let idle = |evidence: &Evidence| {
        schedules::idle_for_long(evidence, Action::ask(KEY), schedules::slow_steps())
    };
    spaces.add(made(2, idle));
    for keys in [1, KEYS_OF_THE_CROWD] {
        let crowd = move |evidence: &Evidence| crowd(evidence, keys);
        spaces.add(made(3, crowd));
    }
    spaces.add(made(2, slow));
    let second = |evidence: &Evidence| schedules::slow_for_the_second(evidence, Action::ask(KEY));
    spaces.add(made(2, second));
    exam.explore_all(&InLine, &spaces)
}

/// Events that are polled in one turn, perhaps after one that went like this.
fn in_one_go(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for places in [1, 3] {
        let next = move |evidence: &Evidence| {
            let starts = [KEY, KEY, OTHER, KEY, KEY, OTHER, OTHER].map(Action::ask);
            schedules::in_one_go(evidence, Few::one(places), went, &starts)
        };
        spaces.add(Straight(next));
    }
}

/// A schedule that begins by making a processor.
fn made(
    max_parallel: u32,
    then: impl Fn(&Evidence) -> Option<Turn>,
) -> Straight<impl Fn(&Evidence) -> Option<Turn>> {
    let numbers = Few::one(max_parallel);
    Straight(move |evidence: &Evidence| match evidence.turns() {
        [] => Some(Turn::full(Action::Make { numbers })),
        _ => then(evidence),
    })
}

/// Seven keys for two places, and both of them come free at once.
fn two_places_at_once(evidence: &Evidence) -> Option<Turn> {
    match evidence.started() as u32 {
        started @ ..7 => Some(Turn::full(Action::ask(KEY + started))),
        _ => schedules::then_answered_in_pairs(evidence, 0),
    }
}

fn many_keys(evidence: &Evidence) -> Option<Turn> {
    match evidence.started() as u32 {
        started if started < MANY_KEYS => Some(Turn::full(Action::ask(KEY + started))),
        _ => schedules::then_each_is_served(evidence),
    }
}

/// Three hundred events at once, none of which is polled before all have started.
fn crowd(evidence: &Evidence, keys: u32) -> Option<Turn> {
    match evidence.started() as u32 {
        started if started < CROWD => {
            let key = KEY + started * 3 % keys;
            Some(Turn::partial(Action::ask(key), 0))
        }
        _ => schedules::then_all_answered(evidence),
    }
}

/// A submission must wait even for a sink that takes a week.
fn slow(evidence: &Evidence) -> Option<Turn> {
    let event = Action::ask(KEY);
    schedules::slow(evidence, 1, &[event; 3], event)
}

/// One key with many events beside keys with few.
pub(super) fn slow_key(exam: &mut Exam<'_>) -> Findings {
    let one_place = space(1, &[KEY, KEY, OTHER, KEY]);
    let mut spaces = Spaces::default();
    spaces.add(one_place);
    spaces.add(space(2, &[KEY, KEY, KEY, OTHER]));
    spaces.add(made(2, backlog));
    for places in [2, 3, 4, 5, 8, 16] {
        for behind in [1, 3] {
            let beside = move |evidence: &Evidence| beside_a_line(evidence, places, behind);
            spaces.add(made(places, beside));
        }
    }
    exam.explore_all(&InLine, &spaces)
}

/// So many wait behind the first event of a key; then each place is wanted.
fn beside_a_line(evidence: &Evidence, places: u32, behind: u32) -> Option<Turn> {
    match evidence.started() as u32 {
        started if started <= behind => Some(Turn::full(Action::ask(KEY))),
        started if started <= behind + places => {
            Some(Turn::full(Action::ask(KEY + started - behind)))
        }
        _ => schedules::then_all_answered(evidence),
    }
}

/// Six events of one key whose first store takes longer than all those of twelve others.
fn backlog(evidence: &Evidence) -> Option<Turn> {
    let key = match evidence.started() as u32 {
        started if started < 6 => KEY,
        started if started < 18 => OTHER + started % 4,
        _ => {
            let is_other = |operation: &u32| {
                let key = evidence.operation(*operation).and_then(|it| it.key);
                key != Some(KEY)
            };
            return match evidence.live().find(is_other) {
                Some(operation) if evidence.is_settled() => {
                    let outcome = Outcome::Value;
                    Some(Turn::full(Action::Answer { operation, outcome }))
                }
                _ => schedules::then_all_answered(evidence),
            };
        }
    };
    Some(Turn::full(Action::ask(key)))
}

/// Events are rejected, in every order; callers hand their events in again at once; a
/// sink rejects everything.
pub(super) fn rejecting(exam: &mut Exam<'_>) -> Findings {
    let some = Space {
        errors: 1,
        halves: 1,
        ..space(2, &[KEY; 2])
    };
    let mut spaces = Spaces::default();
    spaces.add(ONE_PLACE.three(false));
    slow_after(&mut spaces, Some(Went::Failed));
    wrong_in_a_line(&mut spaces, Some(Went::Failed));
    in_one_go(&mut spaces, Some(Went::Failed));
    history::after(&mut spaces, Ask::of(KEY), Some(Went::Failed), &later());
    mishaps(&mut spaces, Went::Failed);
    into_the_gap(&mut spaces, Some(Went::Failed));
    spaces.add(some);
    let two = Space {
        errors: 2,
        ..space(2, &[KEY, OTHER, KEY])
    };
    spaces.add(two);
    let one_place = Space {
        errors: 2,
        ..space(1, &[KEY, OTHER, THIRD])
    };
    spaces.add(one_place);
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
    spaces.add(made(2, unwanted));
    for places in ONE_PLACE_AND_MORE {
        for behind in [0, 1] {
            let in_a_row = move |evidence: &Evidence| {
                schedules::down_for_a_while(evidence, behind, |_| Action::ask(KEY), 0)
            };
            spaces.add(made(places, in_a_row));
        }
    }
    exam.explore_all(&InLine, &spaces)
}

/// Twenty events of three keys, of which the sink wants every third.
fn unwanted(evidence: &Evidence) -> Option<Turn> {
    let started = evidence.started() as u32;
    if started < 20 {
        return Some(Turn::full(Action::ask(KEY + started % 3)));
    }
    match evidence.live().next() {
        Some(operation) if operation % 3 > 0 => {
            let outcome = Outcome::Error(0);
            Some(Turn::full(Action::Answer { operation, outcome }))
        }
        _ => schedules::then_all_answered(evidence),
    }
}

/// Two places are taken and a third event waits.
fn taken(ends: Ends) -> Taken {
    Taken {
        made: Some(Few::one(2)),
        before: Vec::new(),
        takers: [KEY, OTHER, THIRD].map(Action::ask).to_vec(),
        events: 2,
        ends,
        newcomers: [THIRD, THIRD, FOURTH].map(Action::ask).to_vec(),
    }
}

/// One caller is dropped, at every moment; then several things go wrong. Whether a
/// dropped store has happened all the same makes no difference here: nobody reads the
/// stored events, and none may be stored again.
pub(super) fn dropping(exam: &mut Exam<'_>) -> Findings {
    let one = Space {
        hang_ups: 1,
        halves: 1,
        ..space(2, &[KEY; 2])
    };
    let mut spaces = Spaces::default();
    slow_after(&mut spaces, Some(Went::Left));
    for went in [Some(Went::Left), None] {
        wrong_in_a_line(&mut spaces, went);
    }
    ONE_PLACE.departures(&mut spaces);
    history::after(&mut spaces, Ask::of(KEY), Some(Went::Left), &later());
    for asks in [[KEY; 4], [KEY, OTHER, OTHER, OTHER]] {
        spaces.add(Three {
            made: Some(Few::one(1)),
            asks: asks.map(Action::ask).to_vec(),
            with_drops: true,
        });
    }
    mishaps(&mut spaces, Went::Left);
    into_the_gap(&mut spaces, Some(Went::Left));
    spaces.add(one);
    let two = Space {
        hang_ups: 2,
        ..space(2, &[KEY; 3])
    };
    spaces.add(two);
    let one_place = Space {
        hang_ups: 1,
        ..space(1, &[KEY, OTHER, KEY])
    };
    spaces.add(one_place);
    for asks in [
        &[KEY; 2][..],
        &[KEY, OTHER],
        &[KEY; 3],
        &[KEY, OTHER, THIRD],
        &[OTHER, KEY, KEY],
    ] {
        spaces.add(Woken {
            made: Some(Few::one(1)),
            asks: asks.iter().copied().map(Action::ask).collect(),
        });
    }
    for asks in [
        [KEY; 4],
        [KEY, OTHER, THIRD, FOURTH],
        [KEY, OTHER, OTHER, OTHER],
    ] {
        let leaving = Leaving {
            made: Some(Few::one(1)),
            asks: asks.map(Action::ask).to_vec(),
            only_idle: false,
        };
        spaces.add(leaving);
    }
    for places in ONE_PLACE_AND_MORE {
        for behind in [0, 1] {
            let in_a_row = move |evidence: &Evidence| {
                schedules::drops_for_a_while(evidence, behind, Action::ask(KEY))
            };
            spaces.add(made(places, in_a_row));
        }
    }
    for places in [1, 2] {
        let in_a_row = move |evidence: &Evidence| leave_before_their_places(evidence, places);
        spaces.add(made(places, in_a_row));
    }
    spaces.add(taken(Ends::Dropped));
    let three_keys = Space {
        hang_ups: 1,
        ..space(1, &[KEY, OTHER, THIRD])
    };
    spaces.add(three_keys);
    let behind_another = Space {
        hang_ups: 1,
        ..space(1, &[OTHER, KEY, KEY])
    };
    spaces.add(behind_another);
    let much = Space {
        errors: 2,
        hang_ups: 3,
        halves: 4,
        half_polls: vec![0, 1, 2, 3],
        ..space(2, &[KEY, KEY, OTHER, KEY, THIRD, OTHER, KEY, OTHER])
    };
    spaces.walk(much, RANDOM_SCHEDULES);
    exam.explore_all(&InLine, &spaces)
}

/// All places are taken. One caller after the other comes with a key of its own and is dropped;
/// then the places come free, and one more comes than there are.
fn leave_before_their_places(evidence: &Evidence, places: u32) -> Option<Turn> {
    const LEAVE: u32 = 12;
    let started = evidence.started() as u32;
    let leaves = (places + 1..=places + LEAVE).contains(&started);
    let outcome = Outcome::Value;
    let happened = false;
    match (evidence.waiting().last(), evidence.live().next()) {
        (Some(request), _) if leaves && request == started => {
            Some(Turn::full(Action::HangUp { request, happened }))
        }
        (_, Some(operation)) if started == places + LEAVE => {
            Some(Turn::full(Action::Answer { operation, outcome }))
        }
        _ if started <= 2 * places + LEAVE => Some(Turn::full(Action::ask(KEY + started))),
        _ => schedules::then_all_answered(evidence),
    }
}

/// A store panics, and a caller may be gone by then.
pub(super) fn panicking(exam: &mut Exam<'_>) -> Findings {
    let few = |max_parallel, keys| Space {
        panics: 1,
        hang_ups: 1,
        ..space(max_parallel, keys)
    };
    let mut spaces = Spaces::default();
    spaces.add(few(2, &[KEY; 3]));
    spaces.add(few(1, &[KEY, OTHER, THIRD]));
    slow_after(&mut spaces, Some(Went::Panicked));
    wrong_in_a_line(&mut spaces, Some(Went::Panicked));
    mishaps(&mut spaces, Went::Panicked);
    spaces.add(taken(Ends::Panicking));
    for places in ONE_PLACE_AND_MORE {
        for behind in [0, 1] {
            let in_a_row = move |evidence: &Evidence| {
                schedules::panics_for_a_while(
                    evidence,
                    behind,
                    |number| Action::ask(KEY + number % 4),
                    0,
                )
            };
            spaces.add(made(places, in_a_row));
        }
    }
    exam.explore_all(&InLine, &spaces)
}

/// Four events wait while time passes in small steps; the answers come between two steps.
pub(super) fn patient_waiting(exam: &mut Exam<'_>) -> Findings {
    let next = |evidence: &Evidence| match evidence.turns().len() {
        0..5 => {
            let key = if evidence.started() == 2 { OTHER } else { KEY };
            Some(Turn::full(Action::ask(key)))
        }
        _ => schedules::in_small_steps(evidence, 5),
    };
    let mut findings = exam.explore(&InLine, &made(2, next));
    for second in [KEY, OTHER] {
        let one_place = move |evidence: &Evidence| {
            let starts = [KEY, second, KEY].map(Action::ask);
            schedules::time_passes_after(evidence, &starts, 0, None, schedules::small_steps())
        };
        findings.join(exam.explore(&InLine, &made(1, one_place)));
    }
    findings
}

/// Several stores go like this; then there are events of as many keys as there are places, and
/// of one more.
fn mishaps(spaces: &mut Spaces<'_>, went: Went) {
    for wrong in [3, 8] {
        let mishaps = Mishaps {
            well: 0,
            wrong,
            kind: 0,
            went,
            together: 3,
        };
        let next = move |evidence: &Evidence| {
            schedules::after_mishaps(evidence, &mishaps, |started| Action::ask(KEY + started % 3))
        };
        spaces.add(made(2, next));
    }
}

/// One in a long line goes like this, or leaves while it waits.
fn wrong_in_a_line(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for line in [LINE].into_iter().chain(LINES) {
        line.wrong(spaces, went);
    }
}

/// Where there is one place, a store goes like this, and what comes next takes long.
fn slow_after(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for second in [KEY, OTHER] {
        let slow = move |evidence: &Evidence| {
            let starts = [KEY, second].map(Action::ask);
            schedules::time_passes_after(evidence, &starts, 0, went, schedules::slow_steps())
        };
        spaces.add(made(1, slow));
    }
}

/// The store of an only event ends like this, and others come before anybody has done with it.
fn into_the_gap(spaces: &mut Spaces<'_>, went: Option<Went>) {
    for polls in schedules::GAPS {
        for newcomers in [[KEY, KEY, KEY], [KEY, KEY, OTHER]] {
            for behind in schedules::BEHIND {
                let gap = move |evidence: &Evidence| {
                    let starts = [Action::ask(KEY); 3];
                    let newcomers = newcomers.map(Action::ask);
                    let starts = &starts[..=behind];
                    schedules::into_the_gap(evidence, starts, (0, went), polls, &newcomers)
                };
                spaces.add(made(2, gap));
            }
        }
    }
}
