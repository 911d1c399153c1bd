//! An archive, read twice in memory: once for its names, once for the files those names chose.
//!
//! [`read`] is the way in; `tarball` and `zipped` know the formats and share [`Listing`], which judges each
//! entry. Nothing is unpacked to disk, and one refused entry refuses the archive: half a hand-in is none.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use super::caps::Caps;
use super::error::{Fault, SubmissionError};
use super::layout::Layout;
use super::name::{EntryName, shown};
use super::sources::{Sources, Stop, Tree};
use super::{single, tarball, zipped};

/// The archives that can be handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    TarGz { named: &'static str },
    Zip,
}

impl Format {
    /// The format a lower-case file name promises.
    pub(super) fn named(name: &str) -> Option<Format> {
        let tar = [".tar.gz", ".tgz"].into_iter();
        let mut tar = tar.filter(|end| name.ends_with(end));
        let zip = || name.ends_with(".zip").then_some(Format::Zip);
        tar.next().map(|named| Format::TarGz { named }).or_else(zip)
    }

    /// Whether the first bytes keep the promise. A zip with nothing in it starts with its end.
    fn check(self, bytes: &[u8]) -> Result<(), Fault> {
        let (kept, named, format) = match self {
            Format::TarGz { named } => (bytes.starts_with(b"\x1f\x8b"), named, "gzip"),
            Format::Zip => {
                let zip = bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06");
                (zip, ".zip", "zip")
            }
        };
        if kept {
            return Ok(());
        }
        Err(Fault::NotAnArchive { named, format })
    }
}

/// Reads the archive at `path`.
pub(super) fn read(path: &Path, format: Format, caps: &Caps) -> Result<Tree, SubmissionError> {
    let (file, size) = single::open(path)?;
    let bytes = whole(file, size, caps.archive_bytes).map_err(|stop| match stop {
        Stop::Fault(fault) => SubmissionError::rejected(path, fault),
        Stop::Io(why) => SubmissionError::at(path, why),
    })?;
    unpack(&bytes, format, caps).map_err(|fault| SubmissionError::rejected(path, fault))
}

/// Both rounds see the same bytes, whatever becomes of the file meanwhile.
fn whole(file: impl Read, stated: u64, limit: u64) -> Result<Vec<u8>, Stop> {
    let check = |size| match size {
        size if size > limit => Err(Fault::ArchiveTooLarge { size, limit }),
        _ => Ok(()),
    };
    check(stated)?;
    let mut bytes = Vec::new();
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    check(bytes.len() as u64)?;
    Ok(bytes)
}

fn unpack(bytes: &[u8], format: Format, caps: &Caps) -> Result<Tree, Fault> {
    format.check(bytes)?;
    let rust = match format {
        Format::TarGz { .. } => tarball::list(bytes, caps)?,
        Format::Zip => zipped::list(bytes, caps)?,
    };
    let layout = Layout::choose(&rust)?;
    let mut sources = Sources::new(caps);
    match format {
        Format::TarGz { .. } => tarball::take(bytes, caps, &layout.picks, &mut sources)?,
        Format::Zip => zipped::take(bytes, &layout.picks, &mut sources)?,
    }
    sources.into_tree(&layout.root)
}

/// What an archive says an entry is.
pub(super) enum Kind {
    File,
    Folder,
    /// Anything else, by the name it has in a refusal.
    Other(&'static str),
}

/// The entries of an archive met so far: counted, judged, and the Rust files among them kept by name.
pub(super) struct Listing<'a> {
    caps: &'a Caps,
    entries: usize,
    unpacked: u64,
    files: BTreeSet<String>,
    rust: Vec<(usize, String)>,
}

