//! Gradebooks, as tables that spreadsheets and learning systems read.
//!
//! A cell is empty where there is no grade: nothing was handed in, or it could not be
//! graded. No cell is a formula, whatever a student is called.

use std::collections::BTreeSet;
use std::io;

use csv::Writer;

use super::statistics::by_student;
use crate::batch::record::{Class, ClassDrill, Record, Student};
use crate::report::words;
use crate::text::one_line;
use crate::verdict::Status;

/// One row for each student: points and status of each drill, and their sum.
pub(super) fn plain(class: &Class) -> io::Result<Vec<u8>> {
    let mut table = Writer::from_writer(Vec::new());
    let mut head = vec!["student".to_owned(), "id".to_owned(), "email".to_owned()];
    for drill in &class.drills {
        head.push(drill.slug.clone());
        head.push(format!("{} status", drill.slug));
    }
    head.extend(["total".to_owned(), "of".to_owned()]);
    row(&mut table, head)?;
    for (student, records) in by_student(class) {
        let mut cells = named(student).to_vec();
        let (mut total, mut complete) = (0, true);
        for drill in &class.drills {
            let record = of_drill(&records, drill);
            cells.push(points(record));
            cells.push(match record {
                None => "not handed in".to_owned(),
                Some(record) => {
                    let late = if record.late { ", late" } else { "" };
                    format!("{}{late}", words::ended(record.verdict.status))
                }
            });
            total += record.map_or(0, |record| record.verdict.score);
            complete &= record.is_none_or(|record| record.verdict.status != Status::InfraError);
        }
        // A sum without one of its parts would be a wrong one.
        cells.push(if complete {
            total.to_string()
        } else {
            String::new()
        });
        let most: u32 = class.drills.iter().map(|drill| most(class, drill)).sum();
        cells.push(most.to_string());
        row(&mut table, cells)?;
    }
    finish(table)
}

/// What Canvas imports: its own columns, a row with the points possible, the grades.
pub(super) fn canvas(class: &Class) -> io::Result<Vec<u8>> {
    let mut table = Writer::from_writer(Vec::new());
    let own = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"];
    let titles = class
        .drills
        .iter()
        .map(|drill| drill.exercise.title.clone());
    row(&mut table, own.map(str::to_owned).into_iter().chain(titles))?;
    let possible = class
        .drills
        .iter()
        .map(|drill| most(class, drill).to_string());
    let label = ["    Points Possible", "", "", "", ""].map(str::to_owned);
    row(&mut table, label.into_iter().chain(possible))?;
    for (student, records) in by_student(class) {
        let [name, id, email] = named(student);
        let cells = [name, id, String::new(), email, String::new()];
        let grades = class
            .drills
            .iter()
            .map(|drill| points(of_drill(&records, drill)));
        row(&mut table, cells.into_iter().chain(grades))?;
    }
    finish(table)
}

/// What Moodle imports: the columns of its grading worksheet that name a student, one
/// of which is mapped when it is uploaded, and the grades.
pub(super) fn moodle(class: &Class) -> io::Result<Vec<u8>> {
    let mut table = Writer::from_writer(Vec::new());
    let own = ["Identifier", "Full name", "Email address"];
    let titles = class
        .drills
        .iter()
        .map(|drill| drill.exercise.title.clone());
    row(&mut table, own.map(str::to_owned).into_iter().chain(titles))?;
    for (student, records) in by_student(class) {
        let [name, id, email] = named(student);
        let identifier = match &*id {
            "" => String::new(),
            id => format!("Participant {id}"),
        };
        let grades = class
            .drills
            .iter()
            .map(|drill| points(of_drill(&records, drill)));
        row(
            &mut table,
            [identifier, name, email].into_iter().chain(grades),
        )?;
    }
    finish(table)
}

fn named(student: &Student) -> [String; 3] {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    [
        student.name.clone(),
        text(&student.id),
        text(&student.email),
    ]
}

fn of_drill<'a>(records: &[&'a Record], drill: &ClassDrill) -> Option<&'a Record> {
    records
        .iter()
        .find(|record| record.drill == drill.slug)
        .copied()
}

fn points(record: Option<&Record>) -> String {
    match record {
        Some(record) if record.verdict.status != Status::InfraError => {
            record.verdict.score.to_string()
        }
        _ => String::new(),
    }
}

/// The points of a drill. All its verdicts say the same, unless some are older than a
/// change of it.
fn most(class: &Class, drill: &ClassDrill) -> u32 {
    let of_it = class
        .records
        .iter()
        .filter(|record| record.drill == drill.slug);
    let most: BTreeSet<u32> = of_it.map(|record| record.verdict.max_score).collect();
    most.last().copied().unwrap_or_default()
}

fn row(table: &mut Writer<Vec<u8>>, cells: impl IntoIterator<Item = String>) -> io::Result<()> {
    let cells = cells.into_iter().map(|cell| safe(&one_line(&cell, 300)));
    table.write_record(cells).map_err(io::Error::other)
}

/// A text that no spreadsheet takes for a formula.
fn safe(cell: &str) -> String {
    let begins = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    match cell.trim_start().starts_with(begins) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

fn finish(table: Writer<Vec<u8>>) -> io::Result<Vec<u8>> {
    table
        .into_inner()
        .map_err(|error| io::Error::other(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for cell in ["=1+1", "+1", "-1", "@SUM(1)", "  =1", "＝1"] {
            assert_eq!(safe(cell), format!("'{cell}"));
        }
        for cell in ["ada", "0", "100", "a=b", "'=1"] {
            assert_eq!(safe(cell), cell);
        }
    }
}
