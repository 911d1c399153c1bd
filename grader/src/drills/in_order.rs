//! Drill `in_order`: in order for each key, side by side between keys.

mod rules;
mod spaces;

use super::{Drill, Spoken, common};
use crate::course::language::Language;
use crate::exam::Exam;
use play::check::Check;
use play::judge::{Kind, Rules};
use play::world::World;
use play::world::sink::Sink;
use rules::InLine;

/// See the module.
pub(super) struct InOrder;

const CHECKS: &[Check] = &[
    Check {
        id: "in_order",
        title: "events of one key are stored in the order they came, never two at once",
        required: true,
        points: 18,
        hint: "two events of one key are handed in one after the other: what keeps the second from starting its store first, or beside the first?",
    },
    Check {
        id: "side_by_side",
        title: "events of different keys are stored side by side",
        required: true,
        points: 12,
        hint: "while the store of one key is under way, what does an event of another key wait for?",
    },
    Check {
        id: "answered",
        title: "every call of `handle` ends",
        required: true,
        points: 5,
        hint: "when a store ends, how does the next event in line get to know?",
    },
    Check {
        id: "slow_key",
        title: "a slow key never takes the places of the others",
        required: true,
        points: 8,
        hint: "while an event waits for its turn within its key, which place does it hold, and who could use that place?",
    },
    Check {
        id: "own_result",
        title: "each caller gets the result of its own event, once it is there",
        required: true,
        points: 8,
        hint: "how does the result of a store find the caller whose event it was?",
    },
    Check {
        id: "stored_once",
        title: "no event is stored twice, not even after it was rejected",
        required: true,
        points: 8,
        hint: "the sink has rejected this event: what changes when it is asked again?",
    },
    Check {
        id: "rejected_holds_nothing_up",
        title: "a rejected event holds up nothing",
        required: true,
        points: 8,
        hint: "follow the path on which `store` returns an error: what is still held, and who is never told?",
    },
    Check {
        id: "dropped",
        title: "a dropped caller's event is stored once or not at all, and the later ones go on",
        required: true,
        points: 12,
        hint: "a caller in the middle of the line is gone when its turn comes: who passes the turn on?",
    },
    Check {
        id: "bounded",
        title: "at most `max_parallel` stores are under way at once, those of dropped callers included",
        required: true,
        points: 12,
        hint: "who holds the place while a store is under way, and how long: as long as the caller, or as long as the store?",
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
        title: "a store that panics leaves a processor that works",
        required: false,
        points: 3,
        hint: "a panic unwinds like an early return that no `?` announces; what runs then?",
    },
    Check {
        id: "bounded_state",
        title: "keys whose events are done leave nothing behind",
        required: false,
        points: 2,
        hint: "after events of ten thousand keys, how large are your maps, and how many of your tasks still live?",
    },
];

/// The order of the events of a key.
const ORDER: &[Kind] = &[Kind::OutOfOrder, Kind::Overlap];

/// Places left free although there is work.
const PLACES: &[Kind] = &[Kind::Underused, Kind::WaitsForOther, Kind::Starved];

/// What must never happen, whatever goes wrong. Too many stores at once have a
/// check of their own.
const ALL: &[Kind] = &[
    Kind::OutOfOrder,
    Kind::Overlap,
    Kind::Underused,
    Kind::WaitsForOther,
    Kind::Starved,
    Kind::WrongResult,
    Kind::Twice,
    Kind::Unexplained,
    Kind::Hang,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Died,
    Kind::Garbled,
];

/// More than a flood asks for at a time, and fewer: then some are dropped in line.
const ROOMS_FOR_A_FLOOD: [u32; 2] = [300, 60];

impl Drill for InOrder {
    fn slug(&self) -> &'static str {
        "in_order"
    }

    fn contract(&self) -> &'static str {
        include_str!("in_order/contract.rs")
    }

    fn spoken(&self, language: Language) -> Option<Spoken> {
        match language {
            Language::Rust | Language::Node => None,
            Language::Python => Some(Spoken {
                contract: include_str!("in_order/contract.py"),
                hints: &[
                    (
                        "dropped",
                        "a caller in the middle of the line is cancelled before its turn comes: who passes the turn on?",
                    ),
                    (
                        "panic_contained",
                        "an exception that you did not expect leaves by the same door as those you did; what runs then?",
                    ),
                ],
            }),
        }
    }

    fn world(&self) -> &'static dyn World {
        &Sink
    }

    fn checks(&self) -> &'static [Check] {
        CHECKS
    }

    fn rules(&self) -> &'static dyn Rules {
        &InLine
    }

    fn examine(&self, exam: &mut Exam<'_>) {
        let apart = spaces::apart(exam);
        let calm = apart.with(spaces::together(exam));
        exam.decide("in_order", &InLine, &calm, ORDER);
        exam.decide("side_by_side", &InLine, &apart, PLACES);
        exam.decide("answered", &InLine, &calm, common::ENDINGS);
        if ORDER.iter().any(|kind| calm.has(*kind)) {
            exam.decide("bounded", &InLine, &calm, &[Kind::OverLimit]);
            exam.skip_undecided(
                CHECKS,
                "cannot be judged while events are out of order even when nothing goes wrong: see `in_order`",
            );
            return;
        }
        let slow = spaces::slow_key(exam);
        exam.decide_beyond("slow_key", &InLine, &slow, PLACES, &apart);
        let known = calm.with(slow);
        let errors = spaces::rejecting(exam);
        let told = known.with(errors.clone());
        exam.decide("own_result", &InLine, &told, &[Kind::WrongResult]);
        let once = &[Kind::Twice, Kind::Unexplained];
        exam.decide("stored_once", &InLine, &told, once);
        let mut beyond = known.clone();
        // These have checks of their own, decided above.
        beyond.join(told.only(&[Kind::WrongResult, Kind::Twice, Kind::Unexplained]));
        exam.decide_beyond("rejected_holds_nothing_up", &InLine, &errors, ALL, &beyond);
        let dropped = spaces::dropping(exam);
        exam.decide_beyond("dropped", &InLine, &dropped, ALL, &told);
        let known = told.with(dropped);
        exam.decide("bounded", &InLine, &known, &[Kind::OverLimit]);
        let panics = spaces::panicking(exam);
        let after_a_panic = [ALL, &[Kind::OverLimit]].concat();
        exam.decide_beyond("panic_contained", &InLine, &panics, &after_a_panic, &known);
        let waiting = known.with(spaces::patient_waiting(exam));
        exam.decide("no_polling", &InLine, &waiting, &[Kind::Polling]);
        exam.flood_with("bounded_state", "keys", &ROOMS_FOR_A_FLOOD);
    }
}
