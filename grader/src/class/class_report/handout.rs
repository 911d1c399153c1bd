//! The page for one student, as Markdown: every drill they handed in.

use super::gradebook;
use crate::class::batch::class::{Class, Line};
use crate::class::batch::record::Record;
use crate::class::batch::student::Student;
use crate::grade::feedback::Feedback;
use crate::grade::report::markdown::{inline, section, span};
use crate::grade::report::words;
use crate::grade::verdict::Status;
use play::text::one_line;

/// One student's page.
pub(super) fn of(
    class: &Class<'_>,
    student: &Student,
    lines: &[Line],
    records: &[Record],
    feedback: &Feedback,
) -> String {
    let name = span(&one_line(student.name(), 200));
    let mut text = format!("# Feedback for {name}\n\n");
    for (line, record) in lines.iter().zip(records) {
        if !taken(record) {
            text.push_str(&again(
                &record.drill,
                &record.path,
                &record.verdict.diagnostics,
            ));
            continue;
        }
        let shown = feedback.of(&record.verdict);
        let heading = format!("{}: {}", shown.drill, words::summary(&shown));
        let late = gradebook::late(class, line).map(|late| format!(" ({late})"));
        let counted = class.counted(line);
        let counts = match () {
            () if class.excuses(line.drill, student) => {
                "\n\nYou are excused from this drill: nothing of it counts.".to_owned()
            }
            () if counted.percent > 0 => {
                format!(
                    "\n\nWhat counts: {} of {} points.",
                    counted.points, line.max_score
                )
            }
            () => String::new(),
        };
        let path = span(&one_line(&record.path, 200));
        text.push_str(&format!(
            "## {}\n\nWhat was handed in: {path}{}{counts}\n\n{}",
            inline(&one_line(&heading, 300)),
            late.unwrap_or_default(),
            section(&shown, 3)
        ));
    }
    text
}

/// Whether the submission could be read.
fn taken(record: &Record) -> bool {
    record.verdict.status != Status::Rejected || !record.sha256.is_empty()
}

/// The page of a student without anything that can be graded.
pub(super) fn nothing_of(student: &Student, why: &str) -> String {
    let name = span(&one_line(student.name(), 200));
    let why = span(&one_line(why, 400));
    format!("# Feedback for {name}\n\n## Please hand in again\n\n{ASK}\n\n{why}\n")
}

const ASK: &str = "Nobody has judged this, and it has no points and no zero. Please hand in again: \
                   a crate's folder as a .zip or a .tar.gz, or its one file.";

fn again(drill: &str, path: &str, why: &str) -> String {
    let drill = inline(&one_line(drill, 60));
    let path = span(&one_line(path, 200));
    let why = span(&one_line(why.trim(), 400));
    format!("## {drill}: please hand in again\n\nHanded in: {path}\n\n{ASK}\n\n{why}\n\n")
}
