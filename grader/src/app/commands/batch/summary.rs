//! The summary of a batch, on the terminal.

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::Path;

use super::list::{count, name, notes};
use crate::class::batch::changes;
use crate::class::batch::{Change, Class, EmptyHanded, Line, Outcome, Student};
use crate::class::class_report::Statistics;
use crate::grade::verdict::Status;
use play::text::one_line;

/// The most lines of one kind; the reports hold all of them.
const LINES: usize = 10;

/// The words for each status, in the order of the table.
const STATUSES: [(Status, &str); 7] = [
    (Status::Passed, "passed"),
    (Status::Failed, "not yet"),
    (Status::CompileError, "did not compile"),
    (Status::Rejected, "rejected"),
    (Status::Crashed, "crashed"),
    (Status::TimedOut, "ran out of time"),
    (Status::InfraError, "not graded: the machine failed"),
];

/// The files in the results folder.
const RESULTS: [(&str, &str); 7] = [
    ("report.html", "the class at a glance"),
    (
        "report-anonymous.html",
        "the same without names, to show in class",
    ),
    (
        "gradebook.csv",
        "points, also as Canvas and Moodle read them",
    ),
    ("feedback/", "a page to give back to each student"),
    ("history.csv", "the verdicts of every run"),
    ("junit.xml", "for build servers"),
    (
        "records/",
        "everything known, one JSON file for each grading",
    ),
];

/// The contents of the summary.
pub(super) struct Summary<'a> {
    pub(super) class: &'a Class<'a>,
    pub(super) statistics: &'a Statistics,
    /// How many things in the folder belong to no hand-in.
    pub(super) passed_over: usize,
    /// What a person should look at.
    pub(super) notes: &'a [String],
    /// The drills and students of records that were graded earlier and are not in the folder now.
    pub(super) gone: &'a [(String, Student)],
    /// How many records belong to another export that was graded into the same folder.
    pub(super) of_others: usize,
    /// Marks of the changes that earlier runs reported.
    pub(super) told: &'a HashSet<u64>,
}

