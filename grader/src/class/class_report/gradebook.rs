//! Gradebooks, as tables that spreadsheets and learning systems read.
//!
//! A cell is empty where there is no grade, or `-` where Moodle wants that: nothing was
//! handed in, or it could not be graded. No cell is a formula, whatever a student is called. A system's own number of
//! a student stands in that system's file only: in another's it may be somebody else's.

use std::io::{self, Write};

use csv::Writer;

use crate::class::batch::class::{Class, Line};
use crate::class::batch::store::Ids;
use crate::class::batch::student::Student;
use crate::grade::report::words;
use play::text::one_line;

/// What Moodle's gradebook reads as no grade.
const NO_GRADE: &str = "-";

/// One kind of gradebook: a table written for a class, whose ids are of one kind or of
/// several.
pub(super) type Form = fn(&Class<'_>, Option<Ids>, &mut dyn Write) -> io::Result<()>;

/// One row for each student: points and status of each drill, and their sum.
pub(super) fn plain(class: &Class<'_>, _: Option<Ids>, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Writer::from_writer(out);
    let mut head = vec!["student".to_owned(), "id".to_owned(), "email".to_owned()];
    for drill in &class.drills {
        head.push(drill.slug.clone());
        head.push(format!("{} status", drill.slug));
    }
    head.extend(["total".to_owned(), "of".to_owned()]);
    row(&mut table, head)?;
    let most: u32 = most(class).iter().sum();
    for (student, lines) in class.by_student() {
        let mut cells = named(student).to_vec();
        for line in in_order(class, lines) {
            cells.push(points(line));
            cells.push(match line {
                None => "not handed in".to_owned(),
                Some(line) => {
                    let late = if line.late { ", late" } else { "" };
                    format!("{}{late}", words::ended(line.status))
                }
            });
        }
        // A sum without one of its parts would be a wrong one.
        cells.push(match lines.iter().all(Line::is_graded) {
            true => lines.iter().map(|line| line.score).sum::<u32>().to_string(),
            false => String::new(),
        });
        cells.push(most.to_string());
        row(&mut table, cells)?;
    }
    table.flush()
}

/// What Canvas imports: its own columns, a row with the points possible, the grades.
pub(super) fn canvas(class: &Class<'_>, ids: Option<Ids>, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Writer::from_writer(out);
    let own = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"];
    row(
        &mut table,
        own.map(str::to_owned).into_iter().chain(titles(class)),
    )?;
    let possible = most(class).into_iter().map(|most| most.to_string());
    let label = ["    Points Possible", "", "", "", ""].map(str::to_owned);
    row(&mut table, label.into_iter().chain(possible))?;
    for (student, lines) in class.by_student() {
        let [name, _, email] = named(student);
        let [own, school] = [Ids::Canvas, Ids::School].map(|kind| id_of(student, ids, kind));
        let cells = [name, own, school, email, String::new()];
        let grades = in_order(class, lines).map(points);
        row(&mut table, cells.into_iter().chain(grades))?;
    }
    table.flush()
}

/// What Moodle imports. The grading worksheet of an assignment, if the class is one's;
/// otherwise what its gradebook imports, where a column is mapped on students and
/// others on grades.
pub(super) fn moodle(class: &Class<'_>, ids: Option<Ids>, out: &mut dyn Write) -> io::Result<()> {
    match (&*class.drills, ids) {
        ([_], Some(Ids::Moodle)) => worksheet(class, out),
        _ => moodle_gradebook(class, ids, out),
    }
}

/// The columns that Moodle looks for in a worksheet, by their English names, among
/// those that it writes. Without a time, it keeps every grade that it has already.
fn worksheet(class: &Class<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Writer::from_writer(out);
    let own = [
        "Identifier",
        "Full name",
        "Email address",
        "Grade",
        "Maximum grade",
        "Last modified (grade)",
    ];
    row(&mut table, own.map(str::to_owned))?;
    let most = most(class).first().map(u32::to_string).unwrap_or_default();
    for (student, lines) in class.by_student() {
        let [name, _, email] = named(student);
        let identifier = participant(student, Some(Ids::Moodle));
        let grade = points(lines.first());
        let cells = [identifier, name, email, grade, most.clone(), String::new()];
        row(&mut table, cells)?;
    }
    table.flush()
}

/// The columns that Moodle's own exports have. No grade is a dash, as it is there:
/// Moodle takes an empty cell for 0 when it makes a new column of the grades.
fn moodle_gradebook(class: &Class<'_>, ids: Option<Ids>, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Writer::from_writer(out);
    let own = ["Identifier", "Full name", "ID number", "Email address"];
    row(
        &mut table,
        own.map(str::to_owned).into_iter().chain(titles(class)),
    )?;
    for (student, lines) in class.by_student() {
        let [name, _, email] = named(student);
        let school = id_of(student, ids, Ids::School);
        let cells = [participant(student, ids), name, school, email];
        let grades = in_order(class, lines).map(|line| match points(line) {
            grade if grade.is_empty() => NO_GRADE.to_owned(),
            grade => grade,
        });
        row(&mut table, cells.into_iter().chain(grades))?;
    }
    table.flush()
}

fn titles(class: &Class<'_>) -> impl Iterator<Item = String> {
    class
        .drills
        .iter()
        .map(|drill| drill.exercise.title.clone())
}

fn named(student: &Student) -> [String; 3] {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    [
        student.name().to_owned(),
        text(student.id()),
        text(student.email()),
    ]
}

/// A student's id, if it is of that kind; nothing otherwise.
fn id_of(student: &Student, ids: Option<Ids>, kind: Ids) -> String {
    let id = student.id().filter(|_| ids == Some(kind));
    id.unwrap_or_default().to_owned()
}

/// A student's id as Moodle's worksheets write it.
fn participant(student: &Student, ids: Option<Ids>) -> String {
    match &*id_of(student, ids, Ids::Moodle) {
        "" => String::new(),
        id => format!("Participant {id}"),
    }
}

/// A student's lines, one for each drill of the class.
fn in_order<'a>(
    class: &Class<'_>,
    lines: &'a [Line],
) -> impl Iterator<Item = Option<&'a Line>> + use<'a> {
    (0..class.drills.len()).map(|drill| lines.iter().find(|line| line.drill == drill))
}

fn points(line: Option<&Line>) -> String {
    let graded = line.filter(|line| line.is_graded());
    graded.map_or(String::new(), |line| line.score.to_string())
}

/// The points of each drill. All its verdicts say the same, unless some are older than
/// a change of it.
fn most(class: &Class<'_>) -> Vec<u32> {
    let most = |drill| class.of_drill(drill).map(|line| line.max_score).max();
    let drills = 0..class.drills.len();
    drills
        .map(|drill| most(drill).unwrap_or_default())
        .collect()
}

fn row(
    table: &mut Writer<&mut dyn Write>,
    cells: impl IntoIterator<Item = String>,
) -> io::Result<()> {
    let cells = cells.into_iter().map(|cell| safe(&one_line(&cell, 300)));
    table.write_record(cells).map_err(io::Error::other)
}

/// A text that no spreadsheet takes for a formula.
fn safe(cell: &str) -> String {
    let begins = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
    match cell != NO_GRADE && cell.trim_start().starts_with(begins) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for cell in ["=1+1", "+1", "-1", "@SUM(1)", "  =1", "＝1"] {
            assert_eq!(safe(cell), format!("'{cell}"));
        }
        for cell in ["ada", "0", "100", "a=b", "'=1", "-"] {
            assert_eq!(safe(cell), cell);
        }
    }
}
