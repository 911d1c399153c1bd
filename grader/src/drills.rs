//! The hidden tests: one file per drill, named by its slug.
//!
//! A drill knows its checks, its rules and which schedules to play. Nothing in
//! here knows about files or processes.

mod batch_loader;
mod cache_race;
mod common;
mod connection_pool;
mod give_way;
mod in_order;
mod inflight_fix;
mod loop_monitor;
mod lost_update;
mod offload;
mod transfer;
mod user_cache;

use crate::course::language::Language;
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

    /// The same in Python, for a drill that there is in Python.
    fn python(&self) -> Option<Spoken> {
        None
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
    let spoken = match language {
        Language::Rust => None,
        Language::Python => drill.python(),
    };
    let hints = spoken.map_or(&[][..], |spoken| spoken.hints);
    let own = hints.iter().find(|(id, _)| *id == check.id);
    own.map_or_else(|| language.says(check.hint), |(_, hint)| (*hint).to_owned())
}

/// Whether a drill can be written in a language.
pub fn is_in(drill: &dyn Drill, language: Language) -> bool {
    match language {
        Language::Rust => true,
        Language::Python => drill.python().is_some(),
    }
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
pub(crate) mod begun;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drill_is_worth_a_hundred_points_and_names_each_check_once() {
        for drill in ALL.iter().copied().chain(begun::ALL) {
            let checks = drill.checks();
            assert_eq!(
                checks.iter().map(|check| check.points).sum::<u32>(),
                100,
                "{}",
                drill.slug()
            );
            let mut ids: Vec<_> = checks.iter().map(|check| check.id).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), checks.len(), "{}", drill.slug());
        }
    }
}
