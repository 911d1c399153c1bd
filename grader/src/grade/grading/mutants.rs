//! Puts a compiled submission through a drill with one rule switched off. Its main type is
//! [`Examined`]; for the audit only, which asks whether some wrong solution needs each rule.

use std::collections::BTreeSet;

use super::{GradeError, Grader};
use crate::build::compile::Compiled;
use crate::drills::Drill;
use crate::exam::{Exam, Mutant, RulesSeen};
use play::check::CheckStatus;

/// What came of an exam.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The checks that failed.
    pub failed: BTreeSet<&'static str>,
    /// The rules that took part.
    pub rules: RulesSeen,
}

impl Grader {
    /// Puts a submission that was compiled for `drill` through its checks, with a rule
    /// switched off if there is a `mutant`.
    ///
    /// # Errors
    /// When the machine fails.
    pub fn examine_mutant(
        &self,
        drill: &dyn Drill,
        compiled: &Compiled,
        seed: u64,
        mutant: Option<Mutant>,
    ) -> Result<Examined, GradeError> {
        let driver = self.driver(drill, compiled, seed);
        let exam = Exam::new(driver).ending_early(drill.checks());
        let mut exam = exam.without(mutant).until_one_fails(&self.enough);
        exam.put_through(drill.rules(), |exam| drill.examine(exam));
        let rules = exam.rules_seen().clone();
        let (driver, decisions, _) = exam.finish();
        if let Some(error) = driver.broken() {
            let error = std::io::Error::new(error.kind(), error.to_string());
            return Err(GradeError::Machine(error));
        }
        let failed = decisions
            .iter()
            .filter(|(_, decision)| decision.status == CheckStatus::Failed);
        Ok(Examined {
            failed: failed.map(|(check, _)| *check).collect(),
            rules,
        })
    }
}
