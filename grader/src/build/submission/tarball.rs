//! The entries of a gzip-compressed tar.
//!
//! A tar has no table of contents, so it is decompressed to its end to list it, through [`Metered`], which stops
//! a bomb. Must never trust an entry's stated size, nor hand out a sparse file: its bytes are not its text.

use std::cell::Cell;
use std::io::{self, Read};

use flate2::bufread::MultiGzDecoder;
use tar::{Archive, EntryType};

use super::archive::{Kind, Listing, take_entry};
use super::caps::Caps;
use super::error::Fault;
use super::layout::Picks;
use super::sources::Sources;

type Entry<'a, 'm, 'b> = tar::Entry<'a, Metered<'m, MultiGzDecoder<&'b [u8]>>>;

/// Every Rust file by index and path.
pub(super) fn list(bytes: &[u8], caps: &Caps) -> Result<Vec<(usize, String)>, Fault> {
    let mut listing = Listing::new(caps);
    walk(bytes, caps, |_, entry| {
        let kind = kind(entry)?;
        listing.admit(&entry.path_bytes(), kind, entry.size())?;
        Ok(())
    })?;
    Ok(listing.into_rust())
}

/// Takes the files picked from the listing.
pub(super) fn take(
    bytes: &[u8],
    caps: &Caps,
    picks: &Picks,
    sources: &mut Sources<'_>,
) -> Result<(), Fault> {
    walk(bytes, caps, |index, entry| match picks.get(&index) {
        Some(path) => take_entry(sources, path, entry.size(), entry),
        None => Ok(()),
    })
}

fn walk(
    bytes: &[u8],
    caps: &Caps,
    mut visit: impl FnMut(usize, &mut Entry<'_, '_, '_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let limit = caps.unpacked_bytes;
    let spent = Cell::new(0);
    let mut archive = Archive::new(Metered {
        inner: MultiGzDecoder::new(bytes),
        spent: &spent,
        limit,
    });
    let mut walk = || {
        let mut index = 0;
        for entry in archive.entries().map_err(Fault::damaged)? {
            let mut entry = entry.map_err(Fault::damaged)?;
            // What `git archive` says about the whole archive; its name is no file's.
            if entry.header().entry_type() != EntryType::XGlobalHeader {
                visit(index, &mut entry)?;
                index += 1;
            }
        }
        Ok(())
    };
    let walked = walk().and_then(|()| {
        // Only at its end does gzip say whether what came before was whole.
        io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(Fault::damaged)?;
        Ok(())
    });
    match walked {
        Err(_) if spent.get() > limit => Err(Fault::UnpacksTooLarge { limit }),
        walked => walked,
    }
}

fn kind(entry: &mut Entry<'_, '_, '_>) -> Result<Kind, Fault> {
    if let Some(extensions) = entry.pax_extensions().map_err(Fault::damaged)? {
        // The pax way to write a sparse file, under an ordinary file's type.
        let mut known = extensions.filter_map(Result::ok);
        if known.any(|known| known.key_bytes().starts_with(b"GNU.sparse.")) {
            return Ok(Kind::Other("a sparse file"));
        }
    }
    Ok(match entry.header().entry_type() {
        EntryType::Regular | EntryType::Continuous => Kind::File,
        EntryType::Directory => Kind::Folder,
        EntryType::Symlink => Kind::Other("a symbolic link"),
        EntryType::Link => Kind::Other("a hard link"),
        EntryType::Char | EntryType::Block => Kind::Other("a device"),
        EntryType::Fifo => Kind::Other("a named pipe"),
        EntryType::GNUSparse => Kind::Other("a sparse file"),
        _ => Kind::Other("something of an unknown kind"),
    })
}

/// Counts what comes out of a decompressor, and fails one byte past the limit.
struct Metered<'a, R> {
    inner: R,
    spent: &'a Cell<u64>,
    limit: u64,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.limit.saturating_add(1) - self.spent.get();
        let room = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.inner.read(&mut into[..room])?;
        self.spent.set(self.spent.get() + read as u64);
        if self.spent.get() > self.limit {
            return Err(io::Error::other("it unpacks to more than the limit"));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bomb_is_left_one_byte_past_the_limit_however_often_it_is_asked() {
        let spent = Cell::new(0);
        let mut metered = Metered {
            inner: io::repeat(0).take(300_000),
            spent: &spent,
            limit: 100_000,
        };
        assert!(io::copy(&mut metered, &mut io::sink()).is_err());
        assert!(metered.read(&mut [0; 64]).is_err());
        assert_eq!(300_000 - metered.inner.limit(), 100_001);
    }

    #[test]
    fn what_just_fits_is_read_to_its_end() {
        let spent = Cell::new(0);
        let mut metered = Metered {
            inner: io::repeat(0).take(100_000),
            spent: &spent,
            limit: 100_000,
        };
        assert_eq!(io::copy(&mut metered, &mut io::sink()).unwrap(), 100_000);
    }
}
