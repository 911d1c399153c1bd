//! JUnit's XML: a suite for each verdict, a case for each check.
//!
//! A mastery check that was not reached is "skipped", because it fails nothing.
//! A submission that could not be graded is an "error", not a failure.

use std::borrow::Borrow;
use std::io::{self, Write};

use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::{ElementWriter, Writer};

use super::{Report, words};
use crate::grade::verdict::{CheckResult, CheckStatus, Status, Verdict};
use play::text::one_line;

/// The longest text of one case, in bytes.
const LONGEST: usize = 16 << 10;

/// Writes one document for all verdicts.
#[derive(Debug)]
pub struct Junit;

/// One case: its name and its result.
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

/// The totals in the first line of a document.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Totals {
    /// Counts one more verdict.
    pub(crate) fn add(&mut self, verdict: &Verdict) {
        cases(verdict).iter().for_each(|case| self.count(case));
    }

    fn count(&mut self, case: &Case) {
        self.tests += 1;
        match case.outcome {
            Outcome::Passed => {}
            Outcome::Failed { .. } => self.failures += 1,
            Outcome::Error { .. } => self.errors += 1,
            Outcome::Skipped { .. } => self.skipped += 1,
        }
    }

    fn on<'w, W: Write>(self, tag: ElementWriter<'w, W>) -> ElementWriter<'w, W> {
        let numbers = [
            ("tests", self.tests),
            ("failures", self.failures),
            ("errors", self.errors),
            ("skipped", self.skipped),
        ];
        numbers.into_iter().fold(tag, |tag, (name, number)| {
            tag.with_attribute((name, &*number.to_string()))
        })
    }
}

impl Report for Junit {
    fn all(&self, verdicts: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
        let mut totals = Totals::default();
        verdicts.iter().for_each(|verdict| totals.add(verdict));
        document(totals, verdicts.iter().map(Ok), out)
    }
}

/// Writes a document for verdicts that come one at a time; `totals` covers all of them.
pub(crate) fn document<V: Borrow<Verdict>>(
    totals: Totals,
    verdicts: impl Iterator<Item = io::Result<V>>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    totals
        .on(xml.create_element("testsuites"))
        .with_attribute(("name", "grader"))
        .write_inner_content(|xml| {
            for verdict in verdicts {
                suite(xml, verdict?.borrow())?;
            }
            Ok(())
        })?;
    writeln!(out)
}

fn suite<W: Write>(xml: &mut Writer<W>, verdict: &Verdict) -> io::Result<()> {
    let cases = cases(verdict);
    let mut totals = Totals::default();
    cases.iter().for_each(|case| totals.count(case));
    let drill = characters(&one_line(&verdict.drill, 60));
    let submission = characters(&one_line(&verdict.submission, 200));
    let name = format!("{drill} {submission}");
    let millis = verdict.metrics.compile_ms + verdict.metrics.run_ms;
    let seconds = std::time::Duration::from_millis(millis).as_secs_f64();
    totals
        .on(xml.create_element("testsuite"))
        .with_attribute(("name", &*name))
        .with_attribute(("time", &*format!("{seconds:.3}")))
        .write_inner_content(|xml| {
            for case in &cases {
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
            let text = play::text::excerpt(&play::text::printable(&verdict.output), LONGEST);
            xml.create_element("system-out")
                .write_text_content(BytesText::new(&characters(&text)))?;
            Ok(())
        })?;
    Ok(())
}

fn outcome<W: Write>(tag: ElementWriter<'_, W>, outcome: &Outcome) -> io::Result<()> {
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
        let message = words::ended_of(verdict).to_owned();
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
            text: words::of_check(&verdict.drill, check, LONGEST),
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
