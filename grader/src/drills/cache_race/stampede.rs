//! The checks of `stampede`: what it reports against what really happened.

use std::time::{Duration, Instant};

use worker::protocol::{Answer, Call, Event, Step, Value};

use crate::driver::Driver;
use crate::exam::Exam;
use crate::supervisor::Failure;

const FETCHES: &str = "stampede_fetches";
const ELAPSED: &str = "stampede_elapsed";

/// The virtual clock is exact; a report may be rounded to whole milliseconds.
const ROUNDING: Duration = Duration::from_millis(1);

/// How long the database holds its answers by the real clock, for submissions
/// that read that one.
const REAL_HOLD: Duration = Duration::from_millis(3);

/// More rounds than any number of requests needs.
const MAX_ROUNDS: usize = 500;

/// More fetches than any number of requests sent here needs, many times over.
const ENOUGH: u64 = 5_000;

/// One stampede to be sent.
struct Plan {
    requests: usize,
    latency: Duration,
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
}

impl Plan {
    /// What passes between the first request and the last answer.
    fn duration(&self) -> Option<Duration> {
        match self.database {
            Database::Even | Database::Failing => Some(self.latency),
            // Whoever sent a single request has no second half to wait for.
            Database::Uneven if self.requests > 1 => Some(2 * self.latency),
            Database::Uneven => Some(self.latency),
            Database::Hasty => None,
        }
    }
}

/// One stampede that was sent.
struct Outcome {
    plan: Plan,
    begun: u64,
    /// Fetches of another user than the one asked for.
    strangers: u64,
    /// The most fetches live at once.
    together: u64,
    reported: Option<(u64, Duration)>,
    panicked: Option<String>,
    /// Real time that surely passed between start and end, and the most that did.
    real: (Duration, Duration),
}

pub(super) fn examine(exam: &mut Exam<'_>) {
    let mut dice = Dice(fastrand::Rng::with_seed(exam.driver().seed()));
    let plans = [
        Plan {
            requests: 100,
            latency: Duration::from_millis(200),
            database: Database::Even,
        },
        Plan {
            requests: 1,
            latency: dice.latency(300..900),
            database: Database::Even,
        },
        Plan {
            requests: dice.0.usize(2..60),
            latency: dice.latency(20..150),
            database: Database::Uneven,
        },
        Plan {
            requests: dice.0.usize(12..40),
            latency: dice.latency(100..300),
            database: Database::Hasty,
        },
        Plan {
            requests: dice.0.usize(4..30),
            latency: dice.latency(100..300),
            database: Database::Failing,
        },
    ];
    let mut fetches = None;
    let mut elapsed = None;
    for plan in plans {
        let outcome = match send(exam.driver(), plan) {
            Ok(outcome) => outcome,
            Err(failure) => {
                exam.fail_by(FETCHES, &failure);
                exam.fail_by(ELAPSED, &failure);
                return;
            }
        };
        fetches =
            fetches.or_else(|| wrong_fetches(&outcome).map(|message| (message, tell(&outcome))));
        elapsed =
            elapsed.or_else(|| wrong_elapsed(&outcome).map(|message| (message, tell(&outcome))));
    }
    for (check, wrong) in [(FETCHES, fetches), (ELAPSED, elapsed)] {
        match wrong {
            Some((message, timeline)) => exam.fail(check, message, timeline),
            None => exam.pass(check),
        }
    }
}

struct Dice(fastrand::Rng);

impl Dice {
    fn latency(&mut self, millis: std::ops::Range<u64>) -> Duration {
        Duration::from_millis(self.0.u64(millis))
    }
}

fn unfinished(outcome: &Outcome) -> Option<String> {
    let requests = outcome.plan.requests;
    if outcome.plan.database == Database::Failing {
        // What it is to do with errors is nowhere said.
        return None;
    }
    if let Some(message) = &outcome.panicked {
        return Some(format!(
            "`stampede` with {requests} requests panicked: {}",
            crate::text::one_line(message, 200)
        ));
    }
    outcome.reported.is_none().then(|| {
        format!(
            "`stampede` with {requests} requests never returned, though every fetch was answered"
        )
    })
}

fn wrong_fetches(outcome: &Outcome) -> Option<String> {
    let Plan {
        requests, database, ..
    } = outcome.plan;
    let begun = outcome.begun;
    if let Some(message) = unfinished(outcome) {
        return Some(message);
    }
    let (reported, _) = outcome.reported?;
    if database != Database::Hasty && outcome.together < requests as u64 {
        return Some(format!(
            "`stampede` with {requests} requests: at most {} of {begun} fetches were under way at the same time; all requests are to be sent before any is answered",
            outcome.together
        ));
    }
    if outcome.strangers > 0 {
        return Some(format!(
            "`stampede` with {requests} requests for one user began {} fetches of other users",
            outcome.strangers
        ));
    }
    if begun > requests as u64 {
        return Some(format!(
            "`stampede` with {requests} requests began {begun} fetches"
        ));
    }
    (reported != begun).then(|| {
        format!(
            "`stampede` with {requests} requests reported {reported} fetches, and {begun} began"
        )
    })
}

fn wrong_elapsed(outcome: &Outcome) -> Option<String> {
    if let Some(message) = unfinished(outcome) {
        return Some(message);
    }
    let (_, reported) = outcome.reported?;
    let duration = outcome.plan.duration()?;
    let virtual_clock = reported.abs_diff(duration) <= ROUNDING;
    let real_clock = (outcome.real.0..=outcome.real.1).contains(&reported);
    if virtual_clock || real_clock {
        return None;
    }
    Some(format!(
        "`stampede` with {} requests reported {reported:?}; the last answer came {duration:?} after the first request",
        outcome.plan.requests
    ))
}

