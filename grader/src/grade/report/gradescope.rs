//! Gradescope's `results.json`.
//!
//! A test that is hidden from students would hide their total as well. So tests
//! that they may not see are left out, and the score on top includes them.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::json::escaped;
use super::{Report, words};
use crate::grade::verdict::{CheckStatus, Status, Verdict};

/// The longest output of one test, in bytes.
const LONGEST: usize = 8 << 10;

/// Writes one file for all verdicts: one submission may solve several drills.
#[derive(Debug)]
pub struct Gradescope;

#[derive(Serialize)]
struct Results {
    /// Without it, and without tests, Gradescope shows an error and keeps no score.
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<u32>,
    execution_time: f64,
    output: String,
    output_format: &'static str,
    visibility: &'static str,
    stdout_visibility: &'static str,
    extra_data: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    tests: Option<Vec<Test>>,
}

#[derive(Serialize)]
struct Test {
    score: u32,
    max_score: u32,
    status: &'static str,
    name: String,
    number: String,
    output: String,
    output_format: &'static str,
    tags: [&'static str; 1],
    visibility: &'static str,
}

impl Report for Gradescope {
    fn all(&self, verdicts: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
        // A score without the part that could not be graded would be wrong.
        let graded = verdicts
            .iter()
            .all(|verdict| verdict.status != Status::InfraError);
        let millis: u64 = verdicts
            .iter()
            .map(|verdict| verdict.metrics.compile_ms + verdict.metrics.run_ms)
            .sum();
        let paragraphs: Vec<String> = verdicts
            .iter()
            .map(|verdict| paragraph(verdicts, verdict))
            .collect();
        let results = Results {
            score: graded.then(|| verdicts.iter().map(|verdict| verdict.score).sum()),
            execution_time: std::time::Duration::from_millis(millis).as_secs_f64(),
            output: paragraphs.join("\n\n"),
            output_format: "text",
            visibility: "visible",
            stdout_visibility: "hidden",
            extra_data: json!(verdicts.iter().map(source).collect::<Vec<Value>>()),
            tests: graded.then(|| tests(verdicts)),
        };
        writeln!(out, "{}", escaped(&serde_json::to_string_pretty(&results)?))
    }
}

fn paragraph(verdicts: &[Verdict], verdict: &Verdict) -> String {
    let mut text = format!(
        "{}{}",
        words::prefix(verdicts, verdict),
        words::summary(verdict)
    );
    if let Some(reason) = words::reason(verdict, LONGEST) {
        text.push_str(&format!("\n\n{reason}"));
    }
    let unseen = words::unseen_points(verdict);
    if unseen > 0 {
        text.push_str(&format!(
            "\n{unseen} points are for checks that are not shown"
        ));
    }
    text
}

/// The origin of a verdict.
fn source(verdict: &Verdict) -> Value {
    json!({
        "drill": play::text::one_line(&verdict.drill, 60),
        "sha256": play::text::one_line(&verdict.sha256, 64),
        "grader": play::text::one_line(&verdict.grader, 60),
        "sandbox": verdict.sandbox.name(),
    })
}

fn tests(verdicts: &[Verdict]) -> Vec<Test> {
    let mut tests = Vec::new();
    for (drill, verdict) in (1..).zip(verdicts) {
        for (number, check) in (1..).zip(&verdict.checks) {
            tests.push(Test {
                score: check.points,
                max_score: check.max_points,
                status: match check.status {
                    CheckStatus::Passed => "passed",
                    CheckStatus::Failed | CheckStatus::Skipped => "failed",
                },
                name: format!(
                    "{}{}",
                    words::prefix(verdicts, verdict),
                    words::title(check)
                ),
                number: match verdicts.len() {
                    1 => format!("{number}"),
                    _ => format!("{drill}.{number}"),
                },
                output: words::of_check(&verdict.drill, check, LONGEST),
                output_format: "text",
                tags: [if check.required {
                    "required"
                } else {
                    "mastery"
                }],
                visibility: "visible",
            });
        }
    }
    tests
}
