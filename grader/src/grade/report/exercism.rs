//! Exercism's test runner interface, version 3.
//!
//! Its `pass` means that every test passed. So a mastery check that a passing solution
//! does not reach is reported in another test's output, and not as a test of its own.

use std::io::{self, Write};

use serde::Serialize;

use super::json::escaped;
use super::{Report, words};
use crate::grade::verdict::{CheckResult, CheckStatus, Verdict};
use play::text::excerpt;

/// Exercism's limit for an output, in characters.
const LONGEST_OUTPUT: usize = 500;

/// The longest message, in bytes.
const LONGEST_MESSAGE: usize = 16 << 10;

/// Writes one file for all verdicts.
#[derive(Debug)]
pub struct Exercism;

#[derive(Serialize)]
struct Results {
    version: u32,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<String>,
}

impl Report for Exercism {
    fn all(&self, verdicts: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{}",
            escaped(&serde_json::to_string_pretty(&results(verdicts))?)
        )
    }

    fn says_whether_it_failed(&self) -> bool {
        true
    }
}

fn results(verdicts: &[Verdict]) -> Results {
    let reasons: Vec<String> = verdicts
        .iter()
        .filter_map(|verdict| {
            let reason = words::reason(verdict, LONGEST_MESSAGE)?;
            Some(format!("{}: {reason}", words::summary(verdict)))
        })
        .collect();
    if !reasons.is_empty() {
        return Results {
            version: 3,
            status: "error",
            message: Some(excerpt(&reasons.join("\n\n"), LONGEST_MESSAGE)),
            tests: Vec::new(),
        };
    }
    let passed = verdicts.iter().all(Verdict::passed);
    Results {
        version: 3,
        status: if passed { "pass" } else { "fail" },
        message: None,
        tests: verdicts
            .iter()
            .flat_map(|verdict| tests(verdicts, verdict))
            .collect(),
    }
}

fn tests(verdicts: &[Verdict], verdict: &Verdict) -> Vec<Test> {
    let prefix = words::prefix(verdicts, verdict);
    let missed = |check: &&CheckResult| !check.required && check.status != CheckStatus::Passed;
    let mut tests: Vec<Test> = verdict
        .checks
        .iter()
        .filter(|check| !missed(check))
        .map(|check| Test {
            name: format!("{prefix}{}", words::title(check)),
            status: match check.status {
                CheckStatus::Passed => "pass",
                CheckStatus::Failed => "fail",
                CheckStatus::Skipped => "error",
            },
            message: match check.status {
                CheckStatus::Passed => None,
                _ => Some(words::of_check(&verdict.drill, check, LONGEST_MESSAGE)),
            },
            output: None,
        })
        .collect();
    if !words::a_check_tells(verdict) || tests.is_empty() {
        // The failure is hidden or belongs to no check, and is reported all the
        // same.
        let passed = verdict.passed();
        tests.push(Test {
            name: format!("{prefix}the whole run"),
            status: if passed { "pass" } else { "fail" },
            message: (!passed).then(|| words::summary(verdict)),
            output: None,
        });
    }
    let notes: Vec<String> = verdict
        .checks
        .iter()
        .filter(missed)
        .map(|check| format!("not reached: {}", words::title(check)))
        .chain(Some(play::text::printable(verdict.output.trim_end())))
        .filter(|note| !note.is_empty())
        .collect();
    if let (Some(first), false) = (tests.first_mut(), notes.is_empty()) {
        first.output = Some(characters(&notes.join("\n"), LONGEST_OUTPUT));
    }
    tests
}

/// At most this many characters; the last one marks a cut.
fn characters(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit - 1).chain(Some('…')).collect()
}
