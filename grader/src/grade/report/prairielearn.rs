//! PrairieLearn's `results.json`, at most 1 MB.
//!
//! A submission that does not compile, cannot be taken or could not be graded is
//! "not gradable": PrairieLearn then shows the message and counts no attempt.

use std::io::{self, Write};

use serde::Serialize;

use super::{Report, words};
use crate::grade::verdict::{Status, Verdict};

/// PrairieLearn accepts no larger file.
const LARGEST: usize = 1_000_000;

/// Writes one file for all verdicts.
#[derive(Debug)]
pub struct PrairieLearn;

#[derive(Serialize)]
struct Results {
    gradable: bool,
    score: f64,
    message: String,
    output: String,
    tests: Vec<Test>,
}

#[derive(Serialize)]
struct Test {
    name: String,
    description: String,
    points: u32,
    max_points: u32,
    message: String,
    output: String,
}

impl Report for PrairieLearn {
    fn all(&self, verdicts: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
        // As much text as fits; the points always do.
        let mut longest = 8 << 10;
        let mut text = serde_json::to_vec_pretty(&results(verdicts, longest))?;
        while text.len() >= LARGEST && longest > 0 {
            longest /= 4;
            text = serde_json::to_vec_pretty(&results(verdicts, longest))?;
        }
        out.write_all(&text)?;
        writeln!(out)
    }
}

fn results(verdicts: &[Verdict], longest: usize) -> Results {
    let sum =
        |points: fn(&Verdict) -> u32| -> f64 { verdicts.iter().map(points).map(f64::from).sum() };
    let most = sum(|verdict| verdict.max_score).max(1.0);
    let gradable = |verdict: &Verdict| {
        !matches!(
            verdict.status,
            Status::CompileError | Status::Rejected | Status::InfraError
        )
    };
    let lines = |text: &dyn Fn(&Verdict) -> Option<String>| -> String {
        let texts: Vec<String> = verdicts.iter().filter_map(text).collect();
        texts.join("\n")
    };
    let mut tests = Vec::new();
    for verdict in verdicts {
        for check in &verdict.checks {
            tests.push(Test {
                name: format!(
                    "{}{}",
                    words::prefix(verdicts, verdict),
                    words::title(check)
                ),
                description: play::text::one_line(&check.id, 60),
                points: check.points,
                max_points: check.max_points,
                message: match check.status {
                    play::check::CheckStatus::Passed => String::new(),
                    _ => play::text::excerpt(&words::message(check), longest),
                },
                output: words::of_check(&verdict.drill, check, longest),
            });
        }
    }
    Results {
        gradable: verdicts.iter().all(gradable),
        score: sum(|verdict| verdict.score) / most,
        message: lines(&|verdict| {
            Some(format!(
                "{}{}",
                words::prefix(verdicts, verdict),
                words::summary(verdict)
            ))
        }),
        output: lines(&|verdict| words::reason(verdict, longest)),
        tests,
    }
}
