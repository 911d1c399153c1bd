//! Gradebooks, as tables that spreadsheets and learning systems read.
//!
//! A cell is empty where there is no grade, or `-` where Moodle wants that: nothing was
//! handed in, or it could not be read or graded. No cell is a formula, whatever a student
//! is called. A system's own number of a student is written to that system's file only:
//! in another system it may be somebody else's.

use std::io::{self, Write};

use csv::Writer;

use crate::class::batch::class::{Class, Line, NOT_HANDED_IN};
use crate::class::batch::policy::Points;
use crate::class::batch::store::Ids;
use crate::class::batch::student::Student;
use crate::grade::report::words;
use play::text::one_line;

/// What Canvas reads as excused.
const EXCUSED: &str = "EX";

/// The text that Moodle's gradebook reads as "no grade".
const NO_GRADE: &str = "-";

/// One kind of gradebook: a table for a class whose ids are of one kind or of several.
pub(super) type Form = fn(&Class<'_>, Option<Ids>, &mut dyn Write) -> io::Result<()>;

/// The mark that tells Excel that a table is UTF-8. Moodle and Canvas do without it.
pub(super) const MARK: &str = "\u{feff}";

/// One row for each student: points and status of each drill, their sum, and how each
/// check ended.
pub(super) fn plain(class: &Class<'_>, _: Option<Ids>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(MARK.as_bytes())?;
    let checks = checks(class)?;
    let mut table = Writer::from_writer(out);
    let mut head = vec!["student".to_owned(), "id".to_owned(), "email".to_owned()];
    for drill in &class.drills {
        head.push(drill.slug.clone());
        head.push(format!("{} status", drill.slug));
    }
    head.extend(["total".to_owned(), "of".to_owned()]);
    for (drill, ids) in class.drills.iter().zip(&checks) {
        head.extend(ids.iter().map(|id| format!("{} {id}", drill.slug)));
    }
    row(&mut table, head)?;
    let most = most(class);
    for (student, lines, why) in class.everybody() {
        let mut cells = named(student).to_vec();
        for (drill, line) in in_order(class, lines).enumerate() {
            cells.push(points(class, student, drill, line));
            cells.push(match line {
                _ if class.excuses(drill, student) => "excused".to_owned(),
                None if why.is_empty() => NOT_HANDED_IN.to_owned(),
                None => why.to_owned(),
                Some(line) => status(class, line),
            });
        }
        let counts = |drill: &usize| !class.excuses(*drill, student);
        let theirs = || lines.iter().filter(|line| counts(&line.drill));
        // A sum without one of its parts would be wrong, and so would a zero for a
        // submission that nobody has seen.
        cells.push(match why.is_empty() && theirs().all(Line::is_graded) {
            true => {
                let points = |line: &Line| class.weighed(line.drill, class.counted(line).points);
                theirs().map(points).sum::<Points>().to_string()
            }
            false => String::new(),
        });
        let of = (0..class.drills.len()).filter(counts);
        let of = of.map(|drill| class.weighed(drill, Points::whole(most[drill])));
        cells.push(of.sum::<Points>().to_string());
        for (line, ids) in in_order(class, lines).zip(&checks) {
            cells.extend(ended(class, line, ids)?);
        }
        row(&mut table, cells)?;
    }
    table.flush()
}

/// The ids of each drill's checks, in its order.
fn checks(class: &Class<'_>) -> io::Result<Vec<Vec<String>>> {
    let mut all: Vec<Vec<String>> = class.drills.iter().map(|_| Vec::new()).collect();
    for line in &class.lines {
        for check in class.record(line)?.verdict.checks {
            if !all[line.drill].contains(&check.id) {
                all[line.drill].push(check.id);
            }
        }
    }
    Ok(all)
}

/// How each of these checks ended for a student; empty if none was judged.
fn ended(class: &Class<'_>, line: Option<&Line>, ids: &[String]) -> io::Result<Vec<String>> {
    let record = line.map(|line| class.record(line)).transpose()?;
    let checks = record.map(|record| record.verdict.checks);
    let checks = checks.unwrap_or_default();
    let of = |id: &String| {
        let check = checks.iter().find(|check| check.id == *id);
        check.map_or(String::new(), |check| words::held(check.status).to_owned())
    };
    Ok(ids.iter().map(of).collect())
}

/// How a submission ended, in a few words.
fn status(class: &Class<'_>, line: &Line) -> String {
    let late = late(class, line).map_or(String::new(), |late| format!(", {late}"));
    let words = match line.taken {
        true => words::ended_in(line.status, line.language),
        false => "could not be taken: hand in again",
    };
    format!("{words}{}{late}", line.in_language())
}

/// How late a submission was: in days where that is known, and with what it costs.
pub(super) fn late(class: &Class<'_>, line: &Line) -> Option<String> {
    let counted = class.counted(line);
    match line.late && counted.percent == 0 && line.at.is_none() {
        // A system's word for it, and no rule that makes it a day.
        true => Some("late".to_owned()),
        false => counted.lateness(),
    }
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
    for (student, lines, _) in class.everybody() {
        let [name, _, email] = named(student);
        let [own, school] = [Ids::Canvas, Ids::School].map(|kind| id_of(student, ids, kind));
        let cells = [name, own, school, email, String::new()];
        let grades = in_order(class, lines).enumerate();
        let grades = grades.map(|(drill, line)| match class.excuses(drill, student) {
            true => EXCUSED.to_owned(),
            false => points(class, student, drill, line),
        });
        row(&mut table, cells.into_iter().chain(grades))?;
    }
    table.flush()
}

/// What Moodle imports. The grading worksheet if the class is that of one assignment;
/// otherwise the gradebook's import format, in which one column is mapped to students
/// and others to grades.
pub(super) fn moodle(class: &Class<'_>, ids: Option<Ids>, out: &mut dyn Write) -> io::Result<()> {
    match (&*class.drills, ids) {
        ([_], Some(Ids::Moodle)) if is_moodle(class, ids) => worksheet(class, ids, out),
        _ => moodle_gradebook(class, ids, out),
    }
}

/// Whether any student is known by Moodle's number; otherwise a worksheet is of no use.
fn is_moodle(class: &Class<'_>, ids: Option<Ids>) -> bool {
    let mut all = class.everybody();
    all.any(|(student, ..)| !participant(student, ids).is_empty())
}

/// Of the columns in Moodle's worksheet, those that it looks for, by their English
/// names. Without a time, Moodle keeps every grade that it already has.
fn worksheet(class: &Class<'_>, ids: Option<Ids>, out: &mut dyn Write) -> io::Result<()> {
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
    for (student, lines, _) in class.everybody() {
        let [name, _, email] = named(student);
        let identifier = participant(student, ids);
        let grade = points(class, student, 0, lines.first());
        let cells = [identifier, name, email, grade, most.clone(), String::new()];
        row(&mut table, cells)?;
    }
    table.flush()
}

/// The columns that Moodle's own exports have. A missing grade is a dash, as in those
/// exports: Moodle takes an empty cell for 0 when it makes a new column of the grades.
fn moodle_gradebook(class: &Class<'_>, ids: Option<Ids>, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Writer::from_writer(out);
    let own = ["Identifier", "Full name", "ID number", "Email address"];
    row(
        &mut table,
        own.map(str::to_owned).into_iter().chain(titles(class)),
    )?;
    for (student, lines, _) in class.everybody() {
        let [name, _, email] = named(student);
        let school = id_of(student, ids, Ids::School);
        let cells = [participant(student, ids), name, school, email];
        let grades = in_order(class, lines).enumerate();
        let grades = grades.map(|(drill, line)| match points(class, student, drill, line) {
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

/// A student's id if it is of that kind; otherwise empty.
fn id_of(student: &Student, ids: Option<Ids>, kind: Ids) -> String {
    // Older results state the kind once for all students.
    let id = student
        .id()
        .filter(|_| student.system().or(ids) == Some(kind));
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

/// The points that count; nothing, where there is no grade or none is needed.
fn points(class: &Class<'_>, student: &Student, drill: usize, line: Option<&Line>) -> String {
    let graded = line.filter(|line| line.is_graded() && !class.excuses(drill, student));
    graded.map_or(String::new(), |line| class.counted(line).points.to_string())
}

/// The points of each drill. All its verdicts agree, unless some are older than a
/// change of the drill.
fn most(class: &Class<'_>) -> Vec<u32> {
    let most = |drill| class.of_drill(drill).map(|line| line.max_score).max();
    let drills = 0..class.drills.len();
    drills
        .map(|drill| most(drill).unwrap_or_default())
        .collect()
}

pub(super) fn row(
    table: &mut Writer<&mut dyn Write>,
    cells: impl IntoIterator<Item = String>,
) -> io::Result<()> {
    let cells = cells.into_iter().map(|cell| safe(&one_line(&cell, 300)));
    table.write_record(cells).map_err(io::Error::other)
}

/// A text that no spreadsheet takes for a formula.
pub(in crate::class) fn safe(cell: &str) -> String {
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
