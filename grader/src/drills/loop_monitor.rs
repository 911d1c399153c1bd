//! Drill `loop_monitor`: measure the loop that you run on.

mod rules;
mod spaces;

use super::Drill;
use crate::exam::Exam;
use play::check::Check;
use play::judge::{Kind, Rules};
use play::world::World;
use play::world::clock::Clock;
use rules::Monitoring;

/// See the module.
pub(super) struct LoopMonitors;

const CHECKS: &[Check] = &[
    Check {
        id: "longest",
        title: "the longest stall is reported, to within `every`",
        required: true,
        points: 25,
        hint: "the loop was blocked, and then you are polled: which two times say for how long, and which of them did you note before?",
    },
    Check {
        id: "counted",
        title: "each stall above the threshold is counted once, and nothing else is",
        required: true,
        points: 20,
        hint: "your task slept for as long as it asked to: is that a stall? And how often do you see the same one?",
    },
    Check {
        id: "idle",
        title: "an idle loop costs one look in each `every`",
        required: true,
        points: 15,
        hint: "who wakes your task while nothing happens, and how often?",
    },
    Check {
        id: "no_burst",
        title: "after a stall the missed looks are not made up for",
        required: true,
        points: 15,
        hint: "thirty looks were due while the loop was blocked: what becomes of them?",
    },
    Check {
        id: "dropped",
        title: "a monitor that is dropped ends its task within `every`",
        required: true,
        points: 15,
        hint: "who holds what the task needs, and how does the task get to know that nobody will ask for a report any more?",
    },
    Check {
        id: "two_monitors",
        title: "two monitors on one loop do not disturb each other",
        required: true,
        points: 10,
        hint: "where do the readings of a monitor live, and who else can write there?",
    },
];

/// How a monitor can fail to go on.
const ENDINGS: &[Kind] = &[
    Kind::Panicked,
    Kind::Blocked,
    Kind::Died,
    Kind::Garbled,
    Kind::Restless,
];

const ALL: &[Kind] = &[
    Kind::WrongTime,
    Kind::WrongCount,
    Kind::Polling,
    Kind::Burst,
    Kind::GoesOn,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Died,
    Kind::Garbled,
    Kind::Restless,
];

impl Drill for LoopMonitors {
    fn slug(&self) -> &'static str {
        "loop_monitor"
    }

    fn contract(&self) -> &'static str {
        include_str!("loop_monitor/contract.rs")
    }

    fn world(&self) -> &'static dyn World {
        &Clock
    }

    fn checks(&self) -> &'static [Check] {
        CHECKS
    }

    fn rules(&self) -> &'static dyn Rules {
        &Monitoring
    }

    fn examine(&self, exam: &mut Exam<'_>) {
        let idle = spaces::idle(exam);
        exam.decide("idle", &Monitoring, &idle, &[Kind::Polling]);
        let blocked = idle
            .with(spaces::blocked(exam))
            .with(spaces::after_days(exam));
        let longest = [&[Kind::WrongTime][..], ENDINGS].concat();
        exam.decide("longest", &Monitoring, &blocked, &longest);
        exam.decide("counted", &Monitoring, &blocked, &[Kind::WrongCount]);
        exam.decide("no_burst", &Monitoring, &blocked, &[Kind::Burst]);
        let dropped = spaces::dropping(exam);
        let goes_on = [&[Kind::GoesOn][..], ENDINGS].concat();
        exam.decide_beyond("dropped", &Monitoring, &dropped, &goes_on, &blocked);
        let two = spaces::two_monitors(exam);
        let known = blocked.with(dropped);
        exam.decide_beyond("two_monitors", &Monitoring, &two, ALL, &known);
    }
}
