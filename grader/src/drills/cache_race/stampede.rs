//! The checks of `stampede`: its report is compared with what really happened.

use std::time::Duration;

use protocol::Value;

use crate::drills::cache_race::rules::Racing;
use crate::exam::{Exam, Findings};
use play::evidence::{Evidence, Fact, Returned};
use play::judge::{Kind, Violation};
use play::schedule::{Action, Few, Outcome, Settle, Turn};
use play::space::{PATIENCE_MICROS, Straight};
use play::text::one_line;
use play::world::users::{STAMPEDE, UNAVAILABLE};

const FETCHES: &str = "stampede_fetches";
const ELAPSED: &str = "stampede_elapsed";

/// A report may be rounded to whole milliseconds.
const ROUNDING: Duration = Duration::from_millis(1);

/// Polls after which the first fetches have begun, and the other requests have not yet
/// been polled.
const A_FEW_POLLS: u32 = 6;

const USER: u32 = 7;

/// The violations that keep a stampede from returning.
const ENDINGS: &[Kind] = &[
    Kind::Hang,
    Kind::Panicked,
    Kind::Blocked,
    Kind::Died,
    Kind::Garbled,
    Kind::Restless,
];

/// Stampedes to be sent, one after the other.
#[derive(Clone, Copy)]
struct Plan {
    requests: u32,
    /// How many there are. Each one after the first has a request less.
    stampedes: u32,
    latency_micros: u64,
    database: Database,
}

/// How the database answers a stampede.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Database {
    /// Every fetch after the latency.
    Even,
    /// The first half after the latency, the rest after twice the latency.
    Uneven,
    /// The first fetches at once, before the other requests have been polled.
    Hasty,
    /// Every second fetch with an error.
    Failing,
    /// The first half after the latency, the rest with an error after twice the latency.
    FailingLate,
    /// The other way round.
    FailingEarly,
    /// The last fetch first, and every second one with an error.
    Backwards,
}

impl Database {
    /// Whether it answers in two halves, one after the other.
    fn is_uneven(self) -> bool {
        matches!(
            self,
            Database::Uneven | Database::FailingLate | Database::FailingEarly
        )
    }
}

pub(super) fn examine(exam: &mut Exam<'_>) {
    let mut dice = fastrand::Rng::with_seed(exam.seed());
    let mut plan = |requests, millis: std::ops::Range<u64>, database| Plan {
        requests: dice.u32(requests),
        stampedes: 1,
        latency_micros: dice.u64(millis) * 1000,
        database,
    };
    let plans = [
        plan(100..101, 200..201, Database::Even),
        // More requests than the hundred that the titles name.
        plan(1_025..1_100, 100..300, Database::Even),
        plan(1..2, 300..900, Database::Even),
        plan(2..60, 20..150, Database::Uneven),
        plan(12..40, 100..300, Database::Hasty),
        plan(4..30, 100..300, Database::Failing),
        plan(4..30, 100..300, Database::FailingLate),
        plan(4..30, 100..300, Database::FailingEarly),
        plan(4..30, 100..300, Database::Backwards),
        // Each has a new cache, and its own count.
        Plan {
            stampedes: 3,
            ..plan(4..9, 100..300, Database::Even)
        },
    ];
    let mut findings = Findings::default();
    for plan in plans {
        let next = Straight(move |evidence: &Evidence| plan.next(evidence));
        findings.join(exam.explore(&Racing, &next));
    }
    for (check, kind) in [(FETCHES, Kind::WrongCount), (ELAPSED, Kind::WrongTime)] {
        let kinds: Vec<Kind> = ENDINGS.iter().copied().chain([kind]).collect();
        exam.decide(check, &Racing, &findings, &kinds);
    }
}

