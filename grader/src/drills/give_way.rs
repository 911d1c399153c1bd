//! Drill `give_way`: long work that does not hold the loop.

mod rules;

use crate::exam::{Exam, Findings};
use play::check::Check;
use play::evidence::Evidence;
use play::judge::{Kind, Rules};
use play::schedule::{Action, Few, Polled, Turn};
use play::space::{Ask, Space, Straight};
use play::world::World;
use play::world::work::{FOLD, FROM_ZERO, NEIGHBOUR, Work};

use super::{Drill, schedules};
use rules::GivingWay;

/// See the module.
pub(super) struct GiveWay;

const CHECKS: &[Check] = &[
    Check {
        id: "right_result",
        title: "every fold returns the right state, and each of its steps was made by `step`",
        required: true,
        points: 20,
        hint: "what do 0 steps return, and which number has the first step after a pause?",
    },
    Check {
        id: "short_stretches",
        title: "no poll makes more than 64 steps",
        required: true,
        points: 25,
        hint: "which line of yours returns `Pending`, and how many steps are made before it is reached?",
    },
    Check {
        id: "goes_on",
        title: "a fold goes on by itself: it waits for no timer and no thread, and few polls are enough",
        required: true,
        points: 15,
        hint: "after a pause the task has to be polled again: who wakes it, when, and how often?",
    },
    Check {
        id: "neighbours",
        title: "a neighbour that is ready has its turn between two stretches",
        required: true,
        points: 10,
        hint: "how many tasks of yours are in the queue of the loop at once, and who stands between them?",
    },
    Check {
        id: "side_by_side",
        title: "two folds go on together",
        required: true,
        points: 15,
        hint: "what does the second fold wait for while the first one is not done?",
    },
    Check {
        id: "dropped",
        title: "a dropped fold makes no further step, and harms nobody",
        required: true,
        points: 15,
        hint: "who makes the steps: the future that was dropped, or somebody who does not know of it?",
    },
];

/// How a fold can fail to end.
const ENDINGS: &[Kind] = &[
    Kind::Hang,
    Kind::Polling,
    Kind::Blocked,
    Kind::Died,
    Kind::Garbled,
    Kind::Restless,
];

/// What a fold returns.
const RESULTS: &[Kind] = &[Kind::WrongResult, Kind::Uncounted, Kind::Panicked];

/// As many steps as are a stretch, a few less, a few more, and many.
const LENGTHS: [u32; 13] = [0, 1, 2, 63, 64, 65, 127, 128, 129, 200, 640, 4_000, MANY];
const MANY: u32 = 70_000;

/// More turns than a fold of [`LONG`] steps takes.
const TURNS: u32 = 150;
const LONG: u32 = 640;
const CROWD: usize = 12;

/// After so many polls a caller is dropped that is alone.
const DROPPED_AFTER: [u32; 6] = [0, 1, 2, 3, 6, 9];

impl Drill for GiveWay {
    fn slug(&self) -> &'static str {
        "give_way"
    }

    fn contract(&self) -> &'static str {
        include_str!("give_way/contract.rs")
    }

    fn world(&self) -> &'static dyn World {
        &Work
    }

    fn checks(&self) -> &'static [Check] {
        CHECKS
    }

    fn rules(&self) -> &'static dyn Rules {
        &GivingWay
    }

    fn examine(&self, exam: &mut Exam<'_>) {
        let alone = alone(exam);
        exam.decide("right_result", &GivingWay, &alone, RESULTS);
        exam.decide("short_stretches", &GivingWay, &alone, &[Kind::LongStretch]);
        exam.decide("goes_on", &GivingWay, &alone, ENDINGS);
        if alone.has(Kind::LongStretch) {
            exam.skip_undecided(
                self.checks(),
                "cannot be judged while polls make too many steps: see `short_stretches`",
            );
            return;
        }
        let neighbours = beside_a_neighbour(exam);
        let also = |exam: &mut Exam<'_>, check, findings: &Findings, kind, known: &Findings| {
            let kinds = [&[kind][..], RESULTS, ENDINGS].concat();
            exam.decide_beyond(check, &GivingWay, findings, &kinds, known);
        };
        also(exam, "neighbours", &neighbours, Kind::NoTurn, &alone);
        let together = together(exam);
        also(exam, "side_by_side", &together, Kind::Starved, &alone);
        let dropped = dropping(exam);
        let known = alone.with(together);
        also(exam, "dropped", &dropped, Kind::GoesOn, &known);
    }
}

