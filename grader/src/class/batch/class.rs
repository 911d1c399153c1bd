//! The class that records make together, however many they are.
//!
//! Its main types are [`Class`], all that the reports for a class are written from,
//! and [`Records`], where the records lie. A class keeps a [`Line`] of each record;
//! the record itself, with its timelines and the compiler's text, is read when it is
//! needed and let go of again.

use std::fmt;
use std::io;

use super::record::Record;
use super::student::Student;
use crate::course::Exercise;
use crate::grade::verdict::{Status, Verdict};

/// Where the records of a class lie: one for each student and drill.
pub trait Records: Sync {
    /// Shows each of them once, in any order.
    ///
    /// # Errors
    /// When they cannot be read, or as `see` says.
    fn each(&self, see: &mut dyn FnMut(Record) -> io::Result<()>) -> io::Result<()>;

    /// One of those that were shown.
    ///
    /// # Errors
    /// When it cannot be read any more.
    fn one(&self, drill: &str, student: &Student) -> io::Result<Record>;
}

/// One drill of a class.
#[derive(Clone, Debug)]
pub struct ClassDrill {
    /// Its slug.
    pub slug: String,
    /// What its `exercise.toml` says.
    pub exercise: Exercise,
}

/// What is remembered of a record while the reports are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who handed it in.
    pub student: Student,
    /// The drill's place in [`Class::drills`].
    pub drill: usize,
    /// Whether it was late.
    pub late: bool,
    /// How it ended.
    pub status: Status,
    /// Points reached.
    pub score: u32,
    /// Points that could be reached.
    pub max_score: u32,
}

/// All that the reports for a class are written from.
pub struct Class<'a> {
    /// The drills that were handed in, in the order of the course.
    pub drills: Vec<ClassDrill>,
    /// One for each student and drill; ordered by student, then as `drills` is.
    pub lines: Vec<Line>,
    records: &'a dyn Records,
}

impl<'a> Class<'a> {
    /// The class that `records` make. Those of other drills than `drills` are left
    /// alone.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn of(drills: Vec<ClassDrill>, records: &'a dyn Records) -> io::Result<Class<'a>> {
        let mut lines = Vec::new();
        records.each(&mut |record| {
            let place = drills.iter().position(|drill| drill.slug == record.drill);
            lines.extend(place.map(|drill| Line::of(drill, record)));
            Ok(())
        })?;
        lines.sort_by(|one, other| {
            let key = |line: &Line| line.drill;
            one.student
                .cmp(&other.student)
                .then(key(one).cmp(&key(other)))
        });
        lines.shrink_to_fit();
        Ok(Class {
            drills,
            lines,
            records,
        })
    }

    /// The students in their order, each with what they handed in.
    pub fn by_student(&self) -> impl Iterator<Item = (&Student, &[Line])> {
        let same = |one: &Line, other: &Line| one.student == other.student;
        let students = self.lines.chunk_by(same);
        students.map(|lines| (&lines[0].student, lines))
    }

    /// What was handed in for the drill at this place of the list.
    pub fn of_drill(&self, drill: usize) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.drill == drill)
    }

    /// The record that a line is of.
    ///
    /// # Errors
    /// When it cannot be read any more.
    pub fn record(&self, line: &Line) -> io::Result<Record> {
        self.records
            .one(&self.drills[line.drill].slug, &line.student)
    }

    /// Every record, in the order of the lines and one at a time.
    pub fn records(&self) -> impl Iterator<Item = io::Result<Record>> {
        self.lines.iter().map(|line| self.record(line))
    }
}

impl fmt::Debug for Class<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Class")
            .field("drills", &self.drills)
            .field("lines", &self.lines)
            .finish_non_exhaustive()
    }
}

impl Line {
    fn of(drill: usize, record: Record) -> Line {
        let Verdict {
            status,
            score,
            max_score,
            ..
        } = record.verdict;
        Line {
            student: record.student,
            drill,
            late: record.late,
            status,
            score,
            max_score,
        }
    }

    /// Whether it says something about the code: what could not be graded does not.
    pub fn is_graded(&self) -> bool {
        self.status != Status::InfraError
    }
}

impl Records for Vec<Record> {
    fn each(&self, see: &mut dyn FnMut(Record) -> io::Result<()>) -> io::Result<()> {
        self.iter().cloned().try_for_each(see)
    }

    fn one(&self, drill: &str, student: &Student) -> io::Result<Record> {
        let it = |record: &&Record| record.drill == drill && record.student == *student;
        let record = self.iter().find(it).cloned();
        record.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}
