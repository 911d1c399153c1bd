//! An archive in memory: listed by its names, then read for the files that those names chose.
//!
//! [`Archive::open`] is the way in; `tarball`, `zipped` and `seven` know the formats. Nothing is unpacked to disk,
//! nothing is unpacked but wanted files and those in front of them, and no stated size is believed.

use std::io::Read;
use std::path::Path;

use super::caps::Caps;
use super::container::{Container, Take};
use super::error::{Fault, SubmissionError};
use super::format::{Format, TELLING};
use super::layout::Picks;
use super::listing::Listing;
use super::sources::{Sources, Stop};
use super::{seven, single, tarball, zipped};

/// The whole archive in the file at `path`: even if the file changes meanwhile, the same content is listed and read.
pub(super) fn load(path: &Path, caps: &Caps) -> Result<Vec<u8>, SubmissionError> {
    let (file, size) = single::open(path)?;
    whole(file, size, caps.archive_bytes).map_err(|stop| SubmissionError::stopped(path, stop))
}

pub(super) fn whole(file: impl Read, stated: u64, limit: u64) -> Result<Vec<u8>, Stop> {
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

/// An archive of any format.
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    format: Format,
    caps: &'a Caps,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8], caps: &'a Caps) -> Result<Archive<'a>, Fault> {
        let format = Format::of(&bytes[..bytes.len().min(TELLING)])?;
        Ok(Archive {
            bytes,
            format,
            caps,
        })
    }
}

impl Container for Archive<'_> {
    fn list(&mut self, listing: &mut Listing) -> Result<(), Stop> {
        Ok(match self.format {
            Format::Tar(packing) => tarball::list(self.bytes, packing, self.caps, listing),
            Format::Zip => zipped::list(self.bytes, self.caps, listing),
            Format::SevenZip => seven::list(self.bytes, listing),
        }?)
    }

    fn take(&mut self, picks: &Picks, take: &mut Take<'_>) -> Result<(), Stop> {
        Ok(match self.format {
            Format::Tar(packing) => tarball::take(self.bytes, packing, self.caps, picks, take),
            Format::Zip => zipped::take(self.bytes, picks, take),
            Format::SevenZip => seven::take(self.bytes, self.caps, picks, take),
        }?)
    }
}

/// Takes one file out of an archive. Its library may not notice that it ends early, so the lengths are compared.
pub(super) fn take_entry(
    sources: &mut Sources<'_>,
    path: &str,
    stated: u64,
    from: &mut dyn Read,
) -> Result<(), Fault> {
    match sources.take(path, stated, from) {
        Ok(read) if read == stated => Ok(()),
        Ok(read) => Err(Fault::damaged(format!(
            "{path} is said to have {stated} bytes and has {read}"
        ))),
        Err(Stop::Fault(fault)) => Err(fault),
        Err(Stop::Io { why, .. }) => Err(Fault::damaged(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