fn fold(steps: u32) -> Action {
    Action::call(FOLD, Few::one(steps))
}

/// The turns, then all goes on to its end.
fn then_to_the_end(evidence: &Evidence, turns: &[Turn]) -> Option<Turn> {
    match turns.get(evidence.turns().len()) {
        Some(turn) => Some(*turn),
        None => schedules::then_all_answered(evidence),
    }
}

fn straight(exam: &mut Exam<'_>, turns: &[Turn]) -> Findings {
    let next = |evidence: &Evidence| then_to_the_end(evidence, turns);
    exam.explore(&GivingWay, &Straight(next))
}

/// One fold and nothing else.
fn alone(exam: &mut Exam<'_>) -> Findings {
    let mut findings = Findings::default();
    for steps in LENGTHS {
        if steps == MANY && findings.has(Kind::Polling) {
            // So many polls would be more than a report can tell.
            continue;
        }
        findings.join(straight(exam, &[Turn::full(fold(steps))]));
    }
    let polled = Polled::ByNewWakers;
    let by_new_wakers = [
        Turn::full(Action::Poll { polled }),
        Turn::full(fold(200)),
        Turn::full(fold(LONG)),
    ];
    findings.join(straight(exam, &by_new_wakers));
    // A state may be any number.
    for steps in [0, 200] {
        let from_zero = Action::call(FOLD, Few::of(&[steps, FROM_ZERO]));
        findings.join(straight(exam, &[Turn::full(from_zero)]));
    }
    findings
}

/// A neighbour that comes before the folds, after them, and in the middle.
fn beside_a_neighbour(exam: &mut Exam<'_>) -> Findings {
    let neighbour = Turn::partial(Action::call(NEIGHBOUR, Few::one(TURNS)), 0);
    let long = Turn::partial(fold(LONG), 0);
    let begun = Turn::partial(fold(LONG), 3);
    let mut findings = Findings::default();
    for turns in [
        &[neighbour, long][..],
        &[long, neighbour],
        &[begun, neighbour],
        &[begun, neighbour, long],
        &[neighbour, long, long],
    ] {
        findings.join(straight(exam, turns));
    }
    findings
}

/// Two folds in every order, one that comes later, and a crowd.
fn together(exam: &mut Exam<'_>) -> Findings {
    let two = Space {
        halves: 2,
        half_polls: vec![0, 1, 2, 3],
        ..Space::asking(vec![Ask::call(FOLD, &[200]), Ask::call(FOLD, &[130])])
    };
    let mut findings = exam.explore(&GivingWay, &two);
    let long = Turn::partial(fold(LONG), 0);
    for turns in [
        &[long, long][..],
        &[Turn::partial(fold(LONG), 4), long],
        &[Turn::partial(fold(4 * LONG), 0), long],
        &[long; CROWD],
    ] {
        findings.join(straight(exam, turns));
    }
    findings
}

/// One of two callers is dropped at every moment; one that is alone, after so many polls; many,
/// one after the other, and then one is alone.
fn dropping(exam: &mut Exam<'_>) -> Findings {
    let two = Space {
        hang_ups: 1,
        halves: 2,
        half_polls: vec![0, 1, 2, 3],
        ..Space::asking(vec![Ask::call(FOLD, &[200]), Ask::call(FOLD, &[130])])
    };
    let mut findings = exam.explore(&GivingWay, &two);
    for polls in DROPPED_AFTER {
        let gone = Action::HangUp {
            request: 1,
            happened: false,
        };
        let turns = [Turn::partial(fold(LONG), polls), Turn::full(gone)];
        findings.join(straight(exam, &turns));
        let first = [
            Turn::partial(fold(LONG), 0),
            Turn::partial(fold(LONG), polls),
        ];
        findings.join(straight(exam, &[&first[..], &turns[1..]].concat()));
    }
    let mut turns = Vec::new();
    for request in 1..=CROWD as u32 {
        let happened = false;
        let gone = Action::HangUp { request, happened };
        turns.extend([Turn::partial(fold(200), 1), Turn::full(gone)]);
    }
    turns.push(Turn::full(fold(LONG)));
    findings.join(straight(exam, &turns));
    findings
}
