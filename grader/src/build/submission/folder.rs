//! A folder on disk: listed by its names, then read for the files that those names chose.
//!
//! Each folder is opened from the one above it and no link is followed, so a name swapped while we look cannot
//! lead outside. It never opens a pipe or a device, never looks into folders that tools leave behind, and never
//! walks deeper or longer than its limits.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString};
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};

use super::container::{Container, Take};
use super::error::SubmissionError;
use super::layout::Picks;
use super::listing::{EntryKind, Listing};
use super::name::EntryName;
use super::single::not_plain;
use super::sources::Stop;

/// Folders within folders that are looked into. Each holds a file descriptor open.
const DEEPEST: usize = 40;

const OPEN_FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// A folder that was handed in.
pub(super) struct Folder {
    folder: OwnedFd,
    /// Where each listed thing is, in the order of the listing.
    places: Vec<Vec<u8>>,
}

impl Folder {
    /// Opens the folder at `path`, which may itself be a link.
    pub(super) fn open(path: &Path) -> Result<Folder, SubmissionError> {
        let flags = OPEN_FOLDER.difference(OFlags::NOFOLLOW);
        let folder = rustix::fs::open(path, flags, Mode::empty());
        Ok(Folder {
            folder: folder.map_err(|why| SubmissionError::at(path, why.into()))?,
            places: Vec::new(),
        })
    }

    /// Notes what is in the folder at `path`, in an order that doesn't depend on the disk.
    fn enter(
        &mut self,
        folder: BorrowedFd<'_>,
        path: &[u8],
        depth: usize,
        listing: &mut Listing,
    ) -> Result<(), Stop> {
        for (name, kind) in names(folder, path)? {
            let path = match path {
                b"" => name.to_bytes().to_vec(),
                path => [path, b"/", name.to_bytes()].concat(),
            };
            let noted = match kind {
                FileType::RegularFile => EntryKind::File,
                FileType::Directory => EntryKind::Folder,
                kind => EntryKind::Other(not_plain(kind).unwrap_or_default()),
            };
            listing.note(&path, noted, None)?;
            self.places.push(path.clone());
            let is_litter = || EntryName::parse(&path).is_litter();
            if kind != FileType::Directory || depth == DEEPEST || is_litter() {
                continue;
            }
            let below = rustix::fs::openat(folder, &name, OPEN_FOLDER, Mode::empty());
            let entered = match below {
                Ok(below) => self.enter(below.as_fd(), &path, depth + 1, listing),
                Err(why) => Err(Stop::io(&path, why)),
            };
            match entered {
                Err(Stop::Io { below, why }) => listing.unread(below, why),
                entered => entered?,
            }
        }
        Ok(())
    }

    /// Opens a file for reading, name by name.
    fn file(&self, path: &[u8]) -> Result<File, Stop> {
        let failed = |why| Stop::io(path, why);
        let mut names: Vec<CString> = Vec::new();
        for name in path.split(|byte| *byte == b'/') {
            names
                .push(CString::new(name).map_err(|why| Stop::io(path, std::io::Error::from(why)))?);
        }
        let file = names.pop().unwrap_or_default();
        let mut folder: Option<OwnedFd> = None;
        for name in names {
            let above = folder.as_ref().unwrap_or(&self.folder);
            let below = rustix::fs::openat(above, &name, OPEN_FOLDER, Mode::empty());
            folder = Some(below.map_err(failed)?);
        }
        let folder = folder.as_ref().unwrap_or(&self.folder);
        // It was a file a moment ago; were it a pipe by now, NONBLOCK keeps us from waiting at it.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(folder, &file, flags, Mode::empty());
        Ok(File::from(file.map_err(failed)?))
    }
}

impl Container for Folder {
    fn list(&mut self, listing: &mut Listing) -> Result<(), Stop> {
        self.places.clear();
        let folder = self.folder.try_clone()?;
        self.enter(folder.as_fd(), b"", 0, listing)
    }

    fn take(&mut self, picks: &Picks, take: &mut Take<'_>) -> Result<(), Stop> {
        for (index, path) in picks {
            let Some(place) = self.places.get(*index) else {
                continue;
            };
            let mut file = self.file(place)?;
            let size = file.metadata().map_err(|why| Stop::io(place, why))?.len();
            take(path, size, &mut file)?;
        }
        Ok(())
    }
}

/// The entries of a folder, with their kinds.
fn names(folder: BorrowedFd<'_>, path: &[u8]) -> Result<BTreeMap<CString, FileType>, Stop> {
    let failed = |why| Stop::io(path, why);
    let mut names = BTreeMap::new();
    for entry in Dir::read_from(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        if !matches!(name.to_bytes(), b"." | b"..") {
            names.insert(name.to_owned(), kind(folder, &entry, name)?);
        }
    }
    Ok(names)
}

/// The kind as the folder states it, if its file system keeps that.
fn kind(
    folder: BorrowedFd<'_>,
    entry: &rustix::fs::DirEntry,
    name: &CStr,
) -> Result<FileType, Stop> {
    match entry.file_type() {
        FileType::Unknown => {
            let met = rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW);
            let met = met.map_err(|why| Stop::io(name.to_bytes(), why))?;
            Ok(FileType::from_raw_mode(met.st_mode))
        }
        kind => Ok(kind),
    }
}