impl<'a> Listing<'a> {
    pub(super) fn new(caps: &'a Caps) -> Listing<'a> {
        Listing {
            caps,
            entries: 0,
            unpacked: 0,
            files: BTreeSet::new(),
            rust: Vec::new(),
        }
    }

    /// Judges the next entry. Says whether it is a file that counts: one of plain name and kind, not litter.
    pub(super) fn admit(&mut self, raw: &[u8], kind: Kind, stated: u64) -> Result<bool, Fault> {
        let index = self.entries;
        self.entries += 1;
        if self.entries > self.caps.entries {
            let limit = self.caps.entries;
            return Err(Fault::TooManyEntries { limit });
        }
        self.unpacked = self.unpacked.saturating_add(stated);
        if self.unpacked > self.caps.unpacked_bytes {
            let limit = self.caps.unpacked_bytes;
            return Err(Fault::UnpacksTooLarge { limit });
        }
        let name = EntryName::parse(raw)?;
        if name.is_litter() {
            return Ok(false);
        }
        match kind {
            Kind::Other(what) => {
                let name = shown(raw);
                return Err(Fault::NotPlain { what, name });
            }
            Kind::Folder => return Ok(false),
            Kind::File if name.is_folder() => return Ok(false),
            Kind::File => {}
        }
        if !self.files.insert(name.path().to_owned()) {
            let name = shown(name.path().as_bytes());
            return Err(Fault::Duplicate { name });
        }
        if name.is_rust() {
            self.rust.push((index, name.path().to_owned()));
        }
        Ok(true)
    }

    /// Every `.rs` file: its index in the archive and its path.
    pub(super) fn into_rust(self) -> Vec<(usize, String)> {
        self.rust
    }
}

/// Takes one file out of an archive. Its library may not notice that it ends early, so the lengths are compared.
pub(super) fn take_entry(
    sources: &mut Sources<'_>,
    path: &str,
    stated: u64,
    from: impl Read,
) -> Result<(), Fault> {
    match sources.take(path, stated, from) {
        Ok(read) if read == stated => Ok(()),
        Ok(read) => Err(Fault::damaged(format!(
            "{path} is said to have {stated} bytes and has {read}"
        ))),
        Err(Stop::Fault(fault)) => Err(fault),
        Err(Stop::Io(why)) => Err(Fault::damaged(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_promises_a_format() {
        let tar = |named| Some(Format::TarGz { named });
        assert_eq!(Format::named("hw.tar.gz"), tar(".tar.gz"));
        assert_eq!(Format::named("hw.tgz"), tar(".tgz"));
        assert_eq!(Format::named("hw.zip"), Some(Format::Zip));
        for name in ["hw.tar", "hw.gz", "hw.rs.gz", "hw.7z", "zip", "hw.zip.txt"] {
            assert_eq!(Format::named(name), None);
        }
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_left_one_byte_past_the_limit() {
        let mut growing = std::io::repeat(0).take(1_000);
        match whole(&mut growing, 5, 10) {
            Err(Stop::Fault(Fault::ArchiveTooLarge {
                size: 11,
                limit: 10,
            })) => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(1_000 - growing.limit(), 11);
        assert_eq!(whole(&[0; 10][..], 10, 10).unwrap().len(), 10);
    }

    #[test]
    fn litter_is_looked_past_whatever_it_is_but_still_counts() {
        let caps = Caps {
            entries: 2,
            ..Caps::default()
        };
        let mut listing = Listing::new(&caps);
        let link = || Kind::Other("a hard link");
        assert_eq!(listing.admit(b"target/debug/x", link(), 0), Ok(false));
        assert_eq!(listing.admit(b"src/.#lib.rs", link(), 0), Ok(false));
        let third = listing.admit(b"src/._lib.rs", Kind::File, 0);
        assert_eq!(third, Err(Fault::TooManyEntries { limit: 2 }));
    }

    #[test]
    fn sizes_that_overflow_when_summed_are_over_the_limit() {
        let caps = Caps::default();
        let mut listing = Listing::new(&caps);
        assert_eq!(listing.admit(b"a", Kind::File, 1), Ok(true));
        let second = listing.admit(b"b", Kind::File, u64::MAX);
        let limit = caps.unpacked_bytes;
        assert_eq!(second, Err(Fault::UnpacksTooLarge { limit }));
    }
}
