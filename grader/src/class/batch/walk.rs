//! Walks a class whose folders are named by a pattern, from the top.
//!
//! Its main type is [`Walk`]. Everything in a place that names a student belongs to
//! that student; the rest is passed over, and no name is too odd for a student.

use std::io;
use std::path::Path;

use play::text::{closest, one_line};

use super::find::{Found, PassedOver, Search, Without};
use super::hand_in::Hand;
use super::pattern::{Misfit, Named, Pattern, drill_within};
use super::store;
use super::student::{Ids, Student};
use super::thing::{Thing, ThingKind, all_things, holds_submission, is_litter, things};

/// Endings of files that students hand in by mistake; other files are the teacher's lists.
const MISTAKEN: [&str; 18] = [
    "docx", "doc", "odt", "rtf", "pdf", "pages", "png", "jpg", "jpeg", "heic", "rar", "gz", "bz2",
    "xz", "zst", "py", "js", "txt",
];

pub(super) struct Walk<'a> {
    search: &'a Search<'a>,
    pattern: &'a Pattern,
    found: &'a mut Found,
}

/// The thing at the pattern's end.
struct End {
    said: Named,
    thing: Thing,
    /// Whether its drill was guessed from a similar name.
    guessed: bool,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        search: &'a Search<'a>,
        pattern: &'a Pattern,
        found: &'a mut Found,
    ) -> Walk<'a> {
        Walk {
            search,
            pattern,
            found,
        }
    }

    /// Walks the whole folder.
    pub(super) fn run(&mut self) -> io::Result<()> {
        self.folder(Path::new(""), 0, &Named::default())
    }

    fn folder(&mut self, folder: &Path, depth: usize, said: &Named) -> io::Result<()> {
        let last = depth + 1 == self.pattern.depth();
        let things = self.things(folder, depth)?;
        if things.is_empty() && depth > 0 {
            self.pass(folder, "an empty folder".to_owned(), said);
        }
        let mut ends = Vec::new();
        for thing in things {
            let why = match self.read(&thing, depth, said) {
                Err(why) => why,
                Ok(said) if !last => match self.folder(&thing.path, depth + 1, &said) {
                    Ok(()) => continue,
                    Err(why) => {
                        self.pass(&thing.path, format!("it cannot be read: {why}"), &said);
                        continue;
                    }
                },
                Ok(said) => {
                    ends.push(End {
                        said,
                        thing,
                        guessed: false,
                    });
                    continue;
                }
            };
            match why {
                Unread::Folder(why) => self.over(&thing, why),
                Unread::Name(misfit) => ends.extend(self.misfit(thing, misfit, last, said)),
            }
        }
        self.ends(ends);
        Ok(())
    }

    /// The contents of a folder. Where names are students', a name that tools use
    /// may be a student's as well.
    fn things(&self, folder: &Path, depth: usize) -> io::Result<Vec<Thing>> {
        let dir = self.search.dir;
        if !self.pattern.names_student_at(depth) {
            return things(dir, folder);
        }
        let mut all = all_things(dir, folder)?;
        all.retain(|thing| {
            let theirs = || match thing.is_folder() {
                true => holds_submission(dir, &thing.path),
                // `._ada.zip` is what macOS keeps beside `ada.zip`.
                false => thing.is_usable() && !thing.name.starts_with("._"),
            };
            !is_litter(&thing.name) || theirs()
        });
        Ok(all)
    }

    /// The information in a thing's name.
    fn read(&self, thing: &Thing, depth: usize, said: &Named) -> Result<Named, Unread> {
        let last = depth + 1 == self.pattern.depth();
        let path = self.search.dir.join(&thing.path);
        if thing.is_folder() && (self.search.is_results(&path) || store::is_one(&path)) {
            return Err(Unread::Folder("the results of a batch".to_owned()));
        }
        if thing.kind == ThingKind::Link {
            let why = "a link, which is not followed".to_owned();
            return Err(Unread::Folder(why));
        }
        if !last && !thing.is_folder() {
            let why = format!(
                "not a folder, though `{}` has one here",
                self.pattern.text()
            );
            return Err(Unread::Folder(why));
        }
        let read = self.pattern.read(depth, thing.stem(), said);
        read.map_err(Unread::Name)
    }

    /// What a name that does not fit may still mean: a drill with a similar name.
    fn misfit(&mut self, thing: Thing, misfit: Misfit, last: bool, said: &Named) -> Option<End> {
        let (name, named) = match misfit {
            Misfit::Shape => {
                let why = format!("its name does not fit `{}`", self.pattern.text());
                self.pass(&thing.path, why, said);
                return None;
            }
            Misfit::NoDrill(name, named) => (name, named),
        };
        let nearly = drill_within(&name, self.search.drills);
        if let (Some(drill), true, true) = (nearly, last, thing.kind != ThingKind::Other) {
            let said = Named {
                drill: Some(drill.to_owned()),
                ..*named
            };
            return Some(End {
                said,
                thing,
                guessed: true,
            });
        }
        let guess = closest(&name, self.search.drills.iter().copied());
        let guess = guess.map(|drill| format!("; did they mean `{drill}`?"));
        let why = format!(
            "no drill is named `{}`{}",
            one_line(&name, 60),
            guess.unwrap_or_default()
        );
        // A name with an unknown drill still names the student, if the thing's
        // kind makes it a submission.
        let theirs = said.student.is_some() || thing.is_usable();
        self.pass(&thing.path, why, if theirs { &named } else { said });
        None
    }

    /// Takes the things at the pattern's end, those of one student and drill together.
    fn ends(&mut self, mut ends: Vec<End>) {
        let key = |end: &End| {
            let Named { student, id, drill } = &end.said;
            (student.clone(), id.clone(), drill.clone())
        };
        ends.sort_by_cached_key(key);
        while let Some(first) = ends.first().map(key) {
            let rest = ends.partition_point(|end| key(end) <= first);
            let rest = ends.split_off(rest);
            self.together(std::mem::replace(&mut ends, rest));
        }
    }

    /// Takes the things of one student and, if the pattern names drills, for one
    /// drill. Things that cannot be submissions count only if there is nothing else.
    fn together(&mut self, ends: Vec<End>) {
        let rank = |end: &End| match (end.thing.kind, end.guessed) {
            (ThingKind::Other, _) => 2,
            (_, true) => 1,
            _ => 0,
        };
        let best = ends.iter().map(rank).min().unwrap_or_default();
        for end in ends {
            let of_drills = self.pattern.names_drill();
            let why = match rank(&end) {
                rank if rank > best => "beside a submission that is named as it should be",
                // A drill's name says that it is meant to be one.
                2 if !of_drills => "not a submission, by its name",
                _ => {
                    self.hand(end);
                    continue;
                }
            };
            let Thing { path, name, .. } = &end.thing;
            let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
            let ending = ending.to_ascii_lowercase();
            let is_list = stem_is_readme(name) || !MISTAKEN.contains(&&*ending);
            match is_list && !of_drills {
                true => self.over(&end.thing, why.to_owned()),
                false => self.pass(path, why.to_owned(), &end.said),
            }
        }
    }

    fn hand(&mut self, End { said, thing, .. }: End) {
        let student = student(&said);
        let drill = said.drill.or(self.search.drill.map(str::to_owned));
        let things = match (thing.kind, &drill) {
            // The things in it may be named after drills.
            (ThingKind::Folder, None) => match things(self.search.dir, &thing.path) {
                Ok(things) => things,
                Err(why) => {
                    let why = format!("it cannot be read: {why}");
                    self.found.pass(&thing.path, why, Some(student));
                    return;
                }
            },
            _ => vec![thing],
        };
        let hand = Hand {
            student,
            late: false,
            at: None,
            drill,
            things,
        };
        self.search.take(&hand, self.found);
    }

    /// Passes over something that may be all a student handed in.
    fn pass(&mut self, path: &Path, why: String, said: &Named) {
        let student = said.student.is_some().then(|| student(said));
        self.found.pass(path, why, student);
    }

    fn over(&mut self, thing: &Thing, why: String) {
        self.found.pass(&thing.path, why, None);
    }
}

/// Why a name was not read.
enum Unread {
    /// It belongs to no student, whatever its name.
    Folder(String),
    /// It does not fit.
    Name(Misfit),
}

impl Found {
    /// Passes over something that belongs to nobody, or that may be all a student handed in.
    pub(super) fn pass(&mut self, path: &Path, why: String, student: Option<Student>) {
        self.without.extend(student.map(|student| Without {
            student,
            path: path.to_owned(),
            why: why.clone(),
        }));
        self.passed_over.push(PassedOver {
            path: path.to_owned(),
            why,
        });
    }
}

/// The student that a name gives. A pattern may identify students by numbers only.
fn student(said: &Named) -> Student {
    let name = said.student.as_ref().or(said.id.as_ref());
    let student = Student::known(name.map_or("", |it| it), said.id.as_deref(), None);
    match said.id {
        Some(_) => student.of(Ids::School),
        None => student,
    }
}

fn stem_is_readme(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("readme")
}
