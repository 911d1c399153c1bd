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

/// One stampede to be sent.
struct Plan {
    requests: usize,
    latency: Duration,
    /// Answer the first fetches before the other requests have been polled.
    hasty: bool,
}

/// One stampede that was sent.
struct Outcome {
    plan: Plan,
    begun: u64,
    /// The most fetches live at once.
    together: u64,
    reported: Option<(u64, Duration)>,
    panicked: Option<String>,
    /// Real time that surely passed between start and end, and the most that did.
    real: (Duration, Duration),
}

pub(super) fn examine(exam: &mut Exam<'_>) {
    let mut dice = fastrand::Rng::with_seed(exam.driver().seed());
    let plans = [
        Plan { requests: 100, latency: Duration::from_millis(200), hasty: false },
        Plan { requests: 1, latency: Duration::from_millis(dice.u64(300..900)), hasty: false },
        Plan {
            requests: dice.usize(2..60),
            latency: Duration::from_millis(dice.u64(20..150)),
            hasty: false,
        },
        Plan { requests: dice.usize(12..40), latency: Duration::from_millis(200), hasty: true },
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
        fetches = fetches.or_else(|| wrong_fetches(&outcome).map(|message| (message, tell(&outcome))));
        elapsed = elapsed.or_else(|| wrong_elapsed(&outcome).map(|message| (message, tell(&outcome))));
    }
    for (check, wrong) in [(FETCHES, fetches), (ELAPSED, elapsed)] {
        match wrong {
            Some((message, timeline)) => exam.fail(check, message, timeline),
            None => exam.pass(check),
        }
    }
}

fn unfinished(outcome: &Outcome) -> Option<String> {
    let requests = outcome.plan.requests;
    if let Some(message) = &outcome.panicked {
        return Some(format!("`stampede` with {requests} requests panicked: {}", crate::text::one_line(message, 200)));
    }
    outcome.reported.is_none().then(|| format!("`stampede` with {requests} requests never returned, though every fetch was answered"))
}

fn wrong_fetches(outcome: &Outcome) -> Option<String> {
    let Plan { requests, hasty, .. } = outcome.plan;
    let begun = outcome.begun;
    if let Some(message) = unfinished(outcome) {
        return Some(message);
    }
    let (reported, _) = outcome.reported?;
    if !hasty && outcome.together < requests as u64 {
        return Some(format!(
            "`stampede` with {requests} requests: at most {} of {begun} fetches were under way at the same time; all requests are to be sent before any is answered",
            outcome.together
        ));
    }
    (reported != begun).then(|| {
        format!("`stampede` with {requests} requests reported {reported} fetches, and {begun} began")
    })
}

fn wrong_elapsed(outcome: &Outcome) -> Option<String> {
    if let Some(message) = unfinished(outcome) {
        return Some(message);
    }
    let (_, reported) = outcome.reported?;
    let latency = outcome.plan.latency;
    let virtual_clock = reported.abs_diff(latency) <= ROUNDING;
    let real_clock = (outcome.real.0..=outcome.real.1).contains(&reported);
    if outcome.plan.hasty || virtual_clock || real_clock {
        return None;
    }
    Some(format!(
        "`stampede` with {} requests reported {reported:?}; the database took {latency:?} and every request was under way at the same time",
        outcome.plan.requests
    ))
}

fn tell(outcome: &Outcome) -> Vec<String> {
    let Plan { requests, latency, hasty } = &outcome.plan;
    let mut lines = vec![format!("`stampede` is to send {requests} requests for one user")];
    if *hasty {
        lines.push("  the first fetches are answered while other requests have not started yet".to_owned());
    }
    lines.push(format!("  {} fetches begin, at most {} of them live at once", outcome.begun, outcome.together));
    lines.push(format!("{latency:?} pass and every fetch is answered with the row"));
    lines.push(match (&outcome.reported, &outcome.panicked) {
        (Some((fetches, elapsed)), _) => format!("  `stampede` reports {fetches} fetches and {elapsed:?}"),
        (None, Some(_)) => "  `stampede` panics".to_owned(),
        (None, None) => "  `stampede` does not return".to_owned(),
    });
    lines
}

fn send(driver: &mut Driver<'_>, plan: Plan) -> Result<Outcome, Failure> {
    let run = driver.new_run();
    let evidence = driver.blank_evidence(run);
    let seed = driver.seed();
    driver.converse(run, vec![Step::New { seed }])?;

    let mut seen = Seen::default();
    let settle = Step::Settle { polls: 2_000 + 40 * plan.requests as u32 };
    let call = Call::Stampede { user: evidence.wire_id(7), requests: plan.requests };
    let first_settle = if plan.hasty { Step::Settle { polls: 6 } } else { settle.clone() };
    let sent = Instant::now();
    seen.note(driver.converse(run, vec![Step::Request { request: 1, call }, first_settle])?);
    let all_begun = Instant::now();
    std::thread::sleep(REAL_HOLD);
    let micros = plan.latency.as_micros() as u64;
    let answer = |fetch: &u32| Step::Answer {
        fetch: *fetch,
        with: Answer::Row { name: evidence.row_name(*fetch) },
    };
    let mut held = all_begun.elapsed();
    for round in 0..MAX_ROUNDS {
        if seen.ended {
            break;
        }
        let mut steps = Vec::new();
        if round == 0 && !plan.hasty {
            steps.push(Step::Advance { micros });
        }
        steps.extend(seen.live.iter().map(answer));
        steps.push(settle.clone());
        let quiet = seen.live.is_empty() && round > 0;
        held = if round == 0 { all_begun.elapsed() } else { held };
        let news = seen.note(driver.converse(run, steps)?);
        if quiet && !news {
            break;
        }
    }
    let real = (held, sent.elapsed());
    driver.converse(run, vec![Step::End])?;
    driver.count(1, seen.begun);
    let Seen { begun, together, reported, panicked, .. } = seen;
    Ok(Outcome { plan, begun, together, reported, panicked, real })
}

/// What was seen of one stampede so far.
#[derive(Default)]
struct Seen {
    live: Vec<u32>,
    begun: u64,
    together: u64,
    ended: bool,
    reported: Option<(u64, Duration)>,
    panicked: Option<String>,
}

impl Seen {
    /// Notes a report; whether it said anything but that nothing happened.
    fn note(&mut self, steps: Vec<Vec<Event>>) -> bool {
        let mut news = false;
        for event in steps.into_iter().flatten() {
            news |= !matches!(event, Event::Settled { .. } | Event::Clock { .. });
            match event {
                Event::FetchBegun { fetch, .. } => {
                    self.begun += 1;
                    self.live.push(fetch);
                    self.together = self.together.max(self.live.len() as u64);
                }
                Event::FetchDelivered { fetch } | Event::FetchDropped { fetch } => {
                    self.live.retain(|live| *live != fetch);
                }
                Event::Returned { value, .. } => {
                    self.ended = true;
                    if let Value::Stampede { fetches, elapsed_nanos } = value {
                        self.reported = Some((fetches, Duration::from_nanos(elapsed_nanos)));
                    }
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
