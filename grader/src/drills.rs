//! The hidden tests: one file per drill, named by its slug.
//!
//! A drill knows its checks, its rules and which schedules to play. Nothing in
//! here knows about files or processes.

pub mod answering;
mod batch_loader;
mod cache_race;
pub mod common;
mod connection_pool;
mod give_way;
mod history;
mod in_order;
mod inflight_fix;
mod leaving;
mod line;
mod loop_monitor;
mod lost_update;
mod offload;
mod schedules;
mod taken;
mod three;
mod transfer;
pub mod user_cache;
mod warm;
mod woken;

use std::borrow::Cow;

use crate::course::language::Language;
use crate::drive::interpreter;
use crate::exam::Exam;
use play::check::Check;
use play::judge::Rules;
use play::world::World;

/// A drill with hidden tests.
pub trait Drill: Sync {
    /// The drill's name everywhere.
    fn slug(&self) -> &'static str;

    /// The Rust source of the few lines that call the submission: what a crate
    /// must offer to be linked with the puppet.
    fn contract(&self) -> &'static str;

    /// What belongs to the drill in an interpreted language, if there is one for it.
    fn spoken(&self, _: Language) -> Option<Spoken> {
        None
    }

    /// Those of its checks that are only about dropped callers: they are not there in a
    /// language without any.
    fn about_drops(&self) -> &'static [&'static str] {
        &[]
    }

    /// What a submission is called with, and what it calls.
    fn world(&self) -> &'static dyn World;

    /// The checks, in the order they are reported. Their points add up to 100.
    fn checks(&self) -> &'static [Check];

    /// Names of the types and methods that do the drill's work for it: a version without
    /// them is written by hand, which a verdict says in a line of its own.
    fn ready_made(&self) -> &'static [&'static str] {
        &[]
    }

    /// Puts a submission through every check.
    fn examine(&self, exam: &mut Exam<'_>);

    /// The rules that judge a schedule that is played again.
    fn rules(&self) -> &'static dyn Rules;
}

/// What belongs to a drill in a language that is not the course's first one.
#[derive(Clone, Copy, Debug)]
pub struct Spoken {
    /// The source of the few lines that call the submission.
    pub contract: &'static str,
    /// The hints of checks whose own hint makes no sense in the language, by their ids.
    pub hints: &'static [(&'static str, &'static str)],
}

/// The hint of a check, in the words of a language.
pub fn hint(drill: &dyn Drill, check: &Check, language: Language) -> String {
    let hints = drill
        .spoken(language)
        .map_or(&[][..], |spoken| spoken.hints);
    let own = hints.iter().find(|(id, _)| *id == check.id);
    own.map_or_else(|| language.says(check.hint), |(_, hint)| (*hint).to_owned())
}

/// Whether a drill can be written in a language.
pub fn is_in(drill: &dyn Drill, language: Language) -> bool {
    language.is_rust() || drill.spoken(language).is_some()
}

/// Whether it can also be graded in that language on this machine.
pub fn gradable_in(drill: &dyn Drill, language: Language) -> bool {
    is_in(drill, language) && interpreter::trouble(language).is_none()
}

/// The checks of a drill in a language. Where some are not there, the others share their
/// points, so that they make 100 all the same.
pub fn checks_in(drill: &dyn Drill, language: Language) -> Cow<'static, [Check]> {
    let absent = drill.about_drops();
    if language.drops() || absent.is_empty() {
        return Cow::Borrowed(drill.checks());
    }
    let is_there = |check: &&Check| !absent.contains(&check.id);
    let mut checks: Vec<Check> = drill.checks().iter().filter(is_there).copied().collect();
    let sum = |checks: &[Check]| checks.iter().map(|check| check.points).sum::<u32>();
    let whole = sum(drill.checks());
    let required: u32 = checks
        .iter()
        .filter(|it| it.required)
        .map(|it| it.points)
        .sum();
    let lost = whole - sum(&checks);
    for check in checks.iter_mut().filter(|check| check.required) {
        check.points += lost * check.points / required;
    }
    // What rounding left goes to the first one, which is the drill's own matter.
    let left = whole - sum(&checks);
    if let Some(first) = checks.iter_mut().find(|check| check.required) {
        first.points += left;
    }
    Cow::Owned(checks)
}

/// Why a submission in this language cannot be graded for `drill`.
pub fn not_in(drill: &dyn Drill, language: Language) -> String {
    let there = ALL.iter().filter(|it| is_in(**it, language));
    let names: Vec<String> = there.map(|it| format!("`{}`", it.slug())).collect();
    format!(
        "drill `{}` is not there in {language}; in {language} there are {}",
        drill.slug(),
        names.join(", ")
    )
}

/// Every drill that can be graded, in the order of the course.
pub const ALL: &[&dyn Drill] = &[
    &cache_race::CacheRace,
    &lost_update::LostUpdate,
    &transfer::Transfers,
    &inflight_fix::InflightFix,
    &offload::Offload,
    &loop_monitor::LoopMonitors,
    &give_way::GiveWay,
    &connection_pool::ConnectionPool,
    &batch_loader::BatchLoader,
    &in_order::InOrder,
];

/// The slugs of all drills.
pub fn slugs() -> Vec<&'static str> {
    ALL.iter().map(|drill| drill.slug()).collect()
}

/// The drill of that name, if it can be graded.
pub fn find(slug: &str) -> Option<&'static dyn Drill> {
    ALL.iter().copied().find(|drill| drill.slug() == slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drill_is_worth_a_hundred_points_and_names_each_check_once() {
        for drill in ALL.iter().copied() {
            let checks = drill.checks();
            assert_eq!(
                checks.iter().map(|check| check.points).sum::<u32>(),
                100,
                "{}",
                drill.slug()
            );
            for language in Language::ALL {
                let sum: u32 = checks_in(drill, language).iter().map(|it| it.points).sum();
                assert_eq!(sum, 100, "{} in {language}", drill.slug());
            }
            for id in drill.about_drops() {
                assert!(checks.iter().any(|it| it.id == *id), "{id}");
            }
            let mut ids: Vec<_> = checks.iter().map(|check| check.id).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), checks.len(), "{}", drill.slug());
        }
    }
}