impl Plan {
    /// The turn that comes next.
    fn next(self, evidence: &Evidence) -> Option<Turn> {
        let sent = evidence.started() as u32;
        let is_over = evidence.is_over();
        if sent < self.stampedes && is_over {
            let requests = self.requests.saturating_sub(sent).max(1);
            let start = Action::call(STAMPEDE, Few::of(&[USER, requests]));
            return Some(match self.database {
                Database::Hasty => Turn::partial(start, A_FEW_POLLS),
                _ => Turn::full(start),
            });
        }
        let since = last_start(evidence);
        let turns = &evidence.turns()[since..];
        let passes = count(turns, |action| matches!(action, Action::Pass { .. }));
        let answers = count(turns, |action| matches!(action, Action::Answer { .. }));
        let begun = evidence
            .entries()
            .iter()
            .filter(|entry| entry.turn >= since && matches!(entry.fact, Fact::Began { .. }));
        let begun = begun.count();
        // How many answers of an uneven database come before time passes again.
        let first_half = begun.div_ceil(2);
        let due = match self.database {
            Database::Even | Database::Failing | Database::Backwards => 1,
            Database::Uneven | Database::FailingLate | Database::FailingEarly => {
                1 + usize::from(answers >= first_half)
            }
            Database::Hasty => 0,
        };
        let live: Vec<u32> = evidence.live().collect();
        // Both periods pass, even if every request is answered before.
        let all_due = match self.database {
            uneven if uneven.is_uneven() && live.is_empty() => 2,
            _ => due,
        };
        if passes < all_due && !evidence.is_settled() {
            return Some(Turn::full(Action::Wait));
        }
        if passes < all_due {
            let micros = self.latency_micros;
            return Some(Turn::full(Action::Pass { micros }));
        }
        let next = match self.database {
            Database::Backwards => live.last(),
            _ => live.first(),
        };
        let Some(operation) = next.copied() else {
            return last_resort(evidence);
        };
        let outcome = match self.database {
            Database::Failing | Database::Backwards if operation.is_multiple_of(2) => {
                Outcome::Error(UNAVAILABLE)
            }
            Database::FailingLate if answers >= first_half => Outcome::Error(UNAVAILABLE),
            Database::FailingEarly if answers < first_half => Outcome::Error(UNAVAILABLE),
            _ => Outcome::Value,
        };
        let answer = Action::Answer { operation, outcome };
        let is_last_of_its_time = live.len() == 1
            || self.database.is_uneven() && passes == 1 && answers + 1 == first_half;
        let rests = is_last_of_its_time || self.database == Database::Backwards;
        Some(match rests {
            true => Turn::full(answer),
            false => Turn::partial(answer, 0),
        })
    }
}

/// Nothing is under way, and the stampede has not returned: tasks run, then time passes.
fn last_resort(evidence: &Evidence) -> Option<Turn> {
    evidence.waiting().next()?;
    if !evidence.is_settled() {
        return Some(Turn::full(Action::Wait));
    }
    let micros = PATIENCE_MICROS;
    let patience = Action::Pass { micros };
    let tried = evidence.turns().last().map(|turn| turn.action) == Some(patience);
    (!tried).then(|| Turn::full(patience))
}

fn count(turns: &[Turn], which: fn(&Action) -> bool) -> usize {
    let actions = turns.iter().map(|turn| turn.action);
    actions.filter(which).count()
}

/// The turn in which the last stampede started.
fn last_start(evidence: &Evidence) -> usize {
    let is_start = |turn: &Turn| matches!(turn.action, Action::Start { .. });
    evidence.turns().iter().rposition(is_start).unwrap_or(0)
}

/// Whether the run is of a stampede.
pub(super) fn is_one(evidence: &Evidence) -> bool {
    evidence.requests().any(|(_, it)| it.entry == STAMPEDE)
}

/// The observations of a stampede so far.
#[derive(Default)]
struct Seen {
    /// The turn in which its last fetch is answered.
    last: usize,
    requests: usize,
    began: usize,
    strangers: usize,
    live: usize,
    together: usize,
    failed: bool,
    /// The time between the first request and the last answer.
    took: Duration,
    /// Some requests may not have been polled when the first answer came.
    hasty: bool,
    answered: bool,
}

/// What is wrong with the run of a stampede.
pub(super) fn judge(evidence: &Evidence) -> Vec<Violation> {
    let mut violations: Vec<Violation> = Vec::new();
    let mut seen = Seen::default();
    for entry in evidence.entries() {
        let turn = entry.turn;
        let mut wrong = |kind, message: String| {
            violations.push(Violation {
                kind,
                turn,
                message,
            });
        };
        match &entry.fact {
            Fact::Broke { message } if seen.began == 0 => wrong(
                Kind::Panicked,
                format!("it panicked: {}", one_line(message, 200)),
            ),
            Fact::Started { request, .. } => seen = Seen::started(evidence, *request, turn),
            Fact::Began { operation } => {
                let user = evidence.operation(*operation).and_then(|it| it.key);
                seen.strangers += usize::from(user.is_none());
                seen.began += 1;
                seen.live += 1;
                seen.together = seen.together.max(seen.live);
            }
            Fact::Answered { outcome, .. } => {
                seen.answered = true;
                seen.failed |= outcome.is_error();
                seen.live = seen.live.saturating_sub(1);
            }
            Fact::Dropped { operation } => {
                let was_live = evidence.operation(*operation);
                let was_live = was_live.is_some_and(|it| it.outcome.is_none());
                seen.live = seen.live.saturating_sub(usize::from(was_live));
                // Nobody has left, and nothing has failed.
                if was_live && !seen.failed && seen.requests > 0 {
                    let message = format!(
                        "fetch {operation} was dropped before its answer, although {} waited for theirs",
                        requests(&seen)
                    );
                    wrong(Kind::WrongTime, message);
                }
            }
            // The drill does not say what `stampede` does with errors.
            Fact::Panicked { message, .. } if !seen.failed => wrong(
                Kind::Panicked,
                format!(
                    "`stampede` with {} panicked: {}",
                    requests(&seen),
                    one_line(message, 200)
                ),
            ),
            Fact::Returned { answer, .. } => {
                for (kind, message) in seen.reported(answer) {
                    let turn = match kind {
                        // The last answer may come after the report.
                        Kind::WrongTime => turn.max(seen.last),
                        _ => turn,
                    };
                    violations.push(Violation {
                        kind,
                        turn,
                        message,
                    });
                }
            }
            _ => {}
        }
    }
    violations.extend(never_returned(evidence, &seen));
    violations
}

