//! What one student handed in, and which part of it is the submission.
//!
//! Its main type is [`Hand`]: all that lies in one student's place. [`Hand::choose`]
//! finds the submissions among it. It looks at names and kinds, never into a file.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::find::{HandIn, PassedOver, Trouble};
use super::pattern::{drill_named, drill_within};
use super::student::Student;

/// Where a crate begins, and where one without the folder `src` does.
const CRATE: &str = "src/lib.rs";
const CRATE_ROOT: &str = "lib.rs";

/// Folders within folders that are looked into for a crate.
const DEPTH: usize = 4;

/// Endings of files that are meant as a submission; what reads them says which it can.
const ENDINGS: [&str; 10] = [
    ".rs", ".zip", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".tar", ".7z",
];

/// Something in a folder. Paths are relative to the batch's folder.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub(super) path: PathBuf,
    /// Its name, as [`text_of`] has it.
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// What a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A folder with a `src/lib.rs`.
    Crate,
    /// Any other folder.
    Folder,
    /// A Rust file or an archive.
    Source,
    /// Any other file.
    Other,
    /// A link, which is not followed.
    Link,
}

/// All that one student handed in.
#[derive(Clone, Debug)]
pub(super) struct Hand {
    pub(super) student: Student,
    pub(super) late: bool,
    /// When it was handed in, where the system says so.
    pub(super) at: Option<Box<str>>,
    /// The drill it is for, where that is known.
    pub(super) drill: Option<String>,
    pub(super) things: Vec<Thing>,
}

/// What a name is without the ending of a file; `offload.rs.txt` has two of them.
pub(super) fn stem(name: &str) -> &str {
    let without = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let ending = ENDINGS.iter().find(|ending| lower.ends_with(**ending));
        ending.map(|ending| name.len() - ending.len())
    };
    if let Some(end) = without(name) {
        return &name[..end];
    }
    let (stem, _) = name.rsplit_once('.').unwrap_or((name, ""));
    without(stem).map_or(stem, |end| &stem[..end])
}

/// Whether tools leave behind what is called so.
pub(super) fn is_litter(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "__MACOSX" | "target")
}

/// Whether something in a folder could be a submission, however deep it lies. Tells a
/// student of an odd name from what a tool left behind.
pub(super) fn holds_submission(root: &Path, folder: &Path) -> bool {
    fn look(root: &Path, folder: &Path, depth: usize) -> bool {
        let things = things(root, folder).unwrap_or_default();
        things.iter().any(|thing| match thing.kind {
            Kind::Folder if depth > 0 => look(root, &thing.path, depth - 1),
            _ => thing.is_usable(),
        })
    }
    // What cargo builds has this beside it.
    !root.join(folder).join("CACHEDIR.TAG").is_file() && look(root, folder, DEPTH)
}

/// A file's name as text. Bytes that are no UTF-8 are written as `\xFC`, so that two
/// names stay two.
fn text_of(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02X}"));
        }
    }
    text
}

/// What lies in a folder, by name. What tools leave behind is left out.
pub(super) fn things(root: &Path, folder: &Path) -> io::Result<Vec<Thing>> {
    let mut things = all_things(root, folder)?;
    things.retain(|thing| !is_litter(&thing.name));
    Ok(things)
}

/// All that lies in a folder, by name.
pub(super) fn all_things(root: &Path, folder: &Path) -> io::Result<Vec<Thing>> {
    let mut things = Vec::new();
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = text_of(&entry.file_name());
        let path = folder.join(entry.file_name());
        let kind = entry.file_type()?;
        let lower = name.to_ascii_lowercase();
        let kind = match () {
            () if kind.is_symlink() => Kind::Link,
            () if kind.is_dir() && root.join(&path).join(CRATE).is_file() => Kind::Crate,
            () if kind.is_dir() => Kind::Folder,
            () if ENDINGS.iter().any(|ending| lower.ends_with(ending)) => Kind::Source,
            () => Kind::Other,
        };
        things.push(Thing { path, name, kind });
    }
    things.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(things)
}

