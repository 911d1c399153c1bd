//! `--list`: the hand-ins that were found, and the files that were passed over.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::class::batch::{Found, HandIn, Student, Without};
use play::text::one_line;

/// Names that are longer push the rest of their line to the right.
const WIDEST: usize = 32;

pub(super) fn write(out: &mut dyn Write, layout: &str, found: &Found) -> io::Result<()> {
    let students: BTreeSet<&Student> = found.hand_ins.iter().map(|it| &it.student).collect();
    writeln!(
        out,
        "{} by {}, named as {layout}",
        count(found.hand_ins.len(), "submission"),
        count(students.len(), "student"),
    )?;
    let lines: Vec<[String; 3]> = found.hand_ins.iter().map(line).collect();
    let width = |column: usize| {
        let widths = lines.iter().map(|line| line[column].chars().count());
        widths.max().unwrap_or_default().min(WIDEST)
    };
    let (student, drill) = (width(0), width(1));
    if !lines.is_empty() {
        writeln!(out)?;
    }
    for [who, what, rest] in &lines {
        writeln!(out, "  {who:student$}  {what:drill$}  {rest}")?;
    }
    if !found.passed_over.is_empty() {
        writeln!(out, "\n{} passed over", found.passed_over.len())?;
    }
    for passed in &found.passed_over {
        let path = one_line(&passed.path.display().to_string(), 200);
        writeln!(out, "  {path}  ({})", passed.why)?;
    }
    if !found.without.is_empty() {
        let students = count(found.without.len(), "student");
        writeln!(out, "\n{students} with nothing to grade")?;
    }
    for Without { student, path, why } in &found.without {
        let path = one_line(&path.display().to_string(), 200);
        match path.is_empty() {
            true => writeln!(out, "  {}  ({why})", name(student))?,
            false => writeln!(out, "  {}  {path}  ({why})", name(student))?,
        }
    }
    notes(out, &found.notes)
}

/// Notes that a person should look at.
pub(super) fn notes(out: &mut dyn Write, notes: &[String]) -> io::Result<()> {
    if !notes.is_empty() {
        writeln!(out, "\nplease look at this")?;
    }
    notes.iter().try_for_each(|note| writeln!(out, "  {note}"))
}

fn line(hand_in: &HandIn) -> [String; 3] {
    let mut path = one_line(&hand_in.path.display().to_string(), 200);
    if hand_in.late {
        path.push_str("  (late)");
    }
    if let Some(trouble) = &hand_in.trouble {
        path.push_str(&format!("  (rejected: {})", trouble.why));
    }
    [name(&hand_in.student), hand_in.drill.to_owned(), path]
}

/// A student in a line.
pub(super) fn name(student: &Student) -> String {
    let name = one_line(student.name(), 60);
    match student.id() {
        Some(id) if id != student.name() => format!("{name} ({})", one_line(id, 20)),
        _ => match student.number() {
            Some(number) => format!("{name} (not an id: {})", one_line(number, 20)),
            None => name,
        },
    }
}

/// A number of things.
pub(super) fn count(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}
