//! Monitors that measure how long the loop is blocked: the world of `loop_monitor`.
//!
//! They call nothing but a clock, which the grader moves; what they report is looked at
//! after every turn. Its main type is [`Monitor`].

use protocol::{Ending, Value};

use super::{ErrorName, Look, OperationKind, Suspended, World};
use crate::evidence::{Entry, Evidence, Fact, Returned};
use crate::schedule::{Few, Outcome};
use crate::text::count;
use crate::timeline::duration;

/// See the module.
#[derive(Debug)]
pub struct Clock;

const MILLISECOND: u64 = 1_000;

/// What a monitor was started with, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Monitor {
    /// It is to look so often.
    pub every: u64,
    /// A longer stall is to be counted.
    pub threshold: u64,
}

/// What a monitor reported at a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Stalls that it counted.
    pub stalls: u64,
    /// The longest one, in microseconds.
    pub longest: u64,
    /// Calls of its clock's `sleep` that are under way.
    pub sleeps: u64,
}

impl Reading {
    /// What was seen at a look, if it is a report of a monitor that is there.
    pub fn seen(value: &Value) -> Option<Reading> {
        let [stalls, longest, sleeps] = value.list() else {
            return None;
        };
        Some(Reading {
            stalls: stalls.number()?.cast_unsigned(),
            longest: longest.number()?.cast_unsigned(),
            sleeps: sleeps.number()?.cast_unsigned(),
        })
    }

    /// In words: what a monitor reported.
    fn in_words(self) -> String {
        let stalls = count(self.stalls as usize, "stall", "stalls");
        format!("{stalls}, the longest of {}", duration(self.longest))
    }
}

/// The monitors of an instance that is made with these numbers, all of them milliseconds:
/// `every` and `threshold`, and the `every` of a second one, if there is to be one. Its
/// threshold is twice that of the first. If it is 0, the second one is like the first.
pub fn monitors(made: Few) -> Vec<Monitor> {
    let millis = |place| u64::from(made.at(place)) * MILLISECOND;
    let first = Monitor {
        every: millis(0),
        threshold: millis(1),
    };
    let second = Monitor {
        every: millis(2),
        threshold: 2 * millis(1),
    };
    match made.all().len() {
        ..=2 => vec![first],
        _ if second.every == 0 => vec![first; 2],
        _ => vec![first, second],
    }
}

/// Whether a request starts its monitor again. The first about each drops it, the second starts
/// it, and so on.
pub fn starts_again(evidence: &Evidence, request: u32) -> bool {
    let key = evidence.request(request).map(|it| it.key);
    let earlier = evidence
        .requests()
        .take_while(|(number, _)| *number < request);
    earlier.filter(|(_, it)| Some(it.key) == key).count() % 2 == 1
}