impl Summary<'_> {
    /// Prints the summary; `took` is how long the gradings took, in words.
    pub(super) fn write(&self, out: &mut dyn Write, folder: &Path, took: &str) -> io::Result<()> {
        let lines = &self.class.lines;
        writeln!(
            out,
            "{} by {}; {took}\n",
            count(lines.len(), "submission"),
            count(self.class.by_student().count(), "student"),
        )?;
        for (status, words) in STATUSES {
            let of_it = lines.iter().filter(|it| it.taken && it.status == status);
            row(out, of_it.count(), words)?;
        }
        let not_taken = lines.iter().filter(|line| !line.taken).count();
        row(
            out,
            not_taken,
            "could not be taken: neither points nor a zero",
        )?;
        let (unusable, absent): (Vec<_>, Vec<_>) =
            (self.class.empty_handed.iter()).partition(|it| it.is_unusable());
        row(out, unusable.len(), "with nothing usable")?;
        row(out, absent.len(), "enrolled, but handed in nothing")?;
        self.again(out, &unusable)?;
        names(
            out,
            "handed in nothing",
            absent.iter().map(|it| name(&it.student)),
        )?;
        self.failed_checks(out)?;
        self.not_graded(out)?;
        self.changes(out)?;
        self.earlier(out)?;
        notes(out, self.notes)?;
        if self.passed_over > 0 {
            let things = count(self.passed_over, "thing");
            writeln!(
                out,
                "\n{things} in the folder passed over; `--list` says why"
            )?;
        }
        let folder = one_line(&folder.display().to_string(), 400);
        writeln!(out, "\nresults: {folder}")?;
        for (name, words) in RESULTS {
            writeln!(out, "  {name:22} {words}")?;
        }
        Ok(())
    }

    /// The students who have to hand in again, and why.
    fn again(&self, out: &mut dyn Write, unusable: &[&EmptyHanded]) -> io::Result<()> {
        let mut all = Vec::new();
        for line in self.class.lines.iter().filter(|line| !line.taken) {
            let record = self.class.record(line)?;
            let why = one_line(record.verdict.diagnostics.trim(), 300);
            all.push(format!("{} {}: {why}", name(&line.student), record.drill));
        }
        let unusable = unusable.iter();
        all.extend(unusable.map(|it| format!("{}: {}", name(&it.student), one_line(&it.why, 300))));
        names(
            out,
            "please have these handed in again; `--attempt` says which of several counts",
            all.into_iter(),
        )
    }

    fn failed_checks(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut failed: Vec<_> = self.statistics.failed_checks(self.class).collect();
        failed.sort_by_key(|(drill, id, _, number)| (std::cmp::Reverse(*number), *drill, *id));
        if !failed.is_empty() {
            writeln!(out, "\nthe checks that failed most")?;
        }
        for (drill, id, title, number) in failed.into_iter().take(LINES) {
            writeln!(out, "  {number:>5}  {drill} {id}: {title}")?;
        }
        Ok(())
    }

    fn not_graded(&self, out: &mut dyn Write) -> io::Result<()> {
        let lines = self.class.lines.iter();
        let broken: Vec<&Line> = lines.filter(|line| line.machine_failed()).collect();
        if !broken.is_empty() {
            writeln!(
                out,
                "\nnot graded, through no fault of a student; run the same command again"
            )?;
        }
        for line in broken.iter().take(LINES) {
            let record = self.class.record(line)?;
            let path = one_line(&record.path, 100);
            let why = one_line(record.verdict.diagnostics.trim(), 300);
            writeln!(out, "  {path}: {why}")?;
        }
        more(out, broken.len())
    }

    /// The verdicts that changed since the last run.
    fn changes(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut new = 0;
        for place in self.statistics.changed() {
            let change = changes::of(&self.class.record(&self.class.lines[*place])?);
            let Some(change) = change.filter(|change| !self.told.contains(&change.mark())) else {
                continue;
            };
            new += 1;
            if new == 1 {
                writeln!(out, "\njudged differently than before")?;
            }
            if new <= LINES {
                writeln!(out, "  {}", said_of(&change))?;
            }
        }
        more(out, new)
    }

    /// Records of an earlier run that this run did not find still count.
    fn earlier(&self, out: &mut dyn Write) -> io::Result<()> {
        for (number, (drill, student)) in self.gone.iter().take(LINES).enumerate() {
            if number == 0 {
                writeln!(
                    out,
                    "\nno longer in the folder, but still counted; delete the records that should not count"
                )?;
            }
            let (who, file) = (name(student), student.file_stem());
            writeln!(out, "  {who} {drill}: records/{drill}/{file}.json")?;
        }
        more(out, self.gone.len())?;
        match self.of_others {
            0 => Ok(()),
            number => writeln!(
                out,
                "\n{} of another export are in this folder too, and count",
                count(number, "record")
            ),
        }
    }
}

fn said_of(change: &Change) -> String {
    let why = match change.new_content {
        true => "handed in anew",
        false => "another grader or other limits",
    };
    format!(
        "{} {}: {} -> {} ({why})",
        name(&change.student),
        change.drill,
        said(&change.before),
        said(&change.after)
    )
}

fn said(outcome: &Outcome) -> String {
    if outcome.status == Status::Rejected && outcome.sha256.is_empty() {
        return "could not be taken".to_owned();
    }
    let words = STATUSES
        .iter()
        .find(|(status, _)| *status == outcome.status);
    format!(
        "{}, {}",
        words.map_or("", |(_, words)| words),
        outcome.score
    )
}

/// A line of the table, if there is anything to count.
fn row(out: &mut dyn Write, number: usize, words: &str) -> io::Result<()> {
    match number {
        0 => Ok(()),
        number => writeln!(out, "  {number:>5}  {words}"),
    }
}

/// A complete list, because it is about people.
fn names(out: &mut dyn Write, title: &str, lines: impl Iterator<Item = String>) -> io::Result<()> {
    for (number, line) in lines.enumerate() {
        if number == 0 {
            writeln!(out, "\n{title}")?;
        }
        writeln!(out, "  {line}")?;
    }
    Ok(())
}

fn more(out: &mut dyn Write, number: usize) -> io::Result<()> {
    match number.checked_sub(LINES) {
        None | Some(0) => Ok(()),
        Some(rest) => writeln!(out, "  and {rest} more"),
    }
}
