//! Each check over a class, and the schedule that most of its failures have in common.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::{Group, Mark, mark};
use crate::class::batch::record::Record;
use crate::grade::verdict::{CheckResult, CheckStatus};
use play::schedule::{Action, FIRST_KEY, ReplayKey};

/// Keys from here on are special: their passwords are empty, odd or long.
const SPECIAL_KEYS: u32 = 4_000;

/// One check over a class.
#[derive(Debug)]
pub(in crate::class::class_report) struct CheckOver {
    /// What it demands; no student's own text.
    pub(in crate::class::class_report) check: CheckResult,
    pub(in crate::class::class_report) passed: usize,
    pub(in crate::class::class_report) failed: usize,
    pub(in crate::class::class_report) skipped: usize,
    /// The submissions that fail it.
    pub(in crate::class::class_report) who: Group,
    pub(in crate::class::class_report) commonest: Option<Commonest>,
}

/// A failure that several share.
#[derive(Clone, Copy, Debug)]
pub(in crate::class::class_report) struct Commonest {
    pub(in crate::class::class_report) count: usize,
    /// The index of the first.
    pub(in crate::class::class_report) first: usize,
}

/// The checks of a drill while they are counted, each with its failures by their form.
#[derive(Default)]
pub(super) struct Counting(Vec<(CheckOver, HashMap<Mark, Commonest>)>);

impl Counting {
    pub(super) fn add(&mut self, place: usize, record: &Record) {
        for check in &record.verdict.checks {
            let (over, failures) = self.of(check);
            match check.status {
                CheckStatus::Passed => over.passed += 1,
                CheckStatus::Skipped => over.skipped += 1,
                CheckStatus::Failed => {
                    over.failed += 1;
                    over.who.add_all(place);
                    let alike = failures.entry(mark(&form(check))).or_insert(Commonest {
                        count: 0,
                        first: place,
                    });
                    alike.count += 1;
                }
            }
        }
    }

    fn of(&mut self, check: &CheckResult) -> &mut (CheckOver, HashMap<Mark, Commonest>) {
        let known = self
            .0
            .iter()
            .position(|(over, _)| over.check.id == check.id);
        let place = known.unwrap_or_else(|| {
            let over = CheckOver {
                check: CheckResult {
                    message: String::new(),
                    hint: String::new(),
                    schedule: None,
                    timeline: Vec::new(),
                    moments: Vec::new(),
                    ..check.clone()
                },
                passed: 0,
                failed: 0,
                skipped: 0,
                who: Group::default(),
                commonest: None,
            };
            self.0.push((over, HashMap::new()));
            self.0.len() - 1
        });
        &mut self.0[place]
    }

    pub(super) fn into_list(self) -> Vec<CheckOver> {
        let most = |(over, failures): (CheckOver, HashMap<Mark, Commonest>)| CheckOver {
            commonest: failures
                .into_values()
                .max_by_key(|it| (it.count, Reverse(it.first))),
            ..over
        };
        self.0.into_iter().map(most).collect()
    }
}

/// The form that two failures of a check share if they are the same mistake.
fn form(check: &CheckResult) -> String {
    match &check.schedule {
        Some(key) => schedule_form(key),
        // Numbers in a message come from the seed.
        None => without_numbers(&check.message),
    }
}

fn without_numbers(text: &str) -> String {
    let digit = |letter: char| letter.is_ascii_digit();
    let mut form = String::new();
    for letter in text.chars() {
        match (digit(letter), form.ends_with('#')) {
            (false, _) => form.push(letter),
            (true, false) => form.push('#'),
            (true, true) => {}
        }
    }
    form
}

/// The turns of a replay key, with its users renumbered in order of appearance. Rows
/// and ids come from the seed.
pub(in crate::class::class_report) fn schedule_form(key: &str) -> String {
    let Ok(mut key) = key.parse::<ReplayKey>() else {
        return key.to_owned();
    };
    let mut keys: Vec<u32> = Vec::new();
    for turn in &mut key.turns {
        if let Action::Start { numbers, .. } = &mut turn.action
            && numbers.at(0) < SPECIAL_KEYS
        {
            let key = numbers.at(0);
            let place = keys.iter().position(|known| *known == key);
            let place = place.unwrap_or_else(|| {
                keys.push(key);
                keys.len() - 1
            });
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            *numbers = numbers.with_first(FIRST_KEY.saturating_add(place));
        }
    }
    let text = key.to_string();
    text.splitn(3, ':').nth(2).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_the_same_for_all_users() {
        assert_eq!(schedule_form("8:cached:q42.q42.x1.q9+2"), "q7.q7.x1.q8+2");
        for (one, other, same) in [
            ("7:cached:q42.q42", "9:cached:q5.q5", true),
            ("7:cached:q42.q42", "7:cached:q42.q43", false),
            ("7:cached:q42.r1", "7:cached:q42.r2", false),
            // A password that is too long is special.
            ("7:own_result:q7.h1", "7:own_result:q10000.h1", false),
            ("no key", "no key", true),
        ] {
            assert_eq!(
                schedule_form(one) == schedule_form(other),
                same,
                "{one} {other}"
            );
        }
    }

    #[test]
    fn without_a_schedule_the_words_count_and_the_numbers_do_not() {
        let of = without_numbers;
        assert_eq!(of("left 12 bytes"), of("left 345 bytes"));
        assert_ne!(of("left 12 bytes"), of("hung"));
    }
}
