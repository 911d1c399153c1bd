//! What counts of what somebody reached: deadlines, what lateness costs, extensions, what
//! is excused, and how much each drill weighs. A teacher writes it into a `class.toml`.
//!
//! Its main types are [`Policy`], and [`Counted`], what it makes of one submission. No
//! verdict depends on it: the same records can be counted in another way at any time.

mod reading;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use toml::value::{Datetime, Offset};

use super::class::Line;
use super::student::{Identity, Student, folded};
use crate::class::date::{offset, seconds};

pub use reading::PolicyError;

const DAY: i64 = 86_400;

/// What a `class.toml` says. The default counts everything as it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// When every drill is due that says nothing of its own.
    due: Option<Datetime>,
    /// The time zone of all times that do not say theirs: `+01:00`.
    offset: Option<String>,
    /// What lateness costs; without it, nothing.
    late: Option<Late>,
    #[serde(default)]
    drills: BTreeMap<String, DrillPolicy>,
    /// By name, id or address.
    #[serde(default)]
    students: BTreeMap<String, StudentPolicy>,
    /// Whom each of these texts stands for, once it is known who there is.
    #[serde(skip)]
    meant: Option<BTreeMap<String, Meant>>,
}

/// Whom a text of a `class.toml` stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Meant {
    One(Identity),
    Several,
    Nobody,
}

/// What lateness costs.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Late {
    /// Of the points reached, for each day that was begun.
    percent_per_day: u32,
    /// The most that is taken off.
    #[serde(default = "all")]
    at_most_percent: u32,
    /// After so many days nothing counts.
    days: Option<u32>,
    /// So much is not late yet.
    #[serde(default)]
    grace_minutes: u32,
}

fn all() -> u32 {
    100
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DrillPolicy {
    due: Option<Datetime>,
    weight: Option<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct StudentPolicy {
    extra_days: Option<ExtraDays>,
    #[serde(default)]
    excused: BTreeSet<String>,
}

/// For every drill, or for each that is named.
#[derive(Clone, Debug)]
enum ExtraDays {
    Every(u32),
    Each(BTreeMap<String, u32>),
}

/// Points to a tenth: `72.7` is not `72`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Points(u64);

impl Points {
    /// Whole points.
    pub fn whole(points: u32) -> Points {
        Points(u64::from(points) * 10)
    }

    /// So many times as much.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "points are few, and no weight is below nothing"
    )]
    fn times(self, weight: f64) -> Points {
        Points((self.0 as f64 * weight).round() as u64)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{}", self.0 / 10),
            tenth => write!(f, "{}.{tenth}", self.0 / 10),
        }
    }
}

impl std::iter::Sum for Points {
    fn sum<I: Iterator<Item = Points>>(all: I) -> Points {
        Points(all.map(|points| points.0).sum())
    }
}

/// What counts of one submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The points.
    pub points: Points,
    /// Days that it was late, begun ones included, extensions taken off.
    pub days: u32,
    /// What lateness took off.
    pub percent: u32,
}

impl Counted {
    /// What is said of it where it is late.
    pub fn lateness(&self) -> Option<String> {
        let days = match self.days {
            0 => return None,
            1 => "1 day late".to_owned(),
            days => format!("{days} days late"),
        };
        Some(match self.percent {
            0 => days,
            percent => format!("{days}, {percent} % off"),
        })
    }
}

impl Policy {
    /// What counts of a submission for `drill`.
    pub fn counted(&self, drill: &str, line: &Line) -> Counted {
        let days = self.days_late(drill, line);
        let percent = match self.late {
            None => 0,
            Some(Late {
                days: Some(most), ..
            }) if days > most => 100,
            Some(late) => days
                .saturating_mul(late.percent_per_day)
                .min(late.at_most_percent),
        };
        // In hundredths of a point, then rounded to the nearest tenth.
        let hundredths = u64::from(line.score) * u64::from(100 - percent);
        Counted {
            points: Points((hundredths + 5) / 10),
            days,
            percent,
        }
    }

    /// Days that it was late. Of what a system only calls late, that is one.
    fn days_late(&self, drill: &str, line: &Line) -> u32 {
        let extra = self.extra_days(drill, &line.student);
        let due = self.due(drill);
        let at = line.at.as_deref().and_then(|at| self.moment(at, due));
        let Some((at, due)) = at.zip(due.and_then(|due| self.moment_of(due))) else {
            return u32::from(line.late).saturating_sub(extra);
        };
        let grace = self
            .late
            .map_or(0, |late| i64::from(late.grace_minutes) * 60);
        let after = at - due - i64::from(extra) * DAY;
        match after > grace {
            true => u32::try_from((after + DAY - 1) / DAY).unwrap_or(u32::MAX),
            false => 0,
        }
    }

