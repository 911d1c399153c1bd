//! What one student handed in, and which part of it is the submission.
//!
//! Its main type is [`Hand`]: everything in one student's place. [`Hand::choose`]
//! finds the submissions in it, by names and kinds. Which files of a folder or an
//! archive make a submission is up to `submission`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::find::{HandIn, PassedOver, Trouble};
use super::pattern::drill_within;
use super::student::Student;
use super::thing::{Thing, ThingKind, text_of};
use crate::build::submission::{Part, Wanted, drills_within, place_within};

const LINK: &str = "a link, which is not followed";

/// Everything that one student handed in.
#[derive(Clone, Debug)]
pub(super) struct Hand {
    pub(super) student: Student,
    pub(super) late: bool,
    /// When it was handed in, if the system says so.
    pub(super) at: Option<Box<str>>,
    /// The drill it is for, if that is known.
    pub(super) drill: Option<String>,
    pub(super) things: Vec<Thing>,
}

impl Hand {
    /// The submissions in the hand-in: one for its drill, or else one for each drill
    /// that something is named after, outside or inside. A hand-in for a known drill
    /// always gives one, if only to be refused with the reason.
    pub(super) fn choose(
        &self,
        root: &Path,
        drills: &[&'static str],
        found: &mut Vec<HandIn>,
        passed_over: &mut Vec<PassedOver>,
    ) {
        match &self.drill {
            Some(drill) => {
                if let Some(drill) = drills.iter().find(|slug| **slug == drill) {
                    self.choose_for(root, drill, drills, found, passed_over);
                }
            }
            None => self.choose_by_name(root, drills, found, passed_over),
        }
    }

    /// The submission for the drill that the whole hand-in is for.
    fn choose_for(
        &self,
        root: &Path,
        drill: &'static str,
        drills: &[&'static str],
        found: &mut Vec<HandIn>,
        passed_over: &mut Vec<PassedOver>,
    ) {
        match self.one(root, drill, drills) {
            Some(hand_in) => found.push(hand_in),
            None => {
                let all = self.things.iter();
                passed_over.extend(all.map(|it| it.passed_over("handed in for another drill")));
            }
        }
    }

    /// One submission for each drill that is named.
    fn choose_by_name(
        &self,
        root: &Path,
        drills: &[&'static str],
        found: &mut Vec<HandIn>,
        passed_over: &mut Vec<PassedOver>,
    ) {
        let plain = || self.things.iter().filter(|it| it.kind != ThingKind::Link);
        let named = plain().filter_map(|thing| thing.drill(drills));
        let named: BTreeSet<&str> = named.collect();
        let within = match named.is_empty() {
            true => self.drills_within(root, drills),
            false => None,
        };
        if let Some((path, within)) = within {
            let found_there = |drill| self.within(root, drill, drills, path);
            found.extend(within.into_iter().map(found_there));
            return;
        }
        if named.is_empty() && self.choose_nearly(root, drills, found) {
            return;
        }
        let here = drills.iter().filter(|drill| named.contains(**drill));
        let hand_ins = here.filter_map(|drill| self.one(root, drill, drills));
        let hand_ins: Vec<HandIn> = hand_ins.collect();
        for thing in &self.things {
            let is_part = hand_ins.iter().any(|hand_in| hand_in.is_made_of(thing));
            let why = match thing.kind {
                ThingKind::Link => LINK,
                _ if is_part || thing.drill(drills).is_some() => continue,
                _ if thing.is_usable() => "names no drill; say which one it is for with `--drill`",
                _ => "not a submission, by its name",
            };
            passed_over.push(thing.passed_over(why));
        }
        found.extend(hand_ins);
    }

    /// One submission for each drill whose name something nearly has, if nothing has
    /// an exact name. Returns whether there was any.
    fn choose_nearly(&self, root: &Path, drills: &[&'static str], found: &mut Vec<HandIn>) -> bool {
        let before = found.len();
        for drill in drills {
            let is_it = |thing: &&Thing| {
                thing.is_usable() && drill_within(thing.stem(), drills) == Some(drill)
            };
            let things: Vec<Thing> = self.things.iter().filter(is_it).cloned().collect();
            if !things.is_empty() {
                let hand = Hand {
                    things,
                    ..self.clone()
                };
                found.extend(hand.one(root, drill, drills));
            }
        }
        found.len() > before
    }

    /// The drills that are named inside the hand-in, and where.
    fn drills_within<'a>(
        &'a self,
        root: &Path,
        drills: &[&'static str],
    ) -> Option<(&'a Path, Vec<&'static str>)> {
        let path = match &*self.things {
            [only] if only.is_usable() => &*only.path,
            _ => self.folder()?,
        };
        let within = drills_within(&root.join(path), drills);
        (!within.is_empty()).then_some((path, within))
    }

    /// The folder of several things, if everything in it belongs to this student.
    fn folder(&self) -> Option<&Path> {
        let [first, _, ..] = &*self.things else {
            return None;
        };
        let folder = first.path.parent()?;
        let is_own = |thing: &Thing| {
            let name = thing.path.file_name().map(text_of);
            thing.path.parent() == Some(folder) && name.as_ref() == Some(&thing.name)
        };
        let is_root = folder.as_os_str().is_empty();
        (!is_root && self.things.iter().all(is_own)).then_some(folder)
    }

    /// The submission for `drill`; `None` if all candidates are named after other
    /// drills.
    fn one(&self, root: &Path, drill: &'static str, drills: &[&'static str]) -> Option<HandIn> {
        let usable = || self.things.iter().filter(|thing| thing.is_usable());
        let named: Vec<&Thing> = usable()
            .filter(|thing| thing.drill(drills) == Some(drill))
            .collect();
        let unnamed: Vec<&Thing> = usable()
            .filter(|thing| thing.drill(drills).is_none())
            .collect();
        Some(match (&*named, &*unnamed) {
            // Modules may lie beside it.
            ([only], [_, ..]) if only.is_rust() => self.with_parts(drill, only, drills),
            ([only], _) => self.within(root, drill, drills, &only.path),
            ([_, _, ..], _) => self.several(drill, &named),
            ([], [only]) => self.within(root, drill, drills, &only.path),
            ([], [first, _, ..]) => match self.folder() {
                Some(folder) => {
                    let mut hand_in = self.within(root, drill, drills, folder);
                    // Each is a file of its own, so one of them can be the one that counts.
                    if let Some(trouble) = &mut hand_in.trouble
                        && unnamed.iter().all(|thing| thing.kind == ThingKind::Source)
                    {
                        trouble.among = paths(&unnamed);
                    }
                    hand_in
                }
                None if unnamed.iter().all(|thing| thing.is_rust()) => {
                    self.with_parts(drill, first, drills)
                }
                None => self.several(drill, &unnamed),
            },
            ([], []) if usable().next().is_some() => return None,
            ([], []) => match &*self.things {
                [] => self.refused(drill, Path::new(""), "holds nothing"),
                [first, ..] if first.kind == ThingKind::Link => self.refused(
                    drill,
                    &first.path,
                    &format!("is {LINK}; hand in plain files"),
                ),
                // It is refused for what it is.
                [first, ..] => self.hand_in(drill, &first.path),
            },
        })
    }

    /// A file and the files beside it that are named after no drill: if there is a
    /// Rust file among them, they are one crate.
    fn with_parts(&self, drill: &'static str, first: &Thing, drills: &[&'static str]) -> HandIn {
        let is_file = |it: &&Thing| it.is_rust() || it.kind == ThingKind::Other;
        let files = self.things.iter().filter(is_file);
        let beside = |it: &&Thing| it.path == first.path || it.drill(drills).is_none();
        let files: Vec<&Thing> = files.filter(beside).collect();
        let mut hand_in = self.hand_in(drill, &first.path);
        if files.iter().filter(|it| it.is_rust()).count() > 1 {
            let part = |it: &&Thing| Part {
                name: it.name.clone(),
                path: it.path.clone(),
            };
            hand_in.parts = Some(files.iter().map(part).collect());
        }
        hand_in
    }

    /// The submission at `path`, or where it is below that.
    fn within(
        &self,
        root: &Path,
        drill: &'static str,
        drills: &[&'static str],
        path: &Path,
    ) -> HandIn {
        let wanted = Wanted {
            drill: Some(drill),
            drills,
            shipped: &[],
        };
        match place_within(&root.join(path), &wanted) {
            Ok(place) => self.hand_in(drill, place.strip_prefix(root).unwrap_or(path)),
            Err(why) => self.refused(drill, path, &why.to_string()),
        }
    }

    /// Several submissions, when nobody has said which one counts.
    fn several(&self, drill: &'static str, things: &[&Thing]) -> HandIn {
        let name = |place: usize| things.get(place).map_or("", |thing| &*thing.name);
        let path = things.first().map_or(Path::new(""), |thing| &*thing.path);
        let trouble = Trouble {
            why: several(name(0), name(1)),
            among: paths(things),
        };
        HandIn {
            trouble: Some(Box::new(trouble)),
            ..self.hand_in(drill, path)
        }
    }

    fn hand_in(&self, drill: &'static str, path: &Path) -> HandIn {
        HandIn {
            student: self.student.clone(),
            drill,
            path: path.into(),
            parts: None,
            late: self.late,
            at: self.at.clone(),
            trouble: None,
        }
    }

    fn refused(&self, drill: &'static str, path: &Path, why: &str) -> HandIn {
        HandIn {
            trouble: Some(Box::new(Trouble::new(why.to_owned()))),
            ..self.hand_in(drill, path)
        }
    }
}

impl HandIn {
    /// Whether something is one of the submission's files.
    fn is_made_of(&self, thing: &Thing) -> bool {
        let parts = self.parts.iter().flat_map(|parts| parts.iter());
        parts.into_iter().any(|part| part.path == thing.path)
    }
}

fn paths(things: &[&Thing]) -> Vec<PathBuf> {
    things.iter().map(|thing| thing.path.clone()).collect()
}

/// Why none of several things is taken.
pub(super) fn several(first: &str, second: &str) -> String {
    let shown = |name| play::text::one_line(name, 100);
    format!(
        "holds several submissions, `{}` and `{}`; hand in one",
        shown(first),
        shown(second)
    )
}
