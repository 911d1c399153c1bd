//! Finds what a class handed in: from a folder to a list of hand-ins.
//!
//! Its main types are [`Search`], the question, and [`Found`], the hand-ins and the
//! files that were passed over. No link is followed, and no submission is read.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::exports;
use super::hand_in::{Hand, several};
use super::identity;
use super::pattern::Pattern;
use super::people::{Roster, Teams};
use super::student::Student;
use super::walk::Walk;
use crate::build::submission::Part;

/// How a class' hand-ins lie in their folder.
#[derive(Clone, Debug)]
pub enum Layout {
    /// As a pattern describes.
    Pattern(Pattern),
    /// As Canvas' "Download Submissions" names them:
    /// `lovelaceada_LATE_1234_56789_inflight_fix.zip`.
    Canvas,
    /// As Moodle's "Download all submissions" names them:
    /// `Ada Lovelace_1234_assignsubmission_file/`.
    Moodle,
    /// As Gradescope's "Export Submissions" names them: `submission_1234/` beside a
    /// `submission_metadata.yml`.
    Gradescope,
    /// As Blackboard's "Download Assignments" names them:
    /// `HW1_adal_attempt_2026-11-20-10-00-00_offload.rs`.
    Blackboard,
}

/// Where to look, and how.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    /// The folder with everything in it.
    pub dir: &'a Path,
    /// How hand-ins lie in it.
    pub layout: Layout,
    /// The drill they are for, if their names do not say it.
    pub drill: Option<&'a str>,
    /// The slugs of all drills.
    pub drills: &'a [&'static str],
    /// A folder without hand-ins: that of the results.
    pub but: Option<PathBuf>,
    /// The members of each team, if teams hand in.
    pub teams: Option<&'a Teams>,
    /// Everybody who is enrolled.
    pub roster: Option<&'a Roster>,
}

/// One submission of one student for one drill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandIn {
    /// Who handed it in.
    pub student: Student,
    /// The drill's slug.
    pub drill: &'static str,
    /// Its path, relative to the searched folder.
    pub path: Box<Path>,
    /// The files it consists of, if several were uploaded one by one; their paths
    /// begin at the same folder.
    pub parts: Option<Box<[Part]>>,
    /// Whether the learning system marked it as late.
    pub late: bool,
    /// When it was handed in, in the learning system's words.
    pub at: Option<Box<str>>,
    /// Why it cannot be taken, known without reading it; continues a sentence that begins with the path.
    pub trouble: Option<Box<Trouble>>,
}

/// Why a hand-in cannot be taken. Few have a reason, so it is boxed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Continues a sentence that begins with the path.
    pub why: String,
    /// All attempts, if there are several.
    pub among: Vec<PathBuf>,
}

impl Trouble {
    pub(super) fn new(why: String) -> Trouble {
        Trouble {
            why,
            among: Vec::new(),
        }
    }
}

/// A student without anything that could be graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Without {
    /// Who.
    pub student: Student,
    /// The student's file, relative to the searched folder; empty if there is none.
    pub path: PathBuf,
    /// Why that is not a hand-in.
    pub why: String,
}

/// Something that belongs to no hand-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Its path, relative to the searched folder.
    pub path: PathBuf,
    /// Why it was passed over.
    pub why: String,
}

/// What a search found, ordered by student, then by drill.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The hand-ins to grade: at most one for each student and drill.
    pub hand_ins: Vec<HandIn>,
    /// Everything else in the folder.
    pub passed_over: Vec<PassedOver>,
    /// Known students without a hand-in.
    pub without: Vec<Without>,
    /// Notes for a person to look at: names that may belong to one person, numbers
    /// that may belong to several.
    pub notes: Vec<String>,
}

/// Why nothing can be searched.
#[derive(Debug, Error)]
pub enum FindError {
    /// The folder cannot be read.
    #[error("cannot read the folder `{}`: {why}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        why: io::Error,
    },
    /// Gradescope's list of names has an unexpected form.
    #[error("`{}` cannot be understood: {why}; export the submissions again", path.display())]
    Metadata {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
}

