//! A crate folder on disk, of which only `src/**/*.rs` is read.
//!
//! Each folder is opened from the one above it and no link is followed, so a name swapped while we look can't
//! lead outside. Never opens a pipe or a device, and never walks deeper or longer than the caps.

use std::ffi::{CStr, CString, OsStr};
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::CRATE_ROOT;
use super::caps::Caps;
use super::error::{Fault, SubmissionError};
use super::name::{EntryName, shown};
use super::single::not_plain;
use super::sources::{Sources, Stop, Tree, check_depth};

/// Reads the crate in the folder at `path`, which may itself be a link.
pub(super) fn read(path: &Path, caps: &Caps) -> Result<Tree, SubmissionError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = rustix::fs::open(path, flags, Mode::empty());
    let folder = folder.map_err(|why| SubmissionError::at(path, why.into()))?;
    let mut walk = Walk {
        caps,
        entries: 0,
        sources: Sources::new(caps),
    };
    let walked = match walk.source(folder.as_fd()) {
        Ok(()) => walk.sources.into_tree(CRATE_ROOT).map_err(Halt::Fault),
        Err(halt) => Err(halt),
    };
    walked.map_err(|halt| match halt {
        // The `/` tells a reader that a folder was looked into.
        Halt::Fault(fault) => SubmissionError::rejected(&path.join(""), fault),
        Halt::Io { below, why } => SubmissionError::at(&path.join(below), why),
    })
}

/// Why the walk ended early.
enum Halt {
    Fault(Fault),
    Io { below: PathBuf, why: std::io::Error },
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Halt {
        Halt::Fault(fault)
    }
}

struct Walk<'a> {
    caps: &'a Caps,
    entries: usize,
    sources: Sources<'a>,
}

impl Walk<'_> {
    /// Looks at `src`; where there is none beside a `lib.rs`, at what lies beside it, as
    /// if it lay in `src`.
    fn source(&mut self, folder: BorrowedFd<'_>) -> Result<(), Halt> {
        let is_there = |name| rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).is_ok();
        match is_there(c"lib.rs") && !is_there(c"src") {
            true => self.enter(folder, c".", b"src"),
            false => self.look(folder, c"src", b"src"),
        }
    }

    /// Looks at `name` in `folder`; `path` is the way there from the crate folder.
    fn look(&mut self, folder: BorrowedFd<'_>, name: &CStr, path: &[u8]) -> Result<(), Halt> {
        let met = match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Err(Errno::NOENT) if path == b"src" => return Err(Fault::NoRoot.into()),
            met => met.map_err(|why| io(path, why))?,
        };
        let kind = FileType::from_raw_mode(met.st_mode);
        if let Some(what) = not_plain(kind) {
            let name = shown(path);
            return Err(Fault::NotPlain { what, name }.into());
        }
        if kind == FileType::Directory {
            self.enter(folder, name, path)
        } else if path.ends_with(b".rs") {
            self.take(folder, name, path)
        } else {
            Ok(())
        }
    }

    fn enter(&mut self, folder: BorrowedFd<'_>, name: &CStr, path: &[u8]) -> Result<(), Halt> {
        check_depth(EntryName::parse(path)?.path(), self.caps)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let here = rustix::fs::openat(folder, name, flags, Mode::empty());
        let here = here.map_err(|why| io(path, why))?;
        for name in self.names(here.as_fd(), path)? {
            let below = [path, b"/", name.as_bytes()].concat();
            self.look(here.as_fd(), &name, &below)?;
        }
        Ok(())
    }

    /// What is in a folder, in an order that doesn't depend on the disk. Hidden names are counted and left out:
    /// no editor's lock file (a link, with Emacs) shall cost anyone a verdict.
    fn names(&mut self, folder: BorrowedFd<'_>, path: &[u8]) -> Result<Vec<CString>, Halt> {
        let mut names = Vec::new();
        for entry in Dir::read_from(folder).map_err(|why| io(path, why))? {
            let entry = entry.map_err(|why| io(path, why))?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            self.entries += 1;
            if self.entries > self.caps.entries {
                let limit = self.caps.entries;
                return Err(Fault::TooManyEntries { limit }.into());
            }
            if !name.to_bytes().starts_with(b".") {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    fn take(&mut self, folder: BorrowedFd<'_>, name: &CStr, path: &[u8]) -> Result<(), Halt> {
        let entry = EntryName::parse(path)?;
        // It was a file a moment ago; were it a pipe by now, NONBLOCK keeps us from waiting at it.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = rustix::fs::openat(folder, name, flags, Mode::empty());
        let file = File::from(file.map_err(|why| io(path, why))?);
        let size = file.metadata().map_err(|why| io(path, why))?.len();
        match self.sources.take(entry.path(), size, file) {
            Ok(_) => Ok(()),
            Err(Stop::Fault(fault)) => Err(fault.into()),
            Err(Stop::Io(why)) => Err(io(path, why)),
        }
    }
}

fn io(path: &[u8], why: impl Into<std::io::Error>) -> Halt {
    Halt::Io {
        below: OsStr::from_bytes(path).into(),
        why: why.into(),
    }
}
