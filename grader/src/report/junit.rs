//! JUnit's XML: a suite for each verdict, a case for each check.
//!
//! A mastery check that was not reached is "skipped", because it fails nothing;
//! what could not be graded is an "error", which is nobody's failure.

use std::io::{self, Write};

use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::Writer;

use super::{Report, words};
use crate::text::one_line;
use crate::verdict::{CheckResult, CheckStatus, Status, Verdict};

/// The longest text of one case, in bytes.
const LONGEST: usize = 16 << 10;

/// Writes one document for all verdicts.
#[derive(Debug)]
pub struct Junit;

/// One case: its name, and what there is to say of it.
struct Case {
    name: String,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Failed { message: String, text: String },
    Error { message: String, text: String },
    Skipped { message: String },
}

impl Report for Junit {
    fn all(&self, verdicts: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
        let suites: Vec<(&Verdict, Vec<Case>)> = verdicts
            .iter()
            .map(|verdict| (verdict, cases(verdict)))
            .collect();
        let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let all = || suites.iter().flat_map(|(_, cases)| cases);
        let suites_tag = counted(xml.create_element("testsuites"), all);
        suites_tag
            .with_attribute(("name", "grader"))
            .write_inner_content(|xml| {
                suites
                    .iter()
                    .try_for_each(|(verdict, cases)| suite(xml, verdict, cases))
            })?;
        writeln!(out)
    }
}

fn counted<'a, 'w, W: Write, I: Iterator<Item = &'a Case>>(
    tag: quick_xml::writer::ElementWriter<'w, W>,
    cases: impl Fn() -> I,
) -> quick_xml::writer::ElementWriter<'w, W> {
    let count = |which: fn(&Outcome) -> bool| {
        let count = cases().filter(|case| which(&case.outcome)).count();
        count.to_string()
    };
    let numbers = [
        ("tests", count(|_| true)),
        (
            "failures",
            count(|outcome| matches!(outcome, Outcome::Failed { .. })),
        ),
        (
            "errors",
            count(|outcome| matches!(outcome, Outcome::Error { .. })),
        ),
        (
            "skipped",
            count(|outcome| matches!(outcome, Outcome::Skipped { .. })),
        ),
    ];
    let numbers: Vec<(&str, &str)> = numbers
        .iter()
        .map(|(name, number)| (*name, &**number))
        .collect();
    tag.with_attributes(numbers)
}

fn suite<W: Write>(xml: &mut Writer<W>, verdict: &Verdict, cases: &[Case]) -> io::Result<()> {
    let drill = characters(&one_line(&verdict.drill, 60));
    let submission = characters(&one_line(&verdict.submission, 200));
    let name = format!("{drill} {submission}");
    let millis = verdict.metrics.compile_ms + verdict.metrics.run_ms;
    let seconds = std::time::Duration::from_millis(millis).as_secs_f64();
    counted(xml.create_element("testsuite"), || cases.iter())
        .with_attribute(("name", &*name))
        .with_attribute(("time", &*format!("{seconds:.3}")))
        .write_inner_content(|xml| {
            for case in cases {
                let class = format!("{drill}.{submission}");
                let name = characters(&case.name);
                let tag = xml
                    .create_element("testcase")
                    .with_attribute(("classname", &*class))
                    .with_attribute(("name", &*name));
                outcome(tag, &case.outcome)?;
            }
            if verdict.output.trim().is_empty() {
                return Ok(());
            }
            let text = crate::text::excerpt(&crate::text::printable(&verdict.output), LONGEST);
            xml.create_element("system-out")
                .write_text_content(BytesText::new(&characters(&text)))?;
            Ok(())
        })?;
    Ok(())
}

fn outcome<W: Write>(
    tag: quick_xml::writer::ElementWriter<'_, W>,
    outcome: &Outcome,
) -> io::Result<()> {
    let (name, message, text) = match outcome {
        Outcome::Passed => return tag.write_empty().map(drop),
        Outcome::Failed { message, text } => ("failure", message, text),
        Outcome::Error { message, text } => ("error", message, text),
        Outcome::Skipped { message } => ("skipped", message, &String::new()),
    };
    tag.write_inner_content(|xml| {
        let message = characters(message);
        let tag = xml
            .create_element(name)
            .with_attribute(("message", &*message));
        match text.is_empty() {
            true => tag.write_empty()?,
            false => tag.write_text_content(BytesText::new(&characters(text)))?,
        };
        Ok(())
    })?;
    Ok(())
}

fn cases(verdict: &Verdict) -> Vec<Case> {
    if let Some(text) = words::reason(verdict, LONGEST) {
        let message = words::ended(verdict.status).to_owned();
        let outcome = match verdict.status {
            Status::InfraError => Outcome::Error { message, text },
            _ => Outcome::Failed { message, text },
        };
        let name = "it can be graded".to_owned();
        return vec![Case { name, outcome }];
    }
    let mut cases: Vec<Case> = verdict
        .checks
        .iter()
        .map(|check| Case {
            name: words::title(check),
            outcome: of_check(verdict, check),
        })
        .collect();
    if !words::a_check_tells(verdict) || cases.is_empty() {
        let message = words::summary(verdict);
        cases.push(Case {
            name: "the whole run".to_owned(),
            outcome: match verdict.passed() {
                true => Outcome::Passed,
                false => Outcome::Failed {
                    message,
                    text: String::new(),
                },
            },
        });
    }
    cases
}

fn of_check(verdict: &Verdict, check: &CheckResult) -> Outcome {
    let message = words::message(check);
    match check.status {
        CheckStatus::Passed => Outcome::Passed,
        CheckStatus::Failed if check.required => Outcome::Failed {
            text: words::told(&verdict.drill, check, LONGEST),
            message,
        },
        CheckStatus::Failed => Outcome::Skipped {
            message: format!("not reached: {message}"),
        },
        CheckStatus::Skipped => Outcome::Skipped { message },
    }
}

/// `text` without the two characters that XML forbids and `printable` leaves alone.
fn characters(text: &str) -> String {
    text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}
