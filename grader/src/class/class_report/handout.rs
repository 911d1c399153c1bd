//! What one student is handed back: every drill they handed in, as Markdown.

use crate::class::batch::record::Record;
use crate::class::batch::student::Student;
use crate::grade::feedback::Feedback;
use crate::grade::report::markdown::{inline, section, span};
use crate::grade::report::words;
use play::text::one_line;

/// One student's page.
pub(super) fn of(student: &Student, records: &[Record], feedback: &Feedback) -> String {
    let name = span(&one_line(student.name(), 200));
    let mut text = format!("# Feedback for {name}\n\n");
    for record in records {
        let shown = feedback.of(&record.verdict);
        let heading = format!("{}: {}", shown.drill, words::summary(&shown));
        let late = if record.late { " (late)" } else { "" };
        let path = span(&one_line(&record.path, 200));
        text.push_str(&format!(
            "## {}\n\nWhat was handed in: {path}{late}\n\n{}",
            inline(&one_line(&heading, 300)),
            section(&shown, 3)
        ));
    }
    text
}
