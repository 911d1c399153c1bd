//! Drill `cache_race`: the obvious cache, and what its race costs.

mod rules;
mod stampede;

use crate::course::language::Language;
use crate::exam::Exam;
use play::check::Check;
use play::evidence::{ALIKE, Evidence};
use play::judge::{Kind, Rules};
use play::schedule::{Action, Outcome, Turn};
use play::space::{A_WEEK, Space, Straight};
use play::world::World;
use play::world::users::Users;

use super::schedules::{self, Went};
use super::{Drill, Spoken, user_cache};
use rules::Racing;

/// See the module.
pub(super) struct CacheRace;

const CHECKS: &[Check] = &[
    Check {
        id: "cached",
        title: "a cached user costs no fetch",
        required: true,
        points: 20,
        hint: "where does a fetched row go, and where does the next request look first?",
    },
    Check {
        id: "two_users",
        title: "two users cost two fetches, and each request gets its own user's row",
        required: true,
        points: 15,
        hint: "what does your cache look a row up by, and how many rows does it keep?",
    },
    Check {
        id: "error_not_cached",
        title: "an error is handed on and not cached",
        required: true,
        points: 15,
        hint: "what does the second request see after the first one's fetch has failed?",
    },
    Check {
        id: "race",
        title: "a hundred requests at once cost a hundred fetches, all at the same time",
        required: true,
        points: 25,
        hint: "this drill shows the race: does anything make the second request wait for the first one?",
    },
    Check {
        id: "stampede_fetches",
        title: "`stampede` sends its requests all at once and reports the fetches that really began",
        required: true,
        points: 15,
        hint: "are all requests under way before the first one is answered, and who counts the fetches?",
    },
    Check {
        id: "stampede_elapsed",
        title: "`stampede` reports the time that really passed",
        required: true,
        points: 10,
        hint: "take the time before the first request starts and after the last one has its answer",
    },
];

/// How a request can go wrong. Only the check that sees it reports it.
const ENDINGS: &[Kind] = &[
    Kind::Hang,
    Kind::WaitsForOther,
    Kind::WrongRow,
    Kind::InventedError,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Died,
    Kind::Garbled,
    Kind::Restless,
];

const USER: u32 = 7;
const OTHER: u32 = 8;
/// More requests than the hundred that the titles name.
const CROWD: usize = 130;
const MANY_USERS: u32 = 300;

/// The latency of the simulated database, in virtual microseconds.
const LATENCY_MICROS: u64 = 200_000;

impl Drill for CacheRace {
    fn slug(&self) -> &'static str {
        "cache_race"
    }

    fn contract(&self) -> &'static str {
        include_str!("cache_race/contract.rs")
    }

    fn spoken(&self, language: Language) -> Option<Spoken> {
        match language {
            Language::Rust => None,
            Language::Python => Some(Spoken {
                contract: include_str!("cache_race/contract.py"),
                hints: &[],
            }),
            Language::Node => Some(Spoken {
                contract: include_str!("cache_race/contract.js"),
                hints: &[],
            }),
        }
    }

    fn world(&self) -> &'static dyn World {
        &Users
    }

    fn checks(&self) -> &'static [Check] {
        CHECKS
    }

    fn rules(&self) -> &'static dyn Rules {
        &Racing
    }

    fn examine(&self, exam: &mut Exam<'_>) {
        let and = |kind: Kind| -> Vec<Kind> { ENDINGS.iter().copied().chain([kind]).collect() };

        let mut one = exam.explore(&Racing, &Space::of(&[USER; 3]));
        one.join(exam.explore(
            &Racing,
            &Space {
                halves: 1,
                ..Space::of(&[USER; 2])
            },
        ));
        // A database that is slow still answers.
        let slow = |evidence: &Evidence| {
            let starts = [Action::ask(USER), Action::ask(USER)];
            schedules::time_passes_after(evidence, &starts, 0, None, schedules::slow_steps())
        };
        one.join(exam.explore(&Racing, &Straight(slow)));
        // Rows do not expire: an hour later they are still there.
        let mut later = vec![start(USER), row(1)];
        later.extend(A_WEEK.map(pass));
        later.push(start(USER));
        let mut cached = one.with(exam.play(&Racing, later));
        // Many rows at once: each is still there afterwards.
        let many = fetched_and_asked_again(USER..USER + MANY_USERS);
        cached.join(exam.play(&Racing, many));
        // A new cache is an empty one.
        let discard = Turn::full(Action::Discard);
        let anew = [start(USER), row(1), discard, start(USER), row(2)];
        cached.join(exam.play(&Racing, anew.to_vec()));
        let mut errors = exam.explore(
            &Racing,
            &Space {
                errors: 2,
                ..Space::of(&[USER; 2])
            },
        );
        for turns in user_cache::beside_cached_ones(Went::Failed) {
            errors.join(exam.play(&Racing, turns));
        }
        // Nor does an error of another fetch empty the cache.
        cached.join(errors.only(&[Kind::NeedlessFetch]));
        exam.decide("cached", &Racing, &cached, &and(Kind::NeedlessFetch));

        let mut two = exam.explore(&Racing, &Space::of(&[USER, OTHER, USER]));
        two.join(exam.explore(
            &Racing,
            &Space {
                halves: 1,
                ..Space::of(&[USER, OTHER])
            },
        ));
        let one_at_a_time = [
            start(USER),
            row(1),
            start(OTHER),
            row(2),
            start(USER),
            start(OTHER),
        ];
        two.join(exam.play(&Racing, one_at_a_time.to_vec()));
        let alike = [
            start(USER),
            row(1),
            start(USER + ALIKE),
            row(2),
            start(USER),
        ];
        two.join(exam.play(&Racing, alike.to_vec()));
        let alike = fetched_and_asked_again(schedules::alike_keys());
        two.join(exam.play(&Racing, alike));
        let kinds = if one.has(Kind::NeedlessFetch) {
            ENDINGS.to_vec()
        } else {
            and(Kind::NeedlessFetch)
        };
        exam.decide("two_users", &Racing, &two, &kinds);

        let mut kinds = and(Kind::StaleError);
        // A cache that tries again by itself does not hand on the error.
        if !one.has(Kind::ExtraFetch) {
            kinds.push(Kind::ExtraFetch);
        }
        exam.decide("error_not_cached", &Racing, &errors, &kinds);

        let crowd = exam.play(&Racing, crowd());
        let mut kinds = and(Kind::MissingFetch);
        kinds.push(Kind::ExtraFetch);
        exam.decide("race", &Racing, &crowd, &kinds);

        stampede::examine(exam);
    }
}

/// A hundred requests at once; the database answers all of them 200 ms later.
fn crowd() -> Vec<Turn> {
    let mut turns = vec![start(USER); CROWD];
    turns.push(pass(LATENCY_MICROS));
    turns.extend((1..=CROWD as u32).map(row));
    turns
}

/// Each of these users is fetched, one after the other; then each is asked for once more.
fn fetched_and_asked_again(users: impl Iterator<Item = u32> + Clone) -> Vec<Turn> {
    let fetched = |(user, fetch)| [start(user), row(fetch)];
    let again = users.clone().map(start);
    users.zip(1..).flat_map(fetched).chain(again).collect()
}

fn start(user: u32) -> Turn {
    Turn::full(Action::ask(user))
}

fn pass(micros: u64) -> Turn {
    Turn::full(Action::Pass { micros })
}

fn row(fetch: u32) -> Turn {
    let outcome = Outcome::Value;
    Turn::full(Action::Answer {
        operation: fetch,
        outcome,
    })
}
