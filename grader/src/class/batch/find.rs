//! Finding what a class handed in: from a folder to a list of hand-ins.
//!
//! Its main types are [`Search`], what is asked, and [`Found`], what was understood
//! and what was passed over. No link is followed, and no submission is read.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::exports;
use super::hand_in::{Hand, Kind, several, stem, things};
use super::pattern::{Misfit, Named, Pattern};
use super::student::Student;
use crate::build::submission::Part;
use play::text::{closest, one_line};

/// How a class' hand-ins lie in their folder.
#[derive(Clone, Debug)]
pub enum Layout {
    /// As a pattern says.
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
}

/// Where to look, and how.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    /// The folder with everything in it.
    pub dir: &'a Path,
    /// How hand-ins lie in it.
    pub layout: Layout,
    /// The drill they are for, where their names do not say it.
    pub drill: Option<&'a str>,
    /// The slugs of all drills.
    pub drills: &'a [&'static str],
    /// A folder that holds no hand-ins: the results.
    pub but: Option<PathBuf>,
}

/// One submission of one student for one drill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandIn {
    /// Who handed it in.
    pub student: Student,
    /// The drill's slug.
    pub drill: &'static str,
    /// Where it lies, from the folder that was searched.
    pub path: Box<Path>,
    /// The files it is made of, where that is several that were uploaded one by one;
    /// they lie from the same folder.
    pub parts: Option<Box<[Part]>>,
    /// Whether the learning system marked it as late.
    pub late: bool,
    /// Why it cannot be taken, known without reading it; reads on from the path.
    pub trouble: Option<Box<Trouble>>,
}

/// Why a hand-in cannot be taken. Few have one, so it is kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble(pub String);

/// Something that is nobody's hand-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    /// Where it lies, from the folder that was searched.
    pub path: PathBuf,
    /// Why it was passed over.
    pub why: String,
}

/// What a search found, ordered by student, then by drill.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What is to be graded: at most one for each student and drill.
    pub hand_ins: Vec<HandIn>,
    /// The rest.
    pub passed_over: Vec<PassedOver>,
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
    /// Gradescope's list of names is not as it should be.
    #[error("`{}` cannot be understood: {why}; export the submissions again", path.display())]
    Metadata {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
}

impl Found {
    /// Whether this student handed something in for that drill.
    pub fn is_there(&self, drill: &str, student: &Student) -> bool {
        let hand_ins = &self.hand_ins;
        let from = hand_ins.partition_point(|hand_in| hand_in.student < *student);
        let theirs = hand_ins[from..]
            .iter()
            .take_while(|hand_in| hand_in.student == *student);
        theirs.into_iter().any(|hand_in| hand_in.drill == drill)
    }
}

impl Search<'_> {
    /// Looks.
    ///
    /// # Errors
    /// When the folder cannot be read. A hand-in that cannot be read is no error.
    pub fn run(&self) -> Result<Found, FindError> {
        let mut hand_ins = Vec::new();
        let mut passed_over = Vec::new();
        let mut choose = |hand: &Hand, passed_over: &mut Vec<PassedOver>| {
            hand.choose(self.dir, self.drills, &mut hand_ins, passed_over);
        };
        let hands = match &self.layout {
            Layout::Pattern(pattern) => {
                let mut walk = Walk {
                    search: self,
                    pattern,
                    hand: &mut choose,
                    passed_over: &mut passed_over,
                };
                walk.folder(Path::new(""), 0, &Named::default())
                    .map_err(|why| self.unreadable(why))?;
                Vec::new()
            }
            Layout::Canvas => exports::canvas(self, &mut passed_over)?,
            Layout::Moodle => exports::moodle(self, &mut passed_over)?,
            Layout::Gradescope => exports::gradescope(self, &mut passed_over)?,
        };
        for hand in hands {
            choose(&hand, &mut passed_over);
        }
        passed_over.sort_by(|one, other| one.path.cmp(&other.path));
        // A group's is everybody's.
        passed_over.dedup();
        Ok(Found {
            hand_ins: self.one_each(hand_ins),
            passed_over,
        })
    }

    pub(super) fn unreadable(&self, why: io::Error) -> FindError {
        FindError::Folder {
            path: self.dir.to_owned(),
            why,
        }
    }

    /// Two for one student and drill are one that is not taken: nobody but the
    /// student can say which of them counts.
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
            if same {
                let name = |hand_in: &HandIn| hand_in.path.display().to_string();
                first.trouble = Some(Box::new(Trouble(several(&name(first), &name(next)))));
            }
            same
        });
        hand_ins.shrink_to_fit();
        hand_ins
    }
}