/// The turn in which the last fetch of the stampede that started in this one is answered.
fn last_answer(evidence: &Evidence, started: usize) -> usize {
    let is_start = |turn: &Turn| matches!(turn.action, Action::Start { .. });
    let mut later = evidence.turns().iter().skip(started + 1);
    let next = later.position(is_start).map(|at| started + 1 + at);
    let is_of_it = |turn: usize| turn >= started && next.is_none_or(|next| turn < next);
    let entries = evidence.entries().iter().rev();
    let mut answers =
        entries.filter(|it| is_of_it(it.turn) && matches!(it.fact, Fact::Answered { .. }));
    answers.next().map_or(started, |entry| entry.turn)
}

/// How much of the database's time passes in a turn.
fn latency(turn: &Turn) -> Option<Duration> {
    match turn.action {
        Action::Pass { micros } if micros < PATIENCE_MICROS => Some(Duration::from_micros(micros)),
        _ => None,
    }
}

impl Seen {
    fn started(evidence: &Evidence, request: u32, turn: usize) -> Seen {
        let numbers = evidence.request(request).map(|it| it.numbers);
        let settle = evidence.turns().get(turn).map(|it| it.settle);
        let last = last_answer(evidence, turn);
        let until = evidence.turns().iter().take(last + 1).skip(turn);
        Seen {
            last,
            requests: numbers.map_or(0, |it| it.at(1) as usize),
            hasty: settle != Some(Settle::Fully),
            // The submission does not decide how the answers are spread over time.
            took: until.filter_map(latency).sum(),
            ..Seen::default()
        }
    }

    /// What is wrong with a report.
    fn reported(&self, answer: &Returned) -> Vec<(Kind, String)> {
        if let Some(what) = answer.odd() {
            let message = format!("`stampede` with {} returned {what}", requests(self));
            return vec![
                (Kind::WrongCount, message.clone()),
                (Kind::WrongTime, message),
            ];
        }
        let Returned::Plain(Value::List(report)) = answer else {
            return Vec::new();
        };
        let number = |place: usize| report.get(place).and_then(Value::number).unwrap_or(0);
        let (fetches, nanos) = (number(0).cast_unsigned(), number(1).cast_unsigned());
        let mut wrong = Vec::new();
        let sent = requests(self);
        let begun = self.began;
        let fetches_wrong = if !self.hasty && self.together < self.requests {
            Some(format!(
                "`stampede` with {sent}: at most {} of {begun} fetches were under way at the same time; all requests must be sent before any is answered",
                self.together
            ))
        } else if self.strangers > 0 {
            Some(format!(
                "`stampede` with {sent} for one user began {} fetches of other users",
                self.strangers
            ))
        } else if begun > self.requests {
            Some(format!("`stampede` with {sent} began {begun} fetches"))
        } else {
            (fetches != begun as u64).then(|| {
                format!("`stampede` with {sent} reported {fetches} fetches, and {begun} began")
            })
        };
        wrong.extend(fetches_wrong.map(|message| (Kind::WrongCount, message)));
        let elapsed = Duration::from_nanos(nanos);
        let passed = self.took;
        // If the first answers come at once, no time passes.
        if !self.hasty && elapsed.abs_diff(passed) > ROUNDING {
            let message = format!(
                "`stampede` with {sent} reported {elapsed:?}; the last answer came {passed:?} after the first request"
            );
            wrong.push((Kind::WrongTime, message));
        }
        wrong
    }
}

/// It still waits, although every fetch was answered and time has passed.
fn never_returned(evidence: &Evidence, seen: &Seen) -> Option<Violation> {
    let last = evidence.turns().last().map(|turn| turn.action);
    let waits = evidence.waiting().next().is_some() && evidence.live().next().is_none();
    let patient = matches!(last, Some(Action::Pass { micros }) if micros >= PATIENCE_MICROS);
    (waits && patient && !seen.failed).then(|| Violation {
        kind: Kind::Hang,
        turn: evidence.turns().len() - 1,
        message: format!(
            "`stampede` with {} never returned, although every fetch was answered",
            requests(seen)
        ),
    })
}

fn requests(seen: &Seen) -> String {
    play::text::count(seen.requests, "request", "requests")
}
