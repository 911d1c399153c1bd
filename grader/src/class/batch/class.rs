//! The class that records make together, however many they are.
//!
//! Its main types are [`Class`], from which the reports for a class are written, and
//! [`Records`], the store of the records. A class keeps a [`Line`] of each record;
//! the record itself, with its timelines and the compiler's text, is read when it is
//! needed and dropped again.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io;

use play::text::one_line;

use super::find::Without;
use super::policy::{Counted, Points, Policy};
use super::record::Record;
use super::student::{Identity, Student};
use crate::course::Exercise;
use crate::course::language::Language;
use crate::grade::verdict::{Status, Verdict};

/// The reason for a student who handed in nothing.
pub const NOT_HANDED_IN: &str = "not handed in";

/// A store of the records of a class: one for each student and drill.
pub trait Records: Sync {
    /// Shows each record once, in any order.
    ///
    /// # Errors
    /// When they cannot be read, or as `see` says.
    fn each(&self, see: &mut dyn FnMut(Record) -> io::Result<()>) -> io::Result<()>;

    /// Reads one of the records again.
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

impl EmptyHanded {
    /// The student without a hand-in that a search found.
    pub fn of(Without { student, path, why }: Without) -> EmptyHanded {
        let why = match path.as_os_str().is_empty() {
            true => why,
            false => {
                let path = one_line(&path.display().to_string(), 200);
                format!("nothing usable: `{path}`: {why}")
            }
        };
        EmptyHanded { student, why }
    }

    /// Whether the student handed in something unusable.
    pub fn is_unusable(&self) -> bool {
        self.why != NOT_HANDED_IN
    }
}

/// The part of a record that is kept in memory while the reports are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who handed it in.
    pub student: Student,
    /// The drill's place in [`Class::drills`].
    pub drill: usize,
    /// Whether the learning system marked it as late.
    pub late: bool,
    /// When it was handed in, as the learning system says it.
    pub at: Option<Box<str>>,
    /// The language that it is written in.
    pub language: Language,
    /// Whether it could be read; if not, it was not judged.
    pub taken: bool,
    /// How it ended.
    pub status: Status,
    /// Points reached.
    pub score: u32,
    /// Points that could be reached.
    pub max_score: u32,
}

/// Everything that the reports for a class are written from.
pub struct Class<'a> {
    /// The drills that were handed in, in the order of the course.
    pub drills: Vec<ClassDrill>,
    /// One for each student and drill; ordered by student, then as `drills` is.
    pub lines: Vec<Line>,
    /// Students without anything to grade, and why, in their order.
    pub empty_handed: Vec<EmptyHanded>,
    /// What counts of it.
    policy: Policy,
    records: &'a dyn Records,
}

/// A known student without anything to grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmptyHanded {
    /// Who.
    pub student: Student,
    /// Why: `not handed in`, or what is wrong with the hand-in.
    pub why: String,
}

