//! Drill `connection_pool`: one question at a time on each connection, a few connections
//! at most.

mod rules;
mod spaces;

use crate::exam::Exam;
use play::check::Check;
use play::judge::{Kind, Rules};
use play::world::World;
use play::world::server::Server;

use super::{Drill, common};
use rules::AFewAtMost;

/// See the module.
pub(super) struct ConnectionPool;

const CHECKS: &[Check] = &[
    Check {
        id: "own_answer",
        title: "each caller gets the answer to its own question, or an error that the server gave",
        required: true,
        points: 10,
        hint: "how does an answer find the caller whose question it answers, and an error the caller whose connection broke?",
    },
    Check {
        id: "left_halfway",
        title: "a connection that was left halfway is never used again",
        required: true,
        points: 15,
        hint: "a caller is dropped while its question is out: what will its connection bring to the next one that asks?",
    },
    Check {
        id: "answered",
        title: "every call of `ask` ends",
        required: true,
        points: 5,
        hint: "when a connection is given back, how does the next caller in line get to know?",
    },
    Check {
        id: "limit",
        title: "at most `max` connections are open or being opened at once",
        required: true,
        points: 10,
        hint: "a connect takes a while: what does a second caller see meanwhile, and when does the connection begin to count?",
    },
    Check {
        id: "places_used",
        title: "all `max` places are used when there is work",
        required: true,
        points: 9,
        hint: "three callers wait, one connection is busy, two are allowed: what does the second caller wait for?",
    },
    Check {
        id: "idle_first",
        title: "an idle connection is used before a new one is opened",
        required: true,
        points: 7,
        hint: "a caller comes when nothing is under way: where does it look first?",
    },
    Check {
        id: "in_line",
        title: "callers are served in the order they came",
        required: true,
        points: 10,
        hint: "a connection is given back while callers wait, and just then another caller comes: who gets it?",
    },
    Check {
        id: "stays_open",
        title: "a healthy connection stays open until the pool is dropped",
        required: true,
        points: 6,
        hint: "follow a connection after its answer: on which paths does it go out of scope?",
    },
    Check {
        id: "failed",
        title: "a broken connection is never used again, and after any error its place is free",
        required: true,
        points: 9,
        hint: "follow the path on which `connect` or `ask` returns an error: what is still counted, and what goes back to the idle ones?",
    },
    Check {
        id: "dropped",
        title: "a dropped caller leaves no hole in the line, and no place taken",
        required: true,
        points: 7,
        hint: "a caller is dropped while it waits, connects or asks: which line of yours would have freed its place, and does it run?",
    },
    Check {
        id: "asked_once",
        title: "no question is asked again after it was answered",
        required: true,
        points: 3,
        hint: "after which results does your loop go round once more?",
    },
    Check {
        id: "no_polling",
        title: "waiting costs nothing",
        required: true,
        points: 4,
        hint: "looking again and again is not waiting; what can a task await that somebody else completes?",
    },
    Check {
        id: "panic_contained",
        title: "a connect or an ask that panics leaves a pool that works",
        required: false,
        points: 3,
        hint: "a panic unwinds like an early return that no `?` announces; what runs then?",
    },
    Check {
        id: "bounded_state",
        title: "connections and callers that are gone leave nothing behind",
        required: false,
        points: 2,
        hint: "after ten thousand connections broke, what do you still know of them?",
    },
];

/// What a caller can be told that is not its due.
const RESULTS: &[Kind] = &[Kind::WrongResult, Kind::InventedError, Kind::Unexplained];

/// What must not be after an error or a drop. Results, the limit and what stays open are
/// checks of their own.
const AFTERMATH: &[Kind] = &[
    Kind::Reused,
    Kind::Underused,
    Kind::OutOfOrder,
    Kind::NeedlessConnect,
    Kind::Hang,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Died,
    Kind::Garbled,
];

/// The same, where nobody can know what was asked, and what of it was answered.
const AFTER_A_PANIC: &[Kind] = &[
    Kind::Reused,
    Kind::WrongResult,
    Kind::InventedError,
    Kind::OverLimit,
    Kind::Underused,
    Kind::Hang,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Died,
    Kind::Garbled,
];

/// More than a flood asks for at a time, and fewer: then some are dropped in line.
const ROOMS_FOR_A_FLOOD: [u32; 2] = [2_000, 60];

impl Drill for ConnectionPool {
    fn slug(&self) -> &'static str {
        "connection_pool"
    }

    fn contract(&self) -> &'static str {
        include_str!("connection_pool/contract.rs")
    }

    fn world(&self) -> &'static dyn World {
        &Server
    }

    fn checks(&self) -> &'static [Check] {
        CHECKS
    }

    fn rules(&self) -> &'static dyn Rules {
        &AFewAtMost
    }

    fn examine(&self, exam: &mut Exam<'_>) {
        let calm = spaces::calm(exam);
        exam.decide("answered", &AFewAtMost, &calm, common::ENDINGS);
        exam.decide("places_used", &AFewAtMost, &calm, &[Kind::Underused]);
        exam.decide("idle_first", &AFewAtMost, &calm, &[Kind::NeedlessConnect]);
        exam.decide("in_line", &AFewAtMost, &calm, &[Kind::OutOfOrder]);
        let errors = spaces::failing(exam);
        let told = calm.with(errors.clone());
        exam.decide("own_answer", &AFewAtMost, &told, RESULTS);
        exam.decide("asked_once", &AFewAtMost, &told, &[Kind::Twice]);
        exam.decide_beyond("failed", &AFewAtMost, &errors, AFTERMATH, &calm);
        let dropped = spaces::dropping(exam);
        let halfway: &[Kind] = &[Kind::Reused, Kind::WrongResult];
        // What somebody was told says more than how it came about.
        let shown: &[Kind] = match dropped.has(Kind::WrongResult) && !calm.has(Kind::WrongResult) {
            true => &[Kind::WrongResult],
            false => halfway,
        };
        exam.decide_beyond("left_halfway", &AFewAtMost, &dropped, shown, &calm);
        let mut known = told.with(dropped.only(halfway));
        let all = dropped.with(spaces::much(exam));
        exam.decide_beyond("dropped", &AFewAtMost, &all, AFTERMATH, &known);
        known.join(all);
        exam.decide("limit", &AFewAtMost, &known, &[Kind::OverLimit]);
        exam.decide("stays_open", &AFewAtMost, &known, &[Kind::ClosedInUse]);
        let panics = spaces::panicking(exam);
        exam.decide_beyond(
            "panic_contained",
            &AFewAtMost,
            &panics,
            AFTER_A_PANIC,
            &known,
        );
        let waiting = known.with(spaces::patient_waiting(exam));
        exam.decide("no_polling", &AFewAtMost, &waiting, &[Kind::Polling]);
        exam.flood_with("bounded_state", "questions", &ROOMS_FOR_A_FLOOD);
    }
}
