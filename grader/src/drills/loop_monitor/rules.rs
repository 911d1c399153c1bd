//! The rules of `loop_monitor`: what monitors report of stalls that are known, and what
//! their looks cost.

use crate::drills::common;
use play::evidence::{Evidence, Fact};
use play::judge::{Kind, Rules, Violation};
use play::schedule::Settle;
use play::text::{count, one_line};
use play::timeline::duration;
use play::world::clock::{Monitor, Reading, monitors, starts_again};

/// tokio rounds times up to whole milliseconds.
const ROUNDING: u64 = 1_000;

/// Looks that any stretch of time may cost besides those that it is long enough for.
const BESIDES: u64 = 2;

/// With so many polls in one turn some task was ready all the time.
const SPINNING: u32 = 50_000;

/// Judges monitors of a loop that the grader blocks.
pub(super) struct Monitoring;

impl Rules for Monitoring {
    fn judge(&self, evidence: &Evidence) -> Vec<Violation> {
        let constructor = common::constructor(evidence);
        let mut violations: Vec<Violation> = match &constructor {
            Some(_) => Vec::new(),
            None => panics(evidence),
        };
        violations.extend(constructor);
        violations.extend(readings(evidence));
        violations.extend(unread(evidence));
        violations.extend(spins(evidence));
        violations.extend(looks(evidence));
        violations.sort_by_key(|violation| violation.turn);
        violations
    }
}

/// Monitors do nothing that may panic.
fn panics(evidence: &Evidence) -> Vec<Violation> {
    let entries = evidence.entries().iter();
    let panics = entries.filter_map(|entry| match &entry.fact {
        Fact::Broke { message } | Fact::Panicked { message, .. } => Some(Violation {
            kind: Kind::Panicked,
            turn: entry.turn,
            message: format!("a monitor panicked: {}", one_line(message, 200)),
        }),
        _ => None,
    });
    panics.collect()
}

/// The monitors of a run.
fn all(evidence: &Evidence) -> Vec<Monitor> {
    monitors(evidence.made())
}

/// How a monitor is called.
fn name(of: usize, monitor: usize) -> String {
    match of {
        1 => "the monitor".to_owned(),
        _ => format!("monitor {}", monitor + 1),
    }
}

/// Reports that are not true of the stalls there were. They are believed to be up to date
/// when the loop has rested for a while.
fn readings(evidence: &Evidence) -> Vec<Violation> {
    let all = all(evidence);
    let longest_every = all.iter().map(|it| it.every).max().unwrap_or(0);
    // Blocks between which no task ran are one stall.
    let mut stalls: Vec<u64> = Vec::new();
    // How many there were before each monitor was started.
    let mut before = vec![0; all.len()];
    let mut is_running = false;
    let mut rested: u64 = 0;
    let mut violations = Vec::new();
    for entry in evidence.entries() {
        match &entry.fact {
            // Time did not stop at every timer: what was measured then is nobody's fault.
            Fact::Settled { polls, idle, .. } if !idle || *polls >= SPINNING => break,
            Fact::Blocked { micros } => {
                match stalls.last_mut() {
                    Some(stall) if is_running => *stall = stall.saturating_add(*micros),
                    _ => stalls.push(*micros),
                }
                let turn = evidence.turns().get(entry.turn);
                is_running = turn.is_some_and(|turn| turn.settle == Settle::Polls(0));
                rested = 0;
            }
            Fact::Passed { micros } => rested = rested.saturating_add(*micros),
            Fact::Started { request, .. } if starts_again(evidence, *request) => {
                if let Some(before) = place_of(evidence, *request).and_then(|it| before.get_mut(it))
                {
                    *before = stalls.len();
                }
            }
            Fact::Settled { fully: true, .. } => is_running = false,
            Fact::Seen { look, value } if !is_running && rested >= 2 * longest_every => {
                let (Some(monitor), Some(reading)) = (all.get(*look), Reading::seen(value)) else {
                    continue;
                };
                let name = name(all.len(), *look);
                let wrong = wrong(*monitor, reading, &stalls[before[*look]..]);
                violations.extend(wrong.into_iter().map(|(kind, message)| Violation {
                    kind,
                    turn: entry.turn,
                    message: format!("{name} {message}"),
                }));
            }
            _ => {}
        }
    }
    violations
}

/// The place of the monitor that a request is about.
fn place_of(evidence: &Evidence, request: u32) -> Option<usize> {
    let monitor = evidence.request(request)?.key as usize;
    monitor.checked_sub(1)
}

/// Monitors that are there and show no report.
fn unread(evidence: &Evidence) -> Option<Violation> {
    let all = all(evidence).len();
    let mut dropped = vec![false; all];
    for entry in evidence.entries() {
        match &entry.fact {
            Fact::Started { request, .. } => {
                let place = place_of(evidence, *request);
                if let Some(dropped) = place.and_then(|it| dropped.get_mut(it)) {
                    *dropped = !starts_again(evidence, *request);
                }
            }
            Fact::Discarded => return None,
            Fact::Seen { look, value }
                if dropped.get(*look) == Some(&false) && Reading::seen(value).is_none() =>
            {
                return Some(Violation {
                    kind: Kind::Garbled,
                    turn: entry.turn,
                    message: format!("{} shows no report", name(all, *look)),
                });
            }
            _ => {}
        }
    }
    None
}

/// A task that is ready however often it is polled.
fn spins(evidence: &Evidence) -> Option<Violation> {
    let mut entries = evidence.entries().iter();
    entries.find_map(|entry| match entry.fact {
        Fact::Settled {
            idle: false,
            fully: true,
            polls,
            ..
        } => Some(Violation {
            kind: Kind::Polling,
            turn: entry.turn,
            message: format!("after {polls} polls a task still asks to be polled again"),
        }),
        _ => None,
    })
}