impl<'a> Class<'a> {
    /// The class that `records` make. Records of drills other than `drills` are
    /// ignored.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn of(drills: Vec<ClassDrill>, records: &'a dyn Records) -> io::Result<Class<'a>> {
        let mut lines: Vec<Line> = Vec::new();
        // A person has the name in the newest record, and counts once.
        let mut newest: HashMap<Identity, (u64, Student)> = HashMap::new();
        let mut places: HashMap<(Identity, usize), (u64, usize)> = HashMap::new();
        records.each(&mut |record| {
            let Some(drill) = drills.iter().position(|it| it.slug == record.drill) else {
                return Ok(());
            };
            let (at, identity) = (record.graded_at, record.student.identity());
            let called = newest.entry(identity.clone());
            let (since, student) = called.or_insert_with(|| (at, record.student.clone()));
            if at > *since {
                (*since, *student) = (at, record.student.clone());
            }
            let line = Line::of(drill, record);
            match places.entry((identity, drill)) {
                Entry::Vacant(place) => {
                    place.insert((at, lines.len()));
                    lines.push(line);
                }
                Entry::Occupied(mut place) if at > place.get().0 => {
                    let (_, number) = *place.get();
                    place.insert((at, number));
                    lines[number] = line;
                }
                Entry::Occupied(_) => {}
            }
            Ok(())
        })?;
        drop(places);
        for line in &mut lines {
            if let Some((_, student)) = newest.get(&line.student.identity()) {
                line.student.clone_from(student);
            }
        }
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
            empty_handed: Vec::new(),
            policy: Policy::default(),
            records,
        })
    }

    /// The same class with these students without anything to grade. Students who
    /// have a line are left out.
    pub fn with_empty_handed(mut self, mut students: Vec<EmptyHanded>) -> Class<'a> {
        let known = self.lines.iter().map(|line| line.student.identity());
        let mut known: HashSet<Identity> = known.collect();
        students.retain(|it| known.insert(it.student.identity()));
        students.sort_by(|one, other| one.student.cmp(&other.student));
        self.empty_handed = students;
        self
    }

    /// The same class, of which counts what `policy` says.
    pub fn with_policy(mut self, policy: Policy) -> Class<'a> {
        let students: Vec<&Student> = self.everybody().map(|(student, ..)| student).collect();
        self.policy = policy.among(&students);
        self
    }

    /// What counts of a submission.
    pub fn counted(&self, line: &Line) -> Counted {
        self.policy.counted(&self.drills[line.drill].slug, line)
    }

    /// Whether a student need not hand in the drill at this place of the list.
    pub fn excuses(&self, drill: usize, student: &Student) -> bool {
        self.policy.excuses(&self.drills[drill].slug, student)
    }

    /// Points for the drill at this place of the list, as they count in a sum.
    pub fn weighed(&self, drill: usize, points: Points) -> Points {
        self.policy.weighed(&self.drills[drill].slug, points)
    }

    /// Those that the policy names and who are nobody here.
    pub fn unknown(&self) -> Vec<&str> {
        self.policy.unknown()
    }

    /// The texts of the policy that stand for several here.
    pub fn ambiguous(&self) -> Vec<&str> {
        self.policy.ambiguous()
    }

    /// What counts as in time because it is not known when it was handed in.
    pub fn undated(&self) -> impl Iterator<Item = &Line> {
        let slug = |line: &Line| &self.drills[line.drill].slug;
        let lines = self.lines.iter();
        let counts = move |line: &&Line| !self.excuses(line.drill, &line.student);
        let lines = lines.filter(counts);
        lines.filter(move |line| self.policy.is_undated(slug(line), line))
    }

    /// Everybody in their order, each with their lines or, if they have none, the
    /// reason.
    pub fn everybody(&self) -> impl Iterator<Item = (&Student, &[Line], &str)> {
        let mut with = self.by_student().peekable();
        let mut without = self.empty_handed.iter().peekable();
        std::iter::from_fn(move || {
            let with_first = match (with.peek(), without.peek()) {
                (Some((one, _)), Some(other)) => **one <= other.student,
                (one, _) => one.is_some(),
            };
            match with_first {
                true => with.next().map(|(student, lines)| (student, lines, "")),
                false => without.next().map(|it| (&it.student, &[][..], &*it.why)),
            }
        })
    }

    /// The students in their order, each with their lines.
    pub fn by_student(&self) -> impl Iterator<Item = (&Student, &[Line])> {
        let same = |one: &Line, other: &Line| one.student == other.student;
        let students = self.lines.chunk_by(same);
        students.map(|lines| (&lines[0].student, lines))
    }

    /// The lines for the drill at this index of the list.
    pub fn of_drill(&self, drill: usize) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.drill == drill)
    }

    /// The record of a line.
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
            language,
            ..
        } = record.verdict;
        Line {
            student: record.student,
            drill,
            late: record.late,
            at: record.at.map(String::into_boxed_str),
            language,
            taken: status != Status::Rejected || !record.sha256.is_empty(),
            status,
            score,
            max_score,
        }
    }

    /// The language, where it is not the course's first one: ` in Python`.
    pub fn in_language(&self) -> String {
        match self.language {
            Language::Rust => String::new(),
            other => format!(" in {other}"),
        }
    }

    /// Whether it says something about the code. A submission that could not be graded
    /// or read says nothing.
    pub fn is_graded(&self) -> bool {
        self.taken && !self.machine_failed()
    }

    /// Whether it was not graded, through no fault of the student.
    pub fn machine_failed(&self) -> bool {
        self.status == Status::InfraError
    }
}

impl Records for Vec<Record> {
    fn each(&self, see: &mut dyn FnMut(Record) -> io::Result<()>) -> io::Result<()> {
        self.iter().cloned().try_for_each(see)
    }

    fn one(&self, drill: &str, student: &Student) -> io::Result<Record> {
        let who = student.identity();
        let it = |record: &&Record| record.drill == drill && record.student.identity() == who;
        let record = self.iter().find(it).cloned();
        record.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}