struct Walk<'a> {
    search: &'a Search<'a>,
    pattern: &'a Pattern,
    /// Is given what one student handed in.
    hand: &'a mut dyn FnMut(&Hand, &mut Vec<PassedOver>),
    passed_over: &'a mut Vec<PassedOver>,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, depth: usize, said: &Named) -> io::Result<()> {
        let last = depth + 1 == self.pattern.depth();
        let things = things(self.search.dir, folder)?;
        if things.is_empty() && depth > 0 {
            self.passed_over.push(PassedOver {
                path: folder.to_owned(),
                why: "an empty folder".to_owned(),
            });
        }
        for thing in things {
            let is_folder = matches!(thing.kind, Kind::Folder | Kind::Crate);
            let is_results = || {
                let here = self.search.dir.join(&thing.path).canonicalize();
                here.is_ok_and(|here| Some(&*here) == self.search.but.as_deref())
            };
            let why = match () {
                () if is_folder && is_results() => "the results of a batch".to_owned(),
                () if thing.kind == Kind::Link => "a link, which is not followed".to_owned(),
                () if !last && !is_folder => {
                    format!("no folder, as `{}` has one here", self.pattern.text())
                }
                () => {
                    let name = if is_folder {
                        &*thing.name
                    } else {
                        stem(&thing.name)
                    };
                    match self.pattern.read(depth, name, said) {
                        Err(misfit) => self.misfit(misfit),
                        Ok(said) if !last => match self.folder(&thing.path, depth + 1, &said) {
                            Ok(()) => continue,
                            Err(why) => format!("it cannot be read: {why}"),
                        },
                        Ok(said) => {
                            let is_other = thing.kind == Kind::Other;
                            let path = thing.path.clone();
                            match self.hand(said, thing, is_other) {
                                Some(why) => {
                                    self.passed_over.push(PassedOver { path, why });
                                    continue;
                                }
                                None => continue,
                            }
                        }
                    }
                }
            };
            self.passed_over.push(PassedOver {
                path: thing.path,
                why,
            });
        }
        Ok(())
    }

    /// Takes what lies at the pattern's end; else says why not.
    fn hand(&mut self, said: Named, thing: super::hand_in::Thing, other: bool) -> Option<String> {
        let drill = said.drill.or(self.search.drill.map(str::to_owned));
        // A drill's name says that it is meant to be one.
        if other && !self.pattern.names_drill() {
            return Some("no submission, by its name".to_owned());
        }
        let things = match (thing.kind, &drill) {
            // What lies in it may be named after drills.
            (Kind::Folder, None) => match things(self.search.dir, &thing.path) {
                Ok(things) => things,
                Err(why) => return Some(format!("it cannot be read: {why}")),
            },
            _ => vec![thing],
        };
        let hand = Hand {
            // A pattern may tell students by numbers only.
            student: Student::known(
                said.student
                    .as_ref()
                    .or(said.id.as_ref())
                    .map_or("", |it| it),
                said.id.as_deref(),
                None,
            ),
            late: false,
            drill,
            things,
        };
        (self.hand)(&hand, self.passed_over);
        None
    }

    fn misfit(&self, misfit: Misfit) -> String {
        match misfit {
            Misfit::Shape => format!("its name does not fit `{}`", self.pattern.text()),
            Misfit::NoDrill(name) => {
                let guess = closest(&name, self.search.drills.iter().copied());
                let guess = guess.map(|drill| format!("; did they mean `{drill}`?"));
                let name = one_line(&name, 60);
                format!("no drill is named `{name}`{}", guess.unwrap_or_default())
            }
        }
    }
}