impl Thing {
    /// The drill it is named after.
    fn drill<'a>(&self, drills: &[&'a str]) -> Option<&'a str> {
        drill_named(self.stem(), drills)
    }

    /// Its name without a file's ending.
    pub(super) fn stem(&self) -> &str {
        match self.is_folder() {
            true => &self.name,
            false => stem(&self.name),
        }
    }

    pub(super) fn is_folder(&self) -> bool {
        matches!(self.kind, Kind::Crate | Kind::Folder)
    }

    pub(super) fn is_usable(&self) -> bool {
        matches!(self.kind, Kind::Crate | Kind::Source)
    }

    pub(super) fn passed_over(&self, why: &str) -> PassedOver {
        PassedOver {
            path: self.path.clone(),
            why: why.to_owned(),
        }
    }
}

impl Hand {
    /// The submissions among what was handed in: one for the drill it is for, or else
    /// one for each drill that something is named after. A hand-in for a known drill
    /// always gives one, if only to be refused with the reason.
    pub(super) fn choose(
        &self,
        root: &Path,
        drills: &[&'static str],
        found: &mut Vec<HandIn>,
        passed_over: &mut Vec<PassedOver>,
    ) {
        if let Some(drill) = &self.drill {
            let Some(drill) = drills.iter().find(|slug| **slug == drill) else {
                return;
            };
            match self.one(root, drill, &self.things, drills, DEPTH) {
                Some(hand_in) => found.push(hand_in),
                None => {
                    let all = self.things.iter();
                    passed_over.extend(all.map(|it| it.passed_over("handed in for another drill")));
                }
            }
            return;
        }
        let mut named = Vec::new();
        for thing in &self.things {
            match thing.drill(drills) {
                _ if thing.kind == Kind::Link => {
                    passed_over.push(thing.passed_over("a link, which is not followed"));
                }
                Some(drill) => named.push((drill, thing.clone())),
                None => {}
            }
        }
        // One folder around it all, as archives often have.
        if named.is_empty()
            && let [only] = &*self.things
            && only.kind == Kind::Folder
        {
            match things(root, &only.path) {
                Ok(things) if only.path.components().count() < DEPTH + 2 => {
                    let inner = Hand {
                        things,
                        ..self.clone()
                    };
                    return inner.choose(root, drills, found, passed_over);
                }
                Ok(_) => {}
                Err(why) => return passed_over.push(only.passed_over(&why.to_string())),
            }
        }
        // Where nothing is named as it should be, what is named nearly so.
        if named.is_empty() {
            let usable = self.things.iter().filter(|thing| thing.is_usable());
            let nearly = usable.filter_map(|thing| {
                drill_within(thing.stem(), drills).map(|drill| (drill, thing.clone()))
            });
            named.extend(nearly);
        }
        for thing in &self.things {
            let is_taken = named.iter().any(|(_, it)| it.path == thing.path);
            if thing.kind != Kind::Link && !is_taken {
                passed_over.push(thing.passed_over(match thing.is_usable() {
                    true => "names no drill; say which one it is for with `--drill`",
                    false => "no submission, by its name",
                }));
            }
        }
        for drill in drills {
            let of_it = named.iter().filter(|(name, _)| name == drill);
            let things: Vec<Thing> = of_it.map(|(_, thing)| thing.clone()).collect();
            if !things.is_empty() {
                found.extend(self.one(root, drill, &things, drills, DEPTH));
            }
        }
    }

    /// The submission for `drill` among `things`; none, where all that could be one is
    /// named after other drills.
    fn one(
        &self,
        root: &Path,
        drill: &'static str,
        things: &[Thing],
        drills: &[&'static str],
        depth: usize,
    ) -> Option<HandIn> {
        let taken = |path: &Path, trouble: Option<Trouble>| {
            Some(HandIn {
                student: self.student.clone(),
                drill,
                path: path.into(),
                late: self.late,
                at: self.at.clone(),
                trouble: trouble.map(Box::new),
            })
        };
        let hand_in =
            |path: &Path, why: Option<String>| taken(path, why.map(|why| Trouble::new(why)));
        let usable = || things.iter().filter(|thing| thing.is_usable());
        let mut pool: Vec<&Thing> = usable()
            .filter(|thing| thing.drill(drills) == Some(drill))
            .collect();
        if pool.is_empty() {
            pool = usable()
                .filter(|thing| thing.drill(drills).is_none())
                .collect();
        }
        match &*pool {
            [only] => return hand_in(&only.path, None),
            // A crate without the folder `src`.
            [..] if let Some(folder) = flat_crate(&pool) => return hand_in(folder, None),
            [first, second, ..] => {
                let why = several(&first.name, &second.name);
                let among = pool.iter().map(|thing| thing.path.clone()).collect();
                return taken(&first.path, Some(Trouble { why, among }));
            }
            [] => {}
        }
        let folders = things.iter().filter(|thing| thing.kind == Kind::Folder);
        let folders: Vec<&Thing> = folders.collect();
        let folder = match &*folders {
            [only] => Some(*only),
            _ => {
                let named = |name: &dyn Fn(&Thing) -> bool| folders.iter().find(|it| name(it));
                // A whole course has its drills in one of them.
                named(&|thing| thing.drill(drills) == Some(drill))
                    .or_else(|| named(&|thing| thing.name == "exercises"))
                    .copied()
            }
        };
        if let (Some(folder), 1..) = (folder, depth) {
            return match self::things(root, &folder.path) {
                Ok(inner) if !inner.is_empty() => self.one(root, drill, &inner, drills, depth - 1),
                _ => hand_in(&folder.path, None),
            };
        }
        if usable().next().is_some() {
            return None;
        }
        match things {
            [] => hand_in(Path::new(""), Some("holds nothing".to_owned())),
            [first, ..] if first.kind == Kind::Link => hand_in(
                &first.path,
                Some("is a link, which is not followed; hand in plain files".to_owned()),
            ),
            // To be refused for what it is.
            [first, ..] => hand_in(&first.path, None),
        }
    }
}

/// The folder of a `lib.rs` and the modules beside it.
fn flat_crate<'a>(pool: &[&'a Thing]) -> Option<&'a Path> {
    let is_root = |thing: &&&Thing| thing.path.file_name() == Some(OsStr::new(CRATE_ROOT));
    let folder = pool.iter().find(is_root)?.path.parent()?;
    let is_module = |thing: &&Thing| {
        let is_rust = thing.path.extension() == Some(OsStr::new("rs"));
        is_rust && thing.path.parent() == Some(folder)
    };
    (!folder.as_os_str().is_empty() && pool.iter().all(is_module)).then_some(folder)
}

/// The submission for a drill within a folder that somebody handed in, where that is no
/// crate itself: found as in a batch.
///
/// # Errors
/// Why none of what is there is taken; reads on from the folder.
pub(crate) fn within(
    folder: &Path,
    drill: &'static str,
    drills: &[&'static str],
) -> Result<PathBuf, String> {
    let whole = || Ok(folder.to_owned());
    // With a folder `src` it is meant to be one, whatever it lacks.
    let is_crate = ["src", CRATE_ROOT]
        .iter()
        .any(|name| folder.join(name).symlink_metadata().is_ok());
    if is_crate || !folder.is_dir() {
        return whole();
    }
    let Ok(things) = things(folder, Path::new("")) else {
        return whole();
    };
    let hand = Hand {
        student: Student::named(""),
        late: false,
        at: None,
        drill: Some(drill.to_owned()),
        things,
    };
    match hand.one(folder, drill, &hand.things, drills, DEPTH) {
        Some(HandIn {
            trouble: Some(why), ..
        }) if !hand.things.is_empty() => Err(why.why),
        Some(HandIn {
            path,
            trouble: None,
            ..
        }) if folder.join(&path).exists() => Ok(folder.join(path)),
        _ => whole(),
    }
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
