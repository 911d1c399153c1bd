//! The key of a verdict: if all parts are the same, so is the verdict.
//!
//! Its main type is [`Key`], made from the [`Terms`] of a batch and a submission's
//! [`Content`].

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::rules::{rules_of, seed_of};
use crate::build::submission::Submission;
use crate::course::Course;
use crate::course::language::Language;
use crate::drills::Drill;
use crate::drive::interpreter::Interpreter;

/// The rules of a drill whose `exercise.toml` cannot be used.
const UNUSABLE: &str = "none";

/// Everything that a verdict depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The drill's slug.
    pub drill: &'static str,
    /// The hash of the submission's Rust files; `None` if they cannot be read.
    pub content: Option<Content>,
    /// The seed.
    pub seed: u64,
    /// See [`Record::rules`](super::Record::rules).
    pub rules: Arc<str>,
}

/// The terms of a whole batch.
#[derive(Clone, Debug)]
pub struct Terms {
    seed: u64,
    rules: BTreeMap<(&'static str, Language), Arc<str>>,
}

impl Terms {
    /// The terms of a batch with this seed, for all of these drills.
    pub fn of(course: &Course, seed: u64, drills: &[&dyn Drill]) -> Terms {
        let each = drills
            .iter()
            .flat_map(|drill| Language::ALL.map(|language| (*drill, language)));
        let rules = each.map(|(drill, language)| {
            let rules = rules_of(course, drill, language);
            // Nothing is graded by it, so that only its own hand-ins are without a verdict.
            let rules = rules.unwrap_or_else(|_| UNUSABLE.to_owned());
            ((drill.slug(), language), rules.into())
        });
        Terms {
            seed,
            rules: rules.collect(),
        }
    }

    /// The key of a submission's verdict.
    pub fn key(&self, drill: &dyn Drill, submission: &Submission) -> Key {
        let key = self.unread(drill, 0);
        Key {
            content: Some(Content::of(submission)),
            seed: seed_of(self.seed, drill.slug(), submission.sha256()),
            rules: self.rules_in(drill, submission.language()),
            ..key
        }
    }

    /// The key for a submission that cannot be read.
    pub fn unread(&self, drill: &dyn Drill, seed: u64) -> Key {
        Key {
            drill: drill.slug(),
            content: None,
            seed,
            rules: self.rules_in(drill, Language::Rust),
        }
    }

    /// What runs the code is one of the rules.
    fn rules_in(&self, drill: &dyn Drill, language: Language) -> Arc<str> {
        let rules = self.rules.get(&(drill.slug(), language));
        let rules = rules.cloned().unwrap_or_default();
        if language.is_rust() {
            return rules;
        }
        match Interpreter::find(language) {
            Ok(found) => format!("{rules} {language} {}", found.version()).into(),
            Err(_) => rules,
        }
    }
}

/// A SHA-256 in half the room of its digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Content([u8; 32]);

impl Content {
    /// The hash of a submission's Rust files.
    pub fn of(submission: &Submission) -> Content {
        let digits = submission.sha256();
        Content(std::array::from_fn(|at| {
            let pair = digits.get(2 * at..2 * at + 2).unwrap_or_default();
            u8::from_str_radix(pair, 16).unwrap_or_default()
        }))
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
