//! Which of the listed files make the submission, judged by their names alone.
//!
//! [`choose`] finds the wanted crate among all files, however deep, or else the only Rust file. It must never pick by
//! a file's position in an archive: of two equally likely crates, none is taken.

use std::collections::{BTreeMap, BTreeSet};

use super::CRATE_ROOT;
use super::error::Fault;
use super::listing::Listing;
use super::name::{plain_file_name, shown};
use super::one_file;
use super::wanted::{Named, Wanted};
use crate::course::language::Language;

mod candidate;

use candidate::Candidate;

/// Which files to take: their index in the archive and the path each goes under.
pub(super) type Picks = BTreeMap<usize, String>;

/// What to read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Choice {
    Crate(Layout),
    /// An inner archive, by its path.
    Archive(String),
}

/// The files that make a submission; `root` is one of the paths in `picks`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) root: String,
    pub(super) picks: Picks,
    /// The folder of the root file, with a `/` at its end unless it is the top.
    outer: String,
    /// That folder's name in `picks`, likewise.
    inner: &'static str,
    /// The submission itself, without anything beside it: the folder that holds `src`, or else the root.
    pub(super) place: String,
}

impl Layout {
    /// The folder of the root file.
    pub(super) fn folder(&self) -> &str {
        self.outer.trim_end_matches('/')
    }

    /// The original place of the crate's file `path`, as far as that can be told.
    pub(super) fn origin(&self, path: &str) -> Option<String> {
        if let Some(rest) = path.strip_prefix(self.inner) {
            return Some(format!("{}{rest}", self.outer));
        }
        let above = self.outer.strip_suffix('/')?;
        let above = above.rfind('/').map_or("", |at| &above[..=at]);
        Some(format!("{above}{path}"))
    }
}

/// Chooses among the files of `listing`.
pub(super) fn choose(listing: &Listing, wanted: &Wanted<'_>) -> Result<Choice, Fault> {
    let all: Vec<&str> = listing.rust().collect();
    let candidates = candidate::all(&all, wanted);
    let code = match candidate::best(&candidates)? {
        Some(best) => Ok(Some(best)),
        None => candidate::lone(&all, wanted),
    };
    let known = code.as_ref().ok().and_then(Option::as_ref);
    if let Some(archive) = archive(listing, wanted, known)? {
        return Ok(Choice::Archive(archive));
    }
    let code = code?;
    // A crate whose code is missing is a crate all the same.
    if code.is_none()
        && !listing.has_manifest()
        && let Some(path) = one_file::among(listing, wanted)?
    {
        return Ok(Choice::Crate(file(listing, path)?));
    }
    match code {
        Some(Candidate {
            lone: true, root, ..
        }) => alone(listing, root),
        Some(best) => whole(listing, wanted, &candidates, &best),
        None if all.is_empty() => Err(listing.without_rust()),
        None => Err(Fault::NoRoot),
    }
}

/// The drills that `listing` has something for, judged by its names.
pub(super) fn drills<'a>(listing: &Listing, drills: &[&'a str]) -> Vec<&'a str> {
    let all: Vec<&str> = listing.rust().collect();
    let is_there = |slug: &&&'a str| {
        let wanted = Wanted {
            drill: Some(**slug),
            drills,
            shipped: &[],
        };
        let archived = |path: &str| wanted.stem_named(path) >= Named::InPart;
        candidate::all(&all, &wanted)
            .iter()
            .any(|it| it.named() >= Named::InPart)
            || matches!(candidate::lone(&all, &wanted), Ok(Some(it)) if it.named() >= Named::InPart)
            || listing.archives().any(archived)
            || listing.interpreted().any(archived)
    };
    drills.iter().filter(is_there).copied().collect()
}