    /// What one drill's points are multiplied with.
    fn weight(&self, drill: &str) -> f64 {
        let weight = self.drills.get(drill).and_then(|it| it.weight);
        weight.unwrap_or(1.0)
    }

    /// A drill's points as they count in a sum.
    pub fn weighed(&self, drill: &str, points: Points) -> Points {
        points.times(self.weight(drill))
    }

    /// Whether a student need not hand it in.
    pub fn excuses(&self, drill: &str, student: &Student) -> bool {
        let mut said = self.said_of(student);
        said.any(|it| it.excused.contains(drill))
    }

    /// The same, where these are all students there are: each text stands for one of them, for
    /// nobody, or for several, and then it counts for none. Whose id it is comes before whose
    /// address it is, and the name comes last: many systems let students choose it.
    #[must_use]
    pub fn among(mut self, students: &[&Student]) -> Policy {
        let keys = self.students.keys();
        let meant = keys.map(|key| (key.clone(), meant(key, students)));
        self.meant = Some(meant.collect());
        self
    }

    /// Those it names who are not there.
    pub fn unknown(&self) -> Vec<&str> {
        self.texts(&Meant::Nobody)
    }

    /// The texts that stand for several.
    pub fn ambiguous(&self) -> Vec<&str> {
        self.texts(&Meant::Several)
    }

    fn texts(&self, wanted: &Meant) -> Vec<&str> {
        let all = self.meant.iter().flatten();
        all.filter(|(_, meant)| *meant == wanted)
            .map(|(text, _)| text.as_str())
            .collect()
    }

    /// Whether it counts as in time because it is not known when it was handed in.
    pub fn is_undated(&self, drill: &str, line: &Line) -> bool {
        let Some(due) = self.due(drill).filter(|_| !line.late) else {
            return false;
        };
        let at = line.at.as_deref();
        at.and_then(|at| self.moment(at, Some(due))).is_none()
    }

    fn due(&self, drill: &str) -> Option<&Datetime> {
        let own = self.drills.get(drill).and_then(|it| it.due.as_ref());
        own.or(self.due.as_ref())
    }

    fn moment_of(&self, due: &Datetime) -> Option<i64> {
        self.moment(&due.to_string(), None)
    }

    /// A moment in seconds since 1970. Where a text does not say its time zone, it is that of
    /// the deadline it is compared with: a term has summer time and winter time.
    fn moment(&self, text: &str, beside: Option<&Datetime>) -> Option<i64> {
        let of_due = beside.and_then(|due| match due.offset? {
            Offset::Z => Some(0),
            Offset::Custom { minutes } => Some(i64::from(minutes) * 60),
        });
        let of_file = || self.offset.as_deref().and_then(offset);
        seconds(text, of_due.or_else(of_file).unwrap_or(0))
    }

    fn extra_days(&self, drill: &str, student: &Student) -> u32 {
        let days = self.said_of(student).filter_map(|it| match &it.extra_days {
            Some(ExtraDays::Every(days)) => Some(*days),
            Some(ExtraDays::Each(days)) => days.get(drill).copied(),
            None => None,
        });
        days.max().unwrap_or(0)
    }

    fn said_of(&self, student: &Student) -> impl Iterator<Item = &StudentPolicy> {
        let is_meant = move |key: &str| match &self.meant {
            Some(all) => all.get(key) == Some(&Meant::One(student.identity())),
            None => matches!(meant(key, &[student]), Meant::One(_)),
        };
        let all = self.students.iter();
        all.filter(move |(key, _)| is_meant(key))
            .map(|(_, said)| said)
    }
}

/// Whom of these a text stands for.
fn meant(key: &str, students: &[&Student]) -> Meant {
    let is_alike = |it: Option<&str>| it.is_some_and(|it| folded(it) == folded(key));
    let ways: [&dyn Fn(&Student) -> bool; 4] = [
        &|it| it.id() == Some(key),
        &|it| it.number() == Some(key),
        &|it| is_alike(it.email()),
        &|it| is_alike(Some(it.name())),
    ];
    for is_it in ways {
        let of_it = students.iter().filter(|student| is_it(student));
        let mut found: BTreeSet<Identity> = of_it.map(|student| student.identity()).collect();
        match (found.pop_first(), found.is_empty()) {
            (None, _) => {}
            (Some(one), true) => return Meant::One(one),
            (Some(_), false) => return Meant::Several,
        }
    }
    Meant::Nobody
}

#[cfg(test)]
mod tests;
