//! Drill `offload`: keep the loop responsive while passwords are hashed.

mod panics;
mod paths;
mod rules;
mod spaces;

use super::taken::Ends;
use super::{Drill, Spoken};
use crate::course::language::Language;
use crate::exam::{Exam, Findings};
use paths::Callers;
use play::check::Check;
use play::judge::{Kind, Rules};
use play::world::World;
use play::world::passwords::Passwords;
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
        let together = spaces::together(exam);
        if let Some(why) = hopeless(&together) {
            if !exam.shows_no_operation() {
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
        let patient = spaces::patient_waiting(exam);
        let unwoken = together.has(Kind::Polling);
        // Where tasks poll on and on, each schedule takes long and shows that once more.
        let spins = unwoken || patient.has(Kind::Polling);
        let mut too_long = spaces::too_long(exam);
        let mut waiting = spaces::dropping(exam, Callers::Waiting);
        if !spins {
            too_long.join(spaces::too_long_among_others(exam));
            waiting.join(spaces::leaving(exam));
        }
        if exam.shows_no_operation() {
            exam.decide("right_results", &Offloading, &together, RESULTS);
            exam.skip_undecided(CHECKS, "cannot be judged: no hash has begun");
            return;
        }
        let mut panics = spaces::panicking(exam);
        if !spins {
            panics.join(spaces::taken(exam, Ends::Panicking));
        }
        // With a thread for every request, both checks would show that and little else; so
        // would the second one where hundreds of callers ask again and again whether it is their turn.
        let unbounded = together.has(Kind::OverLimit);
        let (mut hashing, mut busy) = (Findings::default(), Findings::default());
        if !unbounded {
            hashing = spaces::dropping(exam, Callers::Hashing);
        }
        if !unbounded && !spins {
            hashing.join(spaces::taken(exam, Ends::Dropped));
        }
        if !unbounded && !unwoken {
            busy = spaces::in_a_busy_hour(exam);
        }
        // What a hash that panicked left behind hides nothing of the loop.
        let apart = panics.clone().without(&[Kind::Panicked]);
        let mut all = together.clone();
        for findings in [&too_long, &waiting, &hashing, &apart, &patient, &busy] {
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
