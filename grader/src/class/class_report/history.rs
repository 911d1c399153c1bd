//! The verdicts on each submission over all runs, as a table.

use std::io::{self, Write};

use csv::Writer;

use super::gradebook::row;
use crate::class::batch::class::Class;
use crate::class::batch::record::Outcome;
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

/// Seconds since 1970 as a date in UTC.
fn date(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Days since 1970 as year, month and day: the years begin in March, so that a leap
/// day is the last of them.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let (of_month, month) = (day - (153 * month + 2) / 5 + 1, (month + 2) % 12 + 1);
    let year = year + era * 400 + u64::from(month <= 2);
    (year, month, of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_dates() {
        assert_eq!(date(0), "1970-01-01T00:00:00Z");
        assert_eq!(date(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(date(1_795_859_999), "2026-11-28T09:59:59Z");
    }
}
