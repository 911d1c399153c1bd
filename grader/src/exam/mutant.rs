//! A mutant of a drill: the drill with one rule switched off. Some wrong solution must then
//! go uncaught, or nothing shows that the rule works.
//!
//! Its main type is [`Mutant`]. It only ever makes an exam more lenient, and no grading of a
//! learner's code uses it.

use std::collections::BTreeSet;
use std::fmt;

use super::{Exam, Findings};
use play::check::{CheckStatus, Decision};
use play::judge::Kind;

/// The rule that is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mutant {
    /// This check passes, whatever was found.
    Check(&'static str),
    /// Violations of this kind are not found.
    Kind(Kind),
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mutant::Check(check) => write!(f, "check `{check}`"),
            Mutant::Kind(kind) => write!(f, "kind `{kind:?}`"),
        }
    }
}

/// The rules that took part in an exam.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The kinds of violation that some check names.
    pub named: BTreeSet<Kind>,
    /// The kinds of violation that were found.
    pub found: BTreeSet<Kind>,
}

impl Exam<'_> {
    /// The same exam with a rule switched off.
    #[must_use]
    pub fn without(mut self, mutant: Option<Mutant>) -> Self {
        self.mutant = mutant;
        self
    }

    /// The rules that have taken part so far.
    pub fn rules_seen(&self) -> &Rules {
        &self.rules_seen
    }

    pub(super) fn switch_off(&self, findings: &mut Findings) {
        if let Some(Mutant::Kind(kind)) = self.mutant {
            findings.by_kind.remove(&kind);
        }
    }

    pub(super) fn unless_switched_off(&self, check: &str, decision: Decision) -> Decision {
        match self.mutant {
            Some(Mutant::Check(off)) if off == check => Decision {
                status: CheckStatus::Passed,
                message: String::new(),
                schedule: None,
                timeline: Vec::new(),
                hint: None,
            },
            _ => decision,
        }
    }
}
