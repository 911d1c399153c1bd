//! What a batch came to, on the terminal.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

use super::list::{count, name};
use crate::batch::{Change, Class, Found, Outcome, Record};
use crate::text::one_line;
use crate::verdict::{CheckStatus, Status};

/// The most lines of one kind; the reports hold all of them.
const LINES: usize = 10;

/// What is said of each status, in the order of the table.
const STATUSES: [(Status, &str); 7] = [
    (Status::Passed, "passed"),
    (Status::Failed, "failed"),
    (Status::CompileError, "did not compile"),
    (Status::Rejected, "could not be taken"),
    (Status::Crashed, "crashed"),
    (Status::TimedOut, "ran out of time"),
    (Status::InfraError, "not graded: the machine's failure"),
];

/// What lies in the results' folder.
const RESULTS: [(&str, &str); 5] = [
    ("report.html", "the class at a glance"),
    (
        "gradebook.csv",
        "points, also as Canvas and Moodle read them",
    ),
    ("feedback/", "what to give back, a page for each student"),
    ("junit.xml", "for build servers"),
    ("records/", "all that is known, one JSON file each"),
];

pub(super) fn write(
    out: &mut dyn Write,
    class: &Class,
    new: &[&Change],
    found: &Found,
    folder: &Path,
    took: &str,
) -> io::Result<()> {
    let students: BTreeSet<_> = class.records.iter().map(|record| &record.student).collect();
    writeln!(
        out,
        "{} by {}; {took}\n",
        count(class.records.len(), "submission"),
        count(students.len(), "student"),
    )?;
    for (status, words) in STATUSES {
        let of_it = |record: &&Record| record.verdict.status == status;
        match class.records.iter().filter(of_it).count() {
            0 => {}
            number => writeln!(out, "  {number:>5}  {words}")?,
        }
    }
    failed_checks(out, class)?;
    not_graded(out, class)?;
    changes(out, new)?;
    earlier(out, class, found)?;
    if !found.passed_over.is_empty() {
        let things = count(found.passed_over.len(), "thing");
        writeln!(
            out,
            "\n{things} in the folder passed over; `--list` says why"
        )?;
    }
    let folder = one_line(&folder.display().to_string(), 400);
    writeln!(out, "\nresults: {folder}")?;
    for (name, words) in RESULTS {
        writeln!(out, "  {name:14} {words}")?;
    }
    Ok(())
}

fn failed_checks(out: &mut dyn Write, class: &Class) -> io::Result<()> {
    let mut failed: BTreeMap<(&str, &str), (usize, &str)> = BTreeMap::new();
    for record in &class.records {
        for check in &record.verdict.checks {
            if check.status == CheckStatus::Failed {
                let entry = failed.entry((&record.drill, &check.id));
                entry.or_insert((0, &check.title)).0 += 1;
            }
        }
    }
    let mut failed: Vec<_> = failed.into_iter().collect();
    failed.sort_by_key(|(_, (number, _))| std::cmp::Reverse(*number));
    if !failed.is_empty() {
        writeln!(out, "\nthe checks that failed most")?;
    }
    for ((drill, id), (number, title)) in failed.into_iter().take(LINES) {
        writeln!(out, "  {number:>5}  {drill} {id}: {title}")?;
    }
    Ok(())
}

fn not_graded(out: &mut dyn Write, class: &Class) -> io::Result<()> {
    let broken = class.records.iter();
    let broken: Vec<&Record> = broken
        .filter(|record| record.verdict.status == Status::InfraError)
        .collect();
    if !broken.is_empty() {
        writeln!(
            out,
            "\nnot graded, and nobody's fault; run the same command again"
        )?;
    }
    for record in broken.iter().take(LINES) {
        let path = one_line(&record.path, 100);
        let why = one_line(record.verdict.diagnostics.trim(), 300);
        writeln!(out, "  {path}: {why}")?;
    }
    more(out, broken.len())
}

fn changes(out: &mut dyn Write, new: &[&Change]) -> io::Result<()> {
    if !new.is_empty() {
        writeln!(out, "\nsaid differently than before")?;
    }
    for change in new.iter().take(LINES) {
        let why = match change.new_content {
            true => "handed in anew",
            false => "another grader or other limits",
        };
        writeln!(
            out,
            "  {} {}: {} -> {} ({why})",
            name(&change.student),
            change.drill,
            said(&change.before),
            said(&change.after)
        )?;
    }
    more(out, new.len())
}

fn said(outcome: &Outcome) -> String {
    let words = STATUSES
        .iter()
        .find(|(status, _)| *status == outcome.status);
    format!(
        "{}, {}",
        words.map_or("", |(_, words)| words),
        outcome.score
    )
}

/// What an earlier run graded and this one did not find is still counted.
fn earlier(out: &mut dyn Write, class: &Class, found: &Found) -> io::Result<()> {
    let here: BTreeSet<_> = found
        .hand_ins
        .iter()
        .map(|hand_in| (&hand_in.student, &*hand_in.drill))
        .collect();
    let gone = class.records.iter();
    let gone = gone
        .filter(|record| !here.contains(&(&record.student, &*record.drill)))
        .count();
    if gone > 0 {
        writeln!(
            out,
            "\n{} of an earlier run are counted in; delete their files in `records/` if they should not be",
            count(gone, "submission")
        )?;
    }
    Ok(())
}

fn more(out: &mut dyn Write, number: usize) -> io::Result<()> {
    match number.checked_sub(LINES) {
        None | Some(0) => Ok(()),
        Some(rest) => writeln!(out, "  and {rest} more"),
    }
}