/// What is wrong with a report, given the stalls there were.
fn wrong(monitor: Monitor, reading: Reading, stalls: &[u64]) -> Vec<(Kind, String)> {
    let Monitor { every, threshold } = monitor;
    let longest = stalls.iter().max().copied().unwrap_or(0);
    let mut wrong = Vec::new();
    if reading.longest.abs_diff(longest) > every + ROUNDING {
        let was = match longest {
            0 => "there was none".to_owned(),
            longest => format!("the longest one was {}", duration(longest)),
        };
        let message = format!(
            "reports {} as its longest stall, and {was}: that is more than `every`, {}, apart",
            duration(reading.longest),
            duration(every)
        );
        wrong.push((Kind::WrongTime, message));
    }
    let must = |stall: &&u64| **stall > threshold + every + ROUNDING;
    let may = |stall: &&u64| stall.saturating_add(every + ROUNDING) >= threshold;
    let (least, most) = (
        stalls.iter().filter(must).count() as u64,
        stalls.iter().filter(may).count() as u64,
    );
    if !(least..=most).contains(&reading.stalls) {
        let was = match (least, most) {
            (1, 1) => "there was 1".to_owned(),
            (least, most) if least == most => format!("there were {most}"),
            (least, most) => format!("there were {least} to {most}"),
        };
        let message = format!(
            "counts {}, and {was} above the `threshold` of {}",
            count(reading.stalls as usize, "stall", "stalls"),
            duration(threshold)
        );
        wrong.push((Kind::WrongCount, message));
    }
    wrong
}

/// What the looks of all monitors cost since the loop was blocked last, or since the
/// beginning.
struct Span {
    /// What has gone by since then.
    time: u64,
    /// Polls of the monitors.
    looks: u64,
    /// Looks with which those may end that were dropped.
    besides: u64,
    is_after_stall: bool,
}

/// Looks that cost more than they may, or that a dropped monitor still makes.
fn looks(evidence: &Evidence) -> Option<Violation> {
    let all = all(evidence);
    let mut alive: Vec<bool> = vec![true; all.len()];
    let start = |is_after_stall| Span {
        time: 0,
        looks: 0,
        besides: 0,
        is_after_stall,
    };
    let mut span = start(false);
    // The grader's own tasks that block the loop and have not been polled.
    let mut blocking = 0;
    let mut is_dropped = false;
    let longest_every = all.iter().map(|it| it.every).max().unwrap_or(0);
    for entry in evidence.entries() {
        let living = || all.iter().zip(&alive).filter(|(_, alive)| **alive);
        match &entry.fact {
            Fact::Blocked { .. } => {
                blocking += 1;
                // What follows may be what those make of it that are there.
                is_dropped &= living().next().is_none();
                span = start(true);
            }
            Fact::Passed { micros } => {
                if is_dropped && span.time >= longest_every + ROUNDING {
                    // What was dropped has ended by now.
                    span = start(span.is_after_stall);
                }
                span.time = span.time.saturating_add(*micros);
            }
            Fact::Started { request, .. } if starts_again(evidence, *request) => {
                let place = place_of(evidence, *request);
                if let Some(alive) = place.and_then(|it| alive.get_mut(it)) {
                    *alive = true;
                }
                span = start(false);
                is_dropped = false;
            }
            Fact::Discarded | Fact::Started { .. } => {
                let dropped = match entry.fact {
                    Fact::Started { request, .. } => {
                        let place = place_of(evidence, request).unwrap_or(all.len());
                        place..place + 1
                    }
                    _ => 0..all.len(),
                };
                span = start(span.is_after_stall);
                for alive in alive.iter_mut().take(dropped.end).skip(dropped.start) {
                    span.besides += BESIDES * u64::from(*alive);
                    *alive = false;
                }
                is_dropped = true;
            }
            Fact::Settled {
                polls, of_calls, ..
            } => {
                let others = polls.saturating_sub(*of_calls);
                let own = blocking.min(others);
                blocking -= own;
                span.looks += u64::from(others - own);
                let enough =
                    allowed(living().map(|(it, _)| it), span.time).saturating_add(span.besides);
                if span.looks <= enough {
                    continue;
                }
                let time = duration(span.time);
                let times = count(span.looks as usize, "time", "times");
                let polled = match all.len() {
                    1 => format!("the monitor's task was polled {times}"),
                    _ => format!("the monitors' tasks were polled {times}"),
                };
                let after = |what: &str| match span.time {
                    0 => format!("right after {what}"),
                    _ => format!("in the {time} after {what}"),
                };
                let (kind, message) = match (is_dropped, span.is_after_stall) {
                    (true, _) => (
                        Kind::GoesOn,
                        format!(
                            "{} {polled}, and {enough} are enough for what is left: its task still runs",
                            after("a monitor was dropped")
                        ),
                    ),
                    (false, true) => (
                        Kind::Burst,
                        format!("{} {polled}, and {enough} are enough", after("a stall")),
                    ),
                    (false, false) => (
                        Kind::Polling,
                        format!("in {time} of an idle loop {polled}, and {enough} are enough"),
                    ),
                };
                return Some(Violation {
                    kind,
                    turn: entry.turn,
                    message,
                });
            }
            _ => {}
        }
    }
    None
}

/// The looks that these monitors may have in so much time.
fn allowed<'m>(monitors: impl Iterator<Item = &'m Monitor>, time: u64) -> u64 {
    let each = monitors.map(|monitor| (time / monitor.every.max(1)).saturating_add(BESIDES));
    each.fold(0, u64::saturating_add)
}
