//! Drill `batch_loader`: many small reads become a few large ones.

mod rules;
mod spaces;

use super::{Drill, Spoken, common};
use crate::course::language::Language;
use crate::exam::{Exam, Findings};
use play::check::Check;
use play::judge::{Kind, Rules};
use play::world::World;
use play::world::bulk::Bulk;
use rules::Loading;

/// See the module.
pub(super) struct BatchLoader;

const CHECKS: &[Check] = &[
    Check {
        id: "together",
        title: "requests that are there together go out together",
        required: true,
        points: 18,
        hint: "two requests come one after the other before anything else runs: when does the first one's id go out, and where is the second one then?",
    },
    Check {
        id: "limits",
        title: "no call has more than `max_batch` ids, none is empty, and none has an id twice",
        required: true,
        points: 12,
        hint: "more ids wait than fit into one call, or two requests ask for the same: what do you hand to `load`?",
    },
    Check {
        id: "own_item",
        title: "each request gets its own item, or hears that there is none",
        required: true,
        points: 12,
        hint: "the answer is in the order of the ids: how does each item find the request whose id stood in that place?",
    },
    Check {
        id: "answered",
        title: "every call of `load` ends",
        required: true,
        points: 8,
        hint: "an id that is left over when a call goes out: who sends it, and what wakes that one?",
    },
    Check {
        id: "late_ids",
        title: "an id that is asked for after a call went out is in a later one",
        required: true,
        points: 10,
        hint: "the same id is already out: may the new request have an answer that was read before it asked?",
    },
    Check {
        id: "not_cached",
        title: "answers are not kept for those who come later",
        required: true,
        points: 8,
        hint: "what is left in your maps once a request has its answer, and who finds it there?",
    },
    Check {
        id: "errors",
        title: "an error reaches those whose ids were in that call, and is not remembered",
        required: true,
        points: 12,
        hint: "follow the path on which `load` returns an error: who is told, who is not, and what does the next request find?",
    },
    Check {
        id: "dropped",
        title: "a dropped caller loses nobody else's answer",
        required: true,
        points: 12,
        hint: "the request that would send the batch, or has sent it, is gone: who has the ids now, and who wakes the others?",
    },
    Check {
        id: "no_polling",
        title: "no request waits for a clock, and waiting costs nothing",
        required: true,
        points: 3,
        hint: "who tells you that no more requests come for now: the clock, or your next turn on the loop?",
    },
    Check {
        id: "panic_contained",
        title: "a call that panics leaves a loader that works",
        required: false,
        points: 3,
        hint: "a panic unwinds like an early return that no `?` announces; what runs then?",
    },
    Check {
        id: "bounded_state",
        title: "requests that are done leave nothing behind",
        required: false,
        points: 2,
        hint: "after ten thousand ids that failed or whose callers were dropped, how large are your maps?",
    },
];

const TOGETHER: &[Kind] = &[Kind::Split, Kind::NeedlessFetch];

const LIMITS: &[Kind] = &[
    Kind::OverLimit,
    Kind::EmptyCall,
    Kind::Twice,
    Kind::Unexplained,
];

/// What must never be, whatever goes wrong.
const ALL: &[Kind] = &[
    Kind::Split,
    Kind::NeedlessFetch,
    Kind::OverLimit,
    Kind::EmptyCall,
    Kind::Twice,
    Kind::Unexplained,
    Kind::WrongRow,
    Kind::JoinedLate,
    Kind::Cached,
    Kind::InventedError,
    Kind::StaleError,
    Kind::Hang,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Restless,
    Kind::Died,
    Kind::Garbled,
];

/// More than a flood asks for at a time.
const ROOM_FOR_A_FLOOD: u32 = 300;

impl Drill for BatchLoader {
    fn slug(&self) -> &'static str {
        "batch_loader"
    }

    fn contract(&self) -> &'static str {
        include_str!("batch_loader/contract.rs")
    }

    fn spoken(&self, language: Language) -> Option<Spoken> {
        match language {
            Language::Rust => None,
            Language::Python => Some(Spoken {
                contract: include_str!("batch_loader/contract.py"),
                hints: &[
                    (
                        "dropped",
                        "the request that would send the batch, or has sent it, is cancelled: who has the ids now, and who wakes the others?",
                    ),
                    (
                        "panic_contained",
                        "an exception that you did not expect leaves by the same door as those you did; what runs then?",
                    ),
                ],
            }),
            Language::Node => Some(Spoken {
                contract: include_str!("batch_loader/contract.js"),
                hints: &[
                    (
                        "errors",
                        "follow the path on which `load` rejects: who is told, who is not, and what does the next request find?",
                    ),
                    (
                        "no_polling",
                        "who tells you that no more requests come for now: the clock, or the next turn of the microtasks?",
                    ),
                    (
                        "panic_contained",
                        "an error that you did not expect leaves by the same door as those you did; what runs then?",
                    ),
                ],
            }),
        }
    }

    fn about_drops(&self) -> &'static [&'static str] {
        &["dropped"]
    }

    fn world(&self) -> &'static dyn World {
        &Bulk
    }

    fn checks(&self) -> &'static [Check] {
        CHECKS
    }

    fn rules(&self) -> &'static dyn Rules {
        &Loading
    }

    fn examine(&self, exam: &mut Exam<'_>) {
        let calm = spaces::together(exam);
        exam.decide("together", &Loading, &calm, TOGETHER);
        exam.decide("limits", &Loading, &calm, LIMITS);
        // No call has failed there, so an error is none of an item's answers.
        let own = &[Kind::WrongRow, Kind::InventedError];
        exam.decide("own_item", &Loading, &calm, own);
        exam.decide("answered", &Loading, &calm, common::ENDINGS);
        exam.decide("late_ids", &Loading, &calm, &[Kind::JoinedLate]);
        exam.decide("not_cached", &Loading, &calm, &[Kind::Cached]);
        // What is wrong when nothing goes wrong was said above.
        let also = |exam: &mut Exam<'_>, check, findings: &Findings, known: &Findings| {
            exam.decide_beyond(check, &Loading, findings, ALL, known);
        };
        let errors = spaces::failing(exam);
        also(exam, "errors", &errors, &calm);
        let known = calm.with(errors);
        let mut known = known;
        if exam.drops() {
            let dropped = spaces::dropping(exam);
            also(exam, "dropped", &dropped, &known);
            known.join(dropped);
        }
        let waiting = known.with(spaces::patient_waiting(exam));
        exam.decide("no_polling", &Loading, &waiting, &[Kind::Polling]);
        let panics = spaces::panicking(exam);
        also(exam, "panic_contained", &panics, &known);
        exam.flood_with("bounded_state", "items", &[ROOM_FOR_A_FLOOD]);
    }
}