impl Search<'_> {
    /// Looks.
    ///
    /// # Errors
    /// When the folder cannot be read. A hand-in that cannot be read is not an error.
    pub fn run(&self) -> Result<Found, FindError> {
        let mut found = self.look()?;
        self.settle(&mut found);
        Ok(found)
    }

    /// Looks, without deciding which students are one person.
    pub(super) fn look(&self) -> Result<Found, FindError> {
        let mut found = Found::default();
        let hands = match &self.layout {
            Layout::Pattern(pattern) => {
                let mut walk = Walk::new(self, pattern, &mut found);
                walk.run().map_err(|why| self.unreadable(why))?;
                Vec::new()
            }
            Layout::Canvas => exports::canvas(self, &mut found)?,
            Layout::Moodle => exports::moodle(self, &mut found)?,
            Layout::Gradescope => exports::gradescope(self, &mut found)?,
            Layout::Blackboard => exports::blackboard(self, &mut found)?,
        };
        for hand in hands {
            self.take(&hand, &mut found);
        }
        Ok(found)
    }

    /// Takes what one student handed in. Students without anything usable are
    /// remembered.
    pub(super) fn take(&self, hand: &Hand, found: &mut Found) {
        let (before, over) = (found.hand_ins.len(), found.passed_over.len());
        let (hand_ins, passed_over) = (&mut found.hand_ins, &mut found.passed_over);
        hand.choose(self.dir, self.drills, hand_ins, passed_over);
        if hand_ins.len() == before {
            let first = passed_over.get(over).cloned();
            let first = first.unwrap_or_else(|| PassedOver {
                path: PathBuf::new(),
                why: "nothing is there".to_owned(),
            });
            found.without.push(Without {
                student: hand.student.clone(),
                path: first.path,
                why: first.why,
            });
        }
    }

    /// Decides which students are one person, and puts everything in order.
    pub(super) fn settle(&self, found: &mut Found) {
        let passed_over = &mut found.passed_over;
        passed_over.sort_by(|one, other| one.path.cmp(&other.path));
        // A group's hand-in belongs to each member.
        passed_over.dedup();
        if let Some(teams) = self.teams {
            teams.spread(found);
        }
        identity::settle(found, matches!(self.layout, Layout::Pattern(_)));
        found.hand_ins = self.one_each(std::mem::take(&mut found.hand_ins));
        if let Some(roster) = self.roster {
            roster.compare(found);
        }
        identity::nothing_of(found);
    }

    /// Whether this batch writes to a folder.
    pub(super) fn is_results(&self, path: &Path) -> bool {
        let here = path.canonicalize();
        here.is_ok_and(|here| Some(&*here) == self.but.as_deref())
    }

    pub(super) fn unreadable(&self, why: io::Error) -> FindError {
        FindError::Folder {
            path: self.dir.to_owned(),
            why,
        }
    }

    /// Two hand-ins of one student for one drill become one that is not taken:
    /// only the student can say which of them counts.
    fn one_each(&self, mut hand_ins: Vec<HandIn>) -> Vec<HandIn> {
        let place = |drill: &str| self.drills.iter().position(|slug| *slug == drill);
        hand_ins.sort_unstable_by(|one, other| {
            let drills = || place(one.drill).cmp(&place(other.drill));
            let paths = || one.path.cmp(&other.path);
            let students = one.student.cmp(&other.student);
            students.then_with(drills).then_with(paths)
        });
        hand_ins.dedup_by(|next, first| {
            let same = next.student == first.student && next.drill == first.drill;
            if same && next.path != first.path {
                let name = |hand_in: &HandIn| hand_in.path.display().to_string();
                let among = |hand_in: &mut HandIn| match hand_in.trouble.take() {
                    Some(trouble) if !trouble.among.is_empty() => trouble.among,
                    _ => vec![hand_in.path.to_path_buf()],
                };
                let why = several(&name(first), &name(next));
                let among = [among(first), among(next)].concat();
                first.late |= next.late;
                first.trouble = Some(Box::new(Trouble { why, among }));
            }
            same
        });
        hand_ins.shrink_to_fit();
        hand_ins
    }
}