fn tell(outcome: &Outcome) -> Vec<String> {
    let Plan {
        requests,
        latency,
        database,
    } = &outcome.plan;
    let begun = format!(
        "  {} fetches begin, at most {} of them live at once",
        outcome.begun, outcome.together
    );
    let mut lines = vec![
        format!("`stampede` is to send {requests} requests for one user"),
        begun,
    ];
    lines.push(match database {
        Database::Even => format!("{latency:?} pass and every fetch is answered with the row"),
        Database::Uneven => {
            format!("{latency:?} pass and half of the fetches are answered, the rest as much later")
        }
        Database::Hasty => {
            "the first fetches are answered before the other requests were polled".to_owned()
        }
        Database::Failing => {
            format!("{latency:?} pass; every second fetch is answered with an error")
        }
    });
    lines.push(match (&outcome.reported, &outcome.panicked) {
        (Some((fetches, elapsed)), _) => {
            format!("  `stampede` reports {fetches} fetches and {elapsed:?}")
        }
        (None, Some(_)) => "  `stampede` panics".to_owned(),
        (None, None) => "  `stampede` does not return".to_owned(),
    });
    lines
}

fn send(driver: &mut Driver<'_>, plan: Plan) -> Result<Outcome, Failure> {
    let run = driver.new_run();
    let evidence = driver.blank_evidence(run);
    let seed = driver.loop_seed();
    let mut seen = Seen {
        user: evidence.wire_id(7),
        ..Seen::default()
    };
    seen.note(driver.converse(
        run,
        vec![Step::New {
            seed,
            max_parallel: None,
        }],
    )?);
    let settle = Step::Settle {
        polls: 2_000 + 40 * plan.requests as u32,
    };
    let call = Call::Stampede {
        user: seen.user,
        requests: plan.requests,
    };
    let first_settle = match plan.database {
        Database::Hasty => Step::Settle { polls: 6 },
        _ => settle.clone(),
    };
    let sent = Instant::now();
    seen.note(driver.converse(run, vec![Step::Request { request: 1, call }, first_settle])?);
    let all_begun = Instant::now();
    std::thread::sleep(REAL_HOLD);
    let micros = plan.latency.as_micros() as u64;
    let answer = |fetch: &u32| Step::Answer {
        fetch: *fetch,
        with: match plan.database {
            Database::Failing if fetch.is_multiple_of(2) => Answer::Unavailable,
            _ => Answer::Row {
                name: evidence.row_name(*fetch),
            },
        },
    };
    let mut held = all_begun.elapsed();
    for round in 0..MAX_ROUNDS {
        // Wrong by now, and it may go on without end.
        let enough = seen.begun > ENOUGH;
        if seen.ended || enough {
            break;
        }
        let mut steps = Vec::new();
        let mut answered = seen.live.len();
        match plan.database {
            Database::Even | Database::Failing if round == 0 => {
                steps.push(Step::Advance { micros })
            }
            Database::Uneven if round < 2 => {
                steps.push(Step::Advance { micros });
                answered = if round == 0 {
                    answered.div_ceil(2)
                } else {
                    answered
                };
            }
            _ => {}
        }
        steps.extend(seen.live.iter().take(answered).map(answer));
        steps.push(settle.clone());
        let quiet = seen.live.is_empty() && round > 1;
        held = if round == 0 {
            all_begun.elapsed()
        } else {
            held
        };
        let news = seen.note(driver.converse(run, steps)?);
        if quiet && !news {
            break;
        }
    }
    let real = (held, sent.elapsed());
    driver.converse(run, vec![Step::End])?;
    driver.count(1, seen.begun);
    let Seen {
        begun,
        strangers,
        together,
        reported,
        panicked,
        broke,
        ..
    } = seen;
    let panicked = panicked.or(broke.filter(|_| reported.is_none()));
    Ok(Outcome {
        plan,
        begun,
        strangers,
        together,
        reported,
        panicked,
        real,
    })
}

/// What was seen of one stampede so far.
#[derive(Default)]
struct Seen {
    user: u64,
    strangers: u64,
    live: Vec<u32>,
    begun: u64,
    together: u64,
    ended: bool,
    reported: Option<(u64, Duration)>,
    panicked: Option<String>,
    broke: Option<String>,
}

impl Seen {
    /// Notes a report; whether it said anything but that nothing happened.
    fn note(&mut self, steps: Vec<Vec<Event>>) -> bool {
        let mut news = false;
        for event in steps.into_iter().flatten() {
            news |= !matches!(event, Event::Settled { .. } | Event::Clock { .. });
            match event {
                Event::FetchBegun { fetch, user, .. } => {
                    self.strangers += u64::from(user != self.user);
                    self.begun += 1;
                    self.live.push(fetch);
                    self.together = self.together.max(self.live.len() as u64);
                }
                Event::FetchDelivered { fetch } | Event::FetchDropped { fetch } => {
                    self.live.retain(|live| *live != fetch);
                }
                Event::Returned { value, .. } => {
                    self.ended = true;
                    if let Value::Stampede {
                        fetches,
                        elapsed_nanos,
                    } = value
                    {
                        self.reported = Some((fetches, Duration::from_nanos(elapsed_nanos)));
                    }
                }
                Event::Broke { message } => {
                    self.broke.get_or_insert(message);
                }
                Event::Panicked { message, .. } => {
                    self.ended = true;
                    self.panicked = Some(message);
                }
                _ => {}
            }
        }
        news
    }
}