impl World for Clock {
    fn name(&self) -> &'static str {
        "clock"
    }

    fn entries(&self) -> &'static [&'static str] {
        &["switch_monitor"]
    }

    fn kinds(&self) -> &'static [OperationKind] {
        &[]
    }

    fn errors(&self) -> &'static [ErrorName] {
        &[]
    }

    fn key_noun(&self) -> &'static str {
        "monitor"
    }

    fn constructor(&self) -> &'static str {
        "LoopMonitor::start"
    }

    /// Only the `every` of a second monitor may be 0.
    fn bounded(&self, numbers: Few) -> Few {
        match numbers.all() {
            [every, threshold, second] => Few::of(&[(*every).max(1), (*threshold).max(1), *second]),
            _ => numbers.map(|number| number.max(1)),
        }
    }

    fn made_with(&self, _: &Evidence, numbers: Few) -> Vec<Value> {
        let monitor = |it: Monitor| Value::List(vec![it.every.into(), it.threshold.into()]);
        let all = monitors(numbers).into_iter().map(monitor);
        vec![Value::List(all.collect())]
    }

    fn arguments(&self, _: &Evidence, _: u32, _: u8, numbers: Few) -> Vec<Value> {
        // Monitors are told, and counted, from 1.
        vec![numbers.at(0).saturating_sub(1).into()]
    }

    fn key_of(&self, _: &Evidence, _: u8, _: &[Value]) -> Option<u32> {
        None
    }

    fn value(&self, _: &Evidence, _: u32, _: Outcome) -> Value {
        Value::Nothing
    }

    fn understand(&self, _: &Evidence, _: u32, ending: &Ending) -> Returned {
        match ending {
            Ending::Ok(value) => Returned::Plain(value.clone()),
            Ending::Error(..) | Ending::Panic => Returned::Invented,
        }
    }

    fn stops_at_timers(&self) -> bool {
        true
    }

    fn looks(&self, _: &Evidence, made: Few) -> Vec<Look> {
        let look = |place: usize| Look {
            entry: "report",
            arguments: vec![(place as u64).into()],
        };
        (0..monitors(made).len()).map(look).collect()
    }

    fn usual_numbers(&self) -> Few {
        Few::of(&[10, 50])
    }

    fn made(&self, numbers: Few) -> String {
        let all = monitors(numbers).into_iter().map(|it| {
            let (every, threshold) = (duration(it.every), duration(it.threshold));
            format!("`every` {every} and `threshold` {threshold}")
        });
        let all: Vec<String> = all.collect();
        match &all[..] {
            [one] => format!("a monitor is started with {one}"),
            all => format!("two monitors are started, with {}", all.join(" and with ")),
        }
    }

    fn asks(&self, evidence: &Evidence, request: u32) -> String {
        let monitor = evidence.request(request).map_or(0, |it| it.key);
        match starts_again(evidence, request) {
            false => format!("drops monitor {monitor}"),
            true => format!("starts monitor {monitor} again"),
        }
    }

    fn about(&self, _: &Evidence, _: u32) -> String {
        String::new()
    }

    fn brings(&self, _: &Evidence, _: u32) -> String {
        String::new()
    }

    fn seen(&self, evidence: &Evidence, look: usize, value: &Value) -> Option<String> {
        let report = Reading::seen(value)?.in_words();
        Some(format!("{} reports {report}", name(evidence, look)))
    }

    /// A monitor looks at the clock in polls of its own.
    fn shows_something(&self, evidence: &Evidence) -> bool {
        let is_own = |entry: &Entry| match entry.fact {
            Fact::Settled {
                polls, of_calls, ..
            } => polls > of_calls,
            _ => false,
        };
        let blocks = |entry: &Entry| matches!(entry.fact, Fact::Blocked { .. });
        let entries = evidence.entries();
        !entries.iter().any(blocks) && entries.iter().any(is_own)
    }

    fn showed_nothing(&self) -> String {
        "no monitor was ever polled".to_owned()
    }

    fn returned(&self, _: &Returned) -> String {
        "when that is done".to_owned()
    }

    fn awaits(&self) -> &'static [&'static str] {
        &["sleep"]
    }

    /// The task of a monitor whose clock said so at the last look.
    fn suspended(&self, evidence: &Evidence) -> Vec<Suspended> {
        let now = evidence.turns().len().checked_sub(1);
        let readings = last_readings(evidence).into_iter();
        let asleep = readings.filter(|(_, turn, it)| Some(*turn) == now && it.sleeps > 0);
        let of_its_own = |_| Suspended {
            request: None,
            at: 0,
        };
        asleep.map(of_its_own).take(1).collect()
    }

    /// The last report of each monitor.
    fn state(&self, evidence: &Evidence) -> Vec<String> {
        let readings = last_readings(evidence).into_iter();
        let reports =
            readings.map(|(look, _, it)| format!("{}: {}", name(evidence, look), it.in_words()));
        reports.collect()
    }
}

/// What a monitor is called.
fn name(evidence: &Evidence, look: usize) -> String {
    match monitors(evidence.made()).len() {
        1 => "the monitor".to_owned(),
        _ => format!("monitor {}", look + 1),
    }
}

/// The last report of each monitor, with the look and the turn in which it was seen.
fn last_readings(evidence: &Evidence) -> Vec<(usize, usize, Reading)> {
    let last = |monitor| {
        let mut entries = evidence.entries().iter().rev();
        let (turn, value) = entries.find_map(|entry| match &entry.fact {
            Fact::Seen { look, value } if *look == monitor => Some((entry.turn, value)),
            _ => None,
        })?;
        Some((monitor, turn, Reading::seen(value)?))
    };
    let monitors = 0..monitors(evidence.made()).len();
    monitors.filter_map(last).collect()
}

#[cfg(test)]
mod tests {
    use protocol::Event;

    use super::*;
    use crate::schedule::{Action, Turn};

    #[test]
    fn a_report_is_three_numbers_and_nothing_else() {
        let report = |values: &[u64]| {
            let values = values.iter().copied().map(Value::from);
            Reading::seen(&Value::List(values.collect()))
        };
        let reading = Reading {
            stalls: 1,
            longest: 80_000,
            sleeps: 1,
        };
        assert_eq!(report(&[1, 80_000, 1]), Some(reading));
        assert_eq!(report(&[1, 80_000]), None);
        assert_eq!(Reading::seen(&Value::Nothing), None);
    }

    #[test]
    fn a_task_is_suspended_at_a_sleep_if_the_last_look_saw_one_under_way() {
        let mut evidence = Evidence::new(&Clock, 0, 7);
        let mut look = |value| {
            evidence.begin(Turn::full(Action::Wait));
            evidence.saw(&[Event::Seen { value }]).unwrap();
            Clock.suspended(&evidence)
        };
        let report = |sleeps: u64| Value::List([0, 0, sleeps].map(Value::from).to_vec());
        let of_its_own = Suspended {
            request: None,
            at: 0,
        };
        assert_eq!(look(report(1)), [of_its_own]);
        assert_eq!(look(report(0)), []);
        assert_eq!(look(report(1)), [of_its_own]);
        assert_eq!(look(Value::Nothing), [], "it was dropped");
    }

    #[test]
    fn a_third_number_starts_a_second_monitor() {
        assert_eq!(monitors(Few::of(&[10, 50])).len(), 1);
        let second = monitors(Few::of(&[10, 50, 35]))[1];
        assert_eq!((second.every, second.threshold), (35_000, 100_000));
    }
}
