//! Verdicts in which nothing has been judged: to be filled, or because there is nothing to
//! judge.

use std::path::Path;

use crate::course::language::Language;
use crate::drills::{self, Drill};
use crate::drive::sandbox::Tier;
use crate::grade::verdict::{CheckResult, CheckStatus, Metrics, SCHEMA, Status, Verdict};

use super::GradeError;

fn blank(drill: &dyn Drill, path: &Path, seed: u64) -> Verdict {
    let language = Language::of_file(&path.to_string_lossy());
    blank_in(drill, path, seed, language)
}

/// A verdict in which nothing has been judged yet: missing evidence is not a pass.
pub(super) fn blank_in(drill: &dyn Drill, path: &Path, seed: u64, language: Language) -> Verdict {
    let check = |check: &play::check::Check| CheckResult {
        id: check.id.to_owned(),
        title: language.says(check.title),
        required: check.required,
        status: CheckStatus::Skipped,
        points: 0,
        max_points: check.points,
        message: "not judged".to_owned(),
        hint: String::new(),
        schedule: None,
        timeline: Vec::new(),
        moments: Vec::new(),
    };
    Verdict {
        schema: SCHEMA,
        drill: drill.slug().to_owned(),
        submission: path.display().to_string(),
        language,
        sha256: String::new(),
        status: Status::Failed,
        score: 0,
        max_score: drill.checks().iter().map(|check| check.points).sum(),
        seed,
        grader: env!("CARGO_PKG_VERSION").to_owned(),
        sandbox: Tier::None,
        checks: drills::checks_in(drill, language)
            .iter()
            .map(check)
            .collect(),
        metrics: Metrics::default(),
        diagnostics: String::new(),
        output: String::new(),
    }
}

/// The verdict on a submission that cannot be taken.
pub fn rejected(drill: &dyn Drill, path: &Path, seed: u64, why: String) -> Verdict {
    let mut verdict = blank(drill, path, seed);
    verdict.status = Status::Rejected;
    verdict.diagnostics = why;
    verdict
}

/// The verdict on a submission that could not be graded; it says nothing about the submission.
pub fn not_graded(drill: &dyn Drill, path: &Path, seed: u64, why: &GradeError) -> Verdict {
    let mut verdict = blank(drill, path, seed);
    verdict.status = Status::InfraError;
    verdict.diagnostics = why.to_string();
    verdict
}
