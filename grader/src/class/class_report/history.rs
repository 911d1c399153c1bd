//! The verdicts on each submission over all runs, as a table.

use std::io::{self, Write};

use csv::Writer;

use super::gradebook::row;
use crate::class::batch::class::Class;
use crate::class::batch::record::Outcome;
use crate::class::date::date;
use crate::grade::report::words;

/// One row for each verdict, the oldest of each student and drill first.
pub(super) fn write(class: &Class<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(super::gradebook::MARK.as_bytes())?;
    let mut table = Writer::from_writer(out);
    let head = [
        "student",
        "id",
        "drill",
        "graded at",
        "status",
        "points",
        "content",
    ];
    row(&mut table, head.map(str::to_owned))?;
    for line in &class.lines {
        let record = class.record(line)?;
        let now = record.outcome();
        for outcome in record.history.iter().chain([&now]) {
            row(&mut table, cells(&record.student, &record.drill, outcome))?;
        }
    }
    table.flush()
}

fn cells(
    student: &crate::class::batch::student::Student,
    drill: &str,
    outcome: &Outcome,
) -> [String; 7] {
    let content: String = outcome.sha256.chars().take(12).collect();
    [
        student.name().to_owned(),
        student.id().unwrap_or_default().to_owned(),
        drill.to_owned(),
        date(outcome.graded_at),
        words::ended(outcome.status).to_owned(),
        // A submission that was never read has no points.
        match content.is_empty() {
            true => String::new(),
            false => outcome.score.to_string(),
        },
        content,
    ]
}
