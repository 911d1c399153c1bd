//! Drill `inflight_fix`: one fetch however many ask, whatever goes wrong.

mod rules;
mod spaces;

use super::schedules::Went;
use super::{Drill, Spoken};
use crate::course::language::Language;
use crate::exam::{Exam, Findings};
use play::check::Check;
use play::judge::{Kind, Rules};
use play::space::Callers;
use play::world::World;
use play::world::users::Users;
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
        let together = spaces::together(exam);
        let slowly = spaces::slow_database(exam);
        exam.leave_out(&slowly, &[Kind::Polling]);
        let slow = together.with(slowly);
        exam.decide("answered", &Coalescing, &slow, ENDINGS);
        exam.decide("one_fetch", &Coalescing, &slow, &[Kind::Overlap]);
        let all: Vec<Kind> = ENDINGS.iter().chain(FETCHES).copied().collect();
        let later = spaces::much_later(exam);
        exam.leave_out(&later, &[Kind::Polling]);
        let users = spaces::two_users(exam);
        let mut beside = spaces::beside_cached_ones(exam, Went::Failed);
        if exam.drops() {
            beside.join(spaces::beside_cached_ones(exam, Went::Left));
        }
        // A row that is gone once there are many others shows there, or when the fetch of another
        // one went wrong.
        let refetched = users.with(beside.clone()).only(&[Kind::NeedlessFetch]);
        let known = together.with(later.clone()).with(refetched.clone());
        match known.has(Kind::NeedlessFetch) {
            true => exam.decide("cached", &Coalescing, &known, &[Kind::NeedlessFetch]),
            false => exam.decide_beyond("cached", &Coalescing, &known, &all, &together),
        }
        // Faults that show when nothing goes wrong were reported above.
        let also = |exam: &mut Exam<'_>, check, findings: &Findings, kinds: &[Kind]| {
            exam.decide_beyond(check, &Coalescing, findings, kinds, &together);
        };

        let before = together.with(refetched);
        exam.decide_beyond("users_independent", &Coalescing, &users, &all, &before);
        let errors = spaces::failing(exam).with(beside.without(&[Kind::NeedlessFetch]));
        also(exam, "error_not_cached", &errors, &[Kind::StaleError]);

        if together.has(Kind::Overlap) {
            exam.skip_undecided(
                CHECKS,
                "cannot be judged while every request fetches for itself: see `one_fetch`",
            );
            return;
        }
        // A request that waits for another user waits without an error, too.
        let before = together.with(users.only(&[Kind::WaitsForOther]));
        exam.decide_beyond(
            "error_ends_waiting",
            &Coalescing,
            &errors,
            &without(ENDINGS, &[Kind::StaleError]),
            &before,
        );
        also(exam, "error_no_herd", &errors, FETCHES);
        let mut waiting = spaces::patient_waiting(exam);
        let dropped = match exam.drops() {
            true => dropped(exam, &together),
            false => Findings::default(),
        };
        let panics = spaces::panicking(exam);
        also(exam, "panic_contained", &panics, &all);
        let long = spaces::long_runs(exam);

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
    let mut leaders = spaces::dropping(exam, Callers::Leaders);
    let in_a_row = spaces::leaders_gone(exam);
    let followers = spaces::dropping(exam, Callers::Followers);
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
