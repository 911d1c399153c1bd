//! The one place where a learner's text is read into memory, so its caps are enforced here.
//!
//! [`Sources`] takes file after file and gives a [`Tree`]. It must never read past what the caps leave, whatever
//! a header or the file system says a file's size is.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

use super::caps::Caps;
use super::error::Fault;
use super::name::shown;
use crate::course::language::Language;

/// The files of one submission; `root` is a key of `files`.
#[derive(Debug, Clone)]
pub(super) struct Tree {
    pub(super) root: String,
    /// The Rust files.
    pub(super) files: BTreeMap<String, String>,
    /// Other files, which Rust files include.
    pub(super) included: BTreeMap<String, Vec<u8>>,
}

/// Why a file was not taken: the file is at fault, or reading it failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("{why}")]
    Io {
        /// The path below the submission that cannot be read.
        below: PathBuf,
        why: io::Error,
    },
}

impl Stop {
    pub(super) fn io(below: &[u8], why: impl Into<io::Error>) -> Stop {
        Stop::Io {
            below: OsStr::from_bytes(below).into(),
            why: why.into(),
        }
    }
}

impl From<io::Error> for Stop {
    fn from(why: io::Error) -> Stop {
        Stop::io(b"", why)
    }
}

/// Files, taken in as long as the caps allow.
pub(super) struct Sources<'a> {
    caps: &'a Caps,
    /// Whether the submission is one file in an interpreted language.
    one_file: bool,
    bytes: u64,
    files: BTreeMap<String, String>,
    included: BTreeMap<String, Vec<u8>>,
    /// Rust files that are not text: reported after all are read, in the order of their names.
    not_text: BTreeSet<String>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(caps: &'a Caps) -> Sources<'a> {
        Sources {
            caps,
            one_file: false,
            bytes: 0,
            files: BTreeMap::new(),
            included: BTreeMap::new(),
            not_text: BTreeSet::new(),
        }
    }

    /// The same for the submission with that root file.
    pub(super) fn with_root(root: &str, caps: &'a Caps) -> Sources<'a> {
        Sources {
            one_file: !Language::of_file(root).is_rust(),
            ..Sources::new(caps)
        }
    }

    /// Reports faults that the paths of wanted files show, in the order of the paths and not of an archive.
    pub(super) fn expect<'p>(&self, paths: impl Iterator<Item = &'p String>) -> Result<(), Fault> {
        let paths: BTreeSet<&String> = paths.collect();
        if paths.len() > self.caps.files {
            let limit = self.caps.files;
            return Err(Fault::TooManyFiles { limit });
        }
        paths
            .iter()
            .try_for_each(|path| check_depth(path, self.caps))
    }

    /// Takes one file, said to be `stated` bytes long, and tells how long it is. A Rust file must be text.
    pub(super) fn take(&mut self, path: &str, stated: u64, from: impl Read) -> Result<u64, Stop> {
        let taken = self.files.len() + self.included.len() + self.not_text.len();
        if taken >= self.caps.files {
            return Err(Fault::TooManyFiles {
                limit: self.caps.files,
            }
            .into());
        }
        check_depth(path, self.caps)?;
        let left = self.caps.bytes.saturating_sub(self.bytes);
        // A file that is stated to be too large is not read at all; a stated size that fits is not believed.
        self.check_size(stated, left)?;
        let mut bytes = Vec::new();
        from.take(left.saturating_add(1)).read_to_end(&mut bytes)?;
        let read = bytes.len() as u64;
        self.check_size(read, left)?;
        match path.ends_with(".rs") || self.one_file {
            true => match String::from_utf8(bytes) {
                Ok(text) => drop(self.files.insert(path.to_owned(), text)),
                Err(_) => drop(self.not_text.insert(path.to_owned())),
            },
            false => drop(self.included.insert(path.to_owned(), bytes)),
        }
        self.bytes += read;
        Ok(read)
    }

    /// The Rust files taken so far.
    pub(super) fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }

    fn check_size(&self, size: u64, left: u64) -> Result<(), Fault> {
        if size <= left {
            return Ok(());
        }
        Err(Fault::TooMuchSource {
            size: self.bytes.saturating_add(size),
            limit: self.caps.bytes,
        })
    }

    /// Everything that was taken, if `root` is among it.
    pub(super) fn into_tree(self, root: &str) -> Result<Tree, Fault> {
        if let Some(first) = self.not_text.first() {
            let name = shown(first.as_bytes());
            return Err(Fault::FileNotUtf8 { name });
        }
        if !self.files.contains_key(root) {
            return Err(Fault::NoRoot);
        }
        Ok(Tree {
            root: root.to_owned(),
            files: self.files,
            included: self.included,
        })
    }
}

/// Refuses a file that lies too deep.
fn check_depth(path: &str, caps: &Caps) -> Result<(), Fault> {
    if path.split('/').count() <= caps.depth {
        return Ok(());
    }
    Err(Fault::TooDeep {
        name: shown(path.as_bytes()),
        limit: caps.depth,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAPS: Caps = Caps {
        files: 2,
        bytes: 10,
        archive_bytes: 0,
        entries: 0,
        unpacked_bytes: 0,
        depth: 2,
        time: std::time::Duration::ZERO,
    };

    fn fault(taken: Result<u64, Stop>) -> Fault {
        match taken {
            Err(Stop::Fault(fault)) => fault,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_long_file_that_says_it_is_short_is_left_one_byte_past_the_cap() {
        let mut long = io::repeat(b'a').take(1_000);
        let fault = fault(Sources::new(&CAPS).take("a.rs", 3, &mut long));
        assert_eq!(
            fault,
            Fault::TooMuchSource {
                size: 11,
                limit: 10
            }
        );
        assert_eq!(1_000 - long.limit(), 11);
    }

    #[test]
    fn a_file_that_says_it_is_too_long_is_not_read_at_all() {
        let mut long = io::repeat(b'a').take(1_000);
        let fault = fault(Sources::new(&CAPS).take("a.rs", 11, &mut long));
        assert_eq!(
            fault,
            Fault::TooMuchSource {
                size: 11,
                limit: 10
            }
        );
        assert_eq!(long.limit(), 1_000);
    }

    #[test]
    fn the_byte_cap_is_for_all_files_together() {
        let mut sources = Sources::new(&CAPS);
        sources.take("a.rs", 6, &b"123456"[..]).unwrap();
        let fault = fault(sources.take("b.rs", 5, &b"12345"[..]));
        assert_eq!(
            fault,
            Fault::TooMuchSource {
                size: 11,
                limit: 10
            }
        );
        sources.take("b.rs", 4, &b"1234"[..]).unwrap();
        assert_eq!(sources.into_tree("a.rs").unwrap().files.len(), 2);
    }

    #[test]
    fn the_file_after_the_last_allowed_is_refused_though_it_is_empty() {
        let mut sources = Sources::new(&CAPS);
        sources.take("a.rs", 0, io::empty()).unwrap();
        sources.take("b.rs", 0, io::empty()).unwrap();
        let fault = fault(sources.take("c.rs", 0, io::empty()));
        assert_eq!(fault, Fault::TooManyFiles { limit: 2 });
    }

    #[test]
    fn a_file_one_folder_too_deep_is_refused() {
        let mut sources = Sources::new(&CAPS);
        sources.take("src/a.rs", 0, io::empty()).unwrap();
        let name = "src/a/b.rs".to_owned();
        let fault = fault(sources.take(&name, 0, io::empty()));
        assert_eq!(fault, Fault::TooDeep { name, limit: 2 });
    }
}
