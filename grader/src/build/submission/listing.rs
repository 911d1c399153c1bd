//! The contents of a folder or an archive, by name; nothing has been read yet.
//!
//! [`Listing`] is told of each entry and keeps the files. The reason why an entry cannot be taken matters only when
//! it is wanted: an unused link, device or name from another system is no problem.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use super::caps::Caps;
use super::error::Fault;
use super::format;
use super::name::{EntryName, shown};
use super::sources::Stop;
use crate::course::language::Language;

/// The kind of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Folder,
    /// Anything else, with its name in a refusal.
    Other(&'static str),
}

/// A file, or something in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its place in the archive.
    pub(super) index: usize,
    /// Why it cannot be taken.
    pub(super) trouble: Option<Fault>,
}

/// The files of a submission by their paths, without what tools leave behind.
#[derive(Debug)]
pub(super) struct Listing {
    limit: usize,
    entries: usize,
    files: BTreeMap<String, Entry>,
    /// The trouble with the first entry that could have been the whole submission.
    odd: Option<Fault>,
    /// Folders that could not be read.
    unread: Vec<(PathBuf, io::Error)>,
}

impl Listing {
    pub(super) fn new(caps: &Caps) -> Listing {
        Listing {
            limit: caps.entries,
            entries: 0,
            files: BTreeMap::new(),
            odd: None,
            unread: Vec::new(),
        }
    }

    /// Notes the next entry; `trouble` is why its container cannot give it.
    pub(super) fn note(
        &mut self,
        raw: &[u8],
        kind: EntryKind,
        trouble: Option<Fault>,
    ) -> Result<(), Fault> {
        let index = self.entries;
        self.entries += 1;
        if self.entries > self.limit {
            return Err(Fault::TooManyEntries { limit: self.limit });
        }
        let name = EntryName::parse(raw);
        if name.is_litter()
            || kind == EntryKind::Folder
            || (name.is_folder() && kind == EntryKind::File)
        {
            return Ok(());
        }
        if let Some(why) = name.trouble() {
            let name = shown(raw);
            self.odd.get_or_insert(Fault::BadName { name, why });
            return Ok(());
        }
        let trouble = match kind {
            EntryKind::Other(what) => Some(Fault::NotPlain {
                what,
                name: shown(name.path().as_bytes()),
            }),
            _ => trouble,
        };
        if let (EntryKind::Other(_), Some(fault), false) = (kind, &trouble, is_rust(name.path())) {
            self.odd.get_or_insert_with(|| fault.clone());
        }
        let path = name.path().to_owned();
        let entry = Entry { index, trouble };
        if let Some(before) = self.files.insert(path, entry) {
            let twice = Fault::Duplicate {
                name: shown(name.path().as_bytes()),
            };
            if let Some(now) = self.files.get_mut(name.path()) {
                now.trouble = before.trouble.or(now.trouble.take()).or(Some(twice));
            }
        }
        Ok(())
    }

    /// Notes a folder that cannot be read.
    pub(super) fn unread(&mut self, below: PathBuf, why: io::Error) {
        self.unread.push((below, why));
    }

    /// Fails if something may be missing because a folder below `part` could not be read.
    pub(super) fn complete(&mut self, part: &str) -> Result<(), Stop> {
        let mut missed = self.unread.iter();
        match missed.position(|(below, _)| below.starts_with(part)) {
            Some(at) => {
                let (below, why) = self.unread.swap_remove(at);
                Err(Stop::Io { below, why })
            }
            None => Ok(()),
        }
    }

    /// The paths of all Rust files, in the order of their names.
    pub(super) fn rust(&self) -> impl Iterator<Item = &str> {
        self.paths().filter(|path| is_rust(path))
    }

    /// Whether a crate's manifest is among them.
    pub(super) fn has_manifest(&self) -> bool {
        self.paths()
            .any(|path| path.rsplit('/').next() == Some("Cargo.toml"))
    }

    /// The paths of all files in interpreted languages, in the order of their names.
    pub(super) fn interpreted(&self) -> impl Iterator<Item = &str> {
        let is_it = |path: &&str| Language::of_code(path).is_some_and(|it| !it.is_rust());
        self.paths().filter(is_it)
    }

    /// The paths of all archives.
    pub(super) fn archives(&self) -> impl Iterator<Item = &str> {
        self.paths().filter(|path| format::ending(path).is_some())
    }

    /// The paths that begin with this.
    pub(super) fn below(&self, start: &str) -> impl Iterator<Item = &str> {
        self.paths().filter(move |path| path.starts_with(start))
    }

    fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The index of the wanted file at a path.
    pub(super) fn take(&self, path: &str) -> Result<Option<usize>, Fault> {
        match self.files.get(path) {
            None => Ok(None),
            Some(Entry {
                trouble: Some(fault),
                ..
            }) => Err(fault.clone()),
            Some(entry) => Ok(Some(entry.index)),
        }
    }

    /// The fault of a submission without a Rust file.
    pub(super) fn without_rust(&self) -> Fault {
        self.odd.clone().unwrap_or(Fault::NoRust)
    }
}

/// Windows does not distinguish `.RS` from `.rs`.
pub(super) fn is_rust(path: &str) -> bool {
    Language::of_code(path) == Some(Language::Rust)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(entries: usize) -> Listing {
        Listing::new(&Caps {
            entries,
            ..Caps::default()
        })
    }

    #[test]
    fn litter_is_looked_past_whatever_it_is_but_not_for_ever() {
        let mut listing = listing(2);
        let link = EntryKind::Other("a hard link");
        assert_eq!(listing.note(b"target/debug/x.rs", link, None), Ok(()));
        assert_eq!(listing.note(b"src/.#lib.rs", link, None), Ok(()));
        assert_eq!(listing.rust().next(), None);
        let third = listing.note(b"src/._lib.rs", EntryKind::File, None);
        assert_eq!(third, Err(Fault::TooManyEntries { limit: 2 }));
    }

    #[test]
    fn a_fault_is_kept_until_the_file_is_wanted() {
        let mut listing = listing(9);
        let link = EntryKind::Other("a symbolic link");
        listing.note(b"src/lib.rs", EntryKind::File, None).unwrap();
        listing.note(b"notes", link, None).unwrap();
        listing.note(b"README", EntryKind::File, None).unwrap();
        listing.note(b"README", EntryKind::File, None).unwrap();
        listing.note(b"src\\a.rs", link, None).unwrap();
        assert_eq!(listing.take("src/lib.rs"), Ok(Some(0)));
        assert_eq!(listing.take("gone"), Ok(None));
        let name = "README".to_owned();
        assert_eq!(listing.take("README"), Err(Fault::Duplicate { name }));
        let (what, name) = ("a symbolic link", "src/a.rs".to_owned());
        assert_eq!(
            listing.take("src/a.rs"),
            Err(Fault::NotPlain { what, name })
        );
    }
}