/// An archive that is more likely meant than any code beside it.
fn archive(
    listing: &Listing,
    wanted: &Wanted<'_>,
    code: Option<&Candidate<'_>>,
) -> Result<Option<String>, Fault> {
    let named = |path: &str| wanted.stem_named(path);
    let best = listing.archives().map(named).max();
    let Some(best) = best else {
        return Ok(None);
    };
    let mut first = listing.archives().filter(|path| named(path) == best);
    let Some(path) = first.next() else {
        return Ok(None);
    };
    let several = |code: &str| Fault::Several {
        first: shown(code.as_bytes()),
        second: shown(path.as_bytes()),
    };
    match code {
        // A crate may contain archives like any other file.
        Some(code) if code.is_crate() && best < Named::InPart => Ok(None),
        Some(code) if code.named() > best => Ok(None),
        Some(code) if code.named() == best && code.is_crate() => Ok(None),
        Some(code) if code.named() == best => Err(several(code.root)),
        _ => match first.next() {
            None => Ok(Some(path.to_owned())),
            Some(second) => Err(Fault::Several {
                first: shown(path.as_bytes()),
                second: shown(second.as_bytes()),
            }),
        },
    }
}

/// The only Rust file that counts, under its own name in plain letters.
fn alone(listing: &Listing, path: &str) -> Result<Choice, Fault> {
    let name = path.rsplit('/').next().unwrap_or(path);
    Ok(Choice::Crate(one(listing, path, plain_file_name(name))?))
}

/// The file at `path`, in an interpreted language.
pub(super) fn file(listing: &Listing, path: &str) -> Result<Layout, Fault> {
    let name = path.rsplit('/').next().unwrap_or(path);
    one(listing, path, one_file::root(name, Language::of_file(name)))
}

/// The file at `path`, which is called `root`.
fn one(listing: &Listing, path: &str, root: String) -> Result<Layout, Fault> {
    let folder = path.rfind('/').map_or("", |at| &path[..=at]);
    let index = listing.take(path)?;
    Ok(Layout {
        picks: index
            .map(|index| (index, root.clone()))
            .into_iter()
            .collect(),
        outer: folder.to_owned(),
        inner: "",
        // Files beside it may be included.
        place: match listing.below(folder).count() {
            _ if !Language::of_file(&root).is_rust() => path.to_owned(),
            1 => path.to_owned(),
            _ => folder.trim_end_matches('/').to_owned(),
        },
        root,
    })
}

/// The crate with that root, and everything below the folder of its root.
fn whole(
    listing: &Listing,
    wanted: &Wanted<'_>,
    candidates: &[Candidate<'_>],
    best: &Candidate<'_>,
) -> Result<Choice, Fault> {
    let outer = match best.folder {
        "" => String::new(),
        folder => format!("{folder}/"),
    };
    let mut picks = Picks::new();
    let mut root = CRATE_ROOT.to_owned();
    for path in listing.rust() {
        let Some(inner) = path.strip_prefix(&outer) else {
            continue;
        };
        let another = || {
            let mut others = candidates.iter().filter(|it| it.is_crate());
            !best.is_crate() && others.any(|it| it.holds(path))
        };
        // A file that is named after another drill is that drill's.
        let is_others = || {
            best.is_named() && path != best.root && {
                !inner.contains('/') && wanted.stem_named(path) == Named::Other
            }
        };
        if another() || is_others() {
            continue;
        }
        let mut inner = format!("src/{}", with_plain_ending(inner));
        if path == best.root {
            if !best.is_named() {
                inner.make_ascii_lowercase();
            }
            root.clone_from(&inner);
        }
        if let Some(index) = listing.take(path)? {
            picks.insert(index, inner);
        }
    }
    check_for_clashes(&picks)?;
    let alone = !best.is_crate() && listing.below(&outer).count() == 1;
    let place = if alone { best.root } else { best.home() };
    Ok(Choice::Crate(Layout {
        root,
        picks,
        outer,
        inner: "src/",
        place: place.to_owned(),
    }))
}

fn with_plain_ending(path: &str) -> String {
    format!("{}.rs", &path[..path.len() - ".rs".len()])
}

/// A path cannot be two files, or both a file and a folder, although an archive can list it so.
fn check_for_clashes(picks: &Picks) -> Result<(), Fault> {
    let mut files: BTreeSet<&str> = BTreeSet::new();
    for path in picks.values() {
        if !files.insert(path) {
            let name = shown(path.as_bytes());
            return Err(Fault::Duplicate { name });
        }
    }
    for path in &files {
        for (end, _) in path.match_indices('/') {
            if files.contains(&path[..end]) {
                let name = shown(&path.as_bytes()[..end]);
                return Err(Fault::Clash { name });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
