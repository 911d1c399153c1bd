//! The entries of a tar, with any supported compression.
//!
//! A tar has no table of contents, so it is unpacked to its end to list it, through [`Metered`], which stops
//! a bomb. It must never trust an entry's stated size, or hand out a sparse file: its bytes are not its text.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::time::{Duration, Instant};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::StreamingDecoder;
use tar::{Archive, EntryType};

use super::caps::Caps;
use super::container::Take;
use super::error::Fault;
use super::format::Packing;
use super::layout::Picks;
use super::listing::{EntryKind, Listing};

/// KiB that a decompressor may use: as much as the strongest usual setting needs, and some spare.
pub(super) const MEMORY: u32 = 256 * 1024;

type Unpacked<'m, 'b> = Metered<'m, Box<dyn Read + 'b>>;
type Entry<'a, 'm, 'b> = tar::Entry<'a, Unpacked<'m, 'b>>;

/// Notes every entry.
pub(super) fn list(
    bytes: &[u8],
    packing: Packing,
    caps: &Caps,
    listing: &mut Listing,
) -> Result<(), Fault> {
    walk(bytes, packing, caps, |_, entry| {
        let kind = kind(entry)?;
        listing.note(&entry.path_bytes(), kind, None)
    })
}

/// Takes the files picked from the listing.
pub(super) fn take(
    bytes: &[u8],
    packing: Packing,
    caps: &Caps,
    picks: &Picks,
    take: &mut Take<'_>,
) -> Result<(), Fault> {
    walk(bytes, packing, caps, |index, entry| {
        match picks.get(&index) {
            Some(path) => take(path, entry.size(), entry),
            None => Ok(()),
        }
    })
}

fn walk(
    bytes: &[u8],
    packing: Packing,
    caps: &Caps,
    mut visit: impl FnMut(usize, &mut Entry<'_, '_, '_>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let meter = Meter::new(caps);
    let mut archive = Archive::new(Metered {
        inner: unpacked(bytes, packing, &meter)?,
        meter: &meter,
    });
    let mut walk = || {
        let mut index = 0;
        for entry in archive.entries().map_err(Fault::damaged)? {
            let mut entry = entry.map_err(|why| match index {
                0 if is_one_file(bytes, packing, caps) => Fault::OnePacked,
                _ => Fault::damaged(why),
            })?;
            // A note of `git archive` about the whole archive; it does not name a file.
            if entry.header().entry_type() != EntryType::XGlobalHeader {
                visit(index, &mut entry)?;
                index += 1;
            }
        }
        Ok(())
    };
    let walked = walk().and_then(|()| {
        // Only the end of a compressed stream shows whether it is whole.
        io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(Fault::damaged)?;
        Ok(())
    });
    walked.map_err(|fault| meter.fault().unwrap_or(fault))
}

/// Whether a packed file holds something that does not begin as a tar does.
fn is_one_file(bytes: &[u8], packing: Packing, caps: &Caps) -> bool {
    const MARK: std::ops::Range<usize> = 257..262;
    let meter = Meter::new(caps);
    let mut head = Vec::new();
    let unpacked = unpacked(bytes, packing, &meter).ok();
    let read = unpacked.map(|unpacked| unpacked.take(MARK.end as u64).read_to_end(&mut head));
    packing != Packing::Plain
        && matches!(read, Some(Ok(1..)))
        && head.get(MARK).is_none_or(|mark| mark != b"ustar")
}

fn unpacked<'a>(
    bytes: &'a [u8],
    packing: Packing,
    meter: &'a Meter,
) -> Result<Box<dyn Read + 'a>, Fault> {
    let bytes = Timed { rest: bytes, meter };
    Ok(match packing {
        Packing::Plain => Box::new(bytes),
        Packing::Gzip => Box::new(MultiGzDecoder::new(bytes)),
        Packing::Bzip2 => Box::new(MultiBzDecoder::new(bytes)),
        Packing::Xz => Box::new(XzReader::new_mem_limit(bytes, true, MEMORY)),
        Packing::Zstd => Box::new(StreamingDecoder::new(bytes).map_err(Fault::damaged)?),
    })
}

fn kind(entry: &mut Entry<'_, '_, '_>) -> Result<EntryKind, Fault> {
    if let Some(extensions) = entry.pax_extensions().map_err(Fault::damaged)? {
        // The pax way to write a sparse file, under an ordinary file's type.
        let mut known = extensions.filter_map(Result::ok);
        if known.any(|known| known.key_bytes().starts_with(b"GNU.sparse.")) {
            return Ok(EntryKind::Other("a sparse file"));
        }
    }
    Ok(match entry.header().entry_type() {
        EntryType::Regular | EntryType::Continuous => EntryKind::File,
        EntryType::Directory => EntryKind::Folder,
        EntryType::Symlink => EntryKind::Other("a symbolic link"),
        EntryType::Link => EntryKind::Other("a hard link"),
        EntryType::Char | EntryType::Block => EntryKind::Other("a device"),
        EntryType::Fifo => EntryKind::Other("a named pipe"),
        EntryType::GNUSparse => EntryKind::Other("a sparse file"),
        _ => EntryKind::Other("something of an unknown kind"),
    })
}

/// Counts how much was unpacked, and since when.
pub(super) struct Meter {
    spent: Cell<u64>,
    limit: u64,
    begun: Instant,
    time: Duration,
}

impl Meter {
    pub(super) fn new(caps: &Caps) -> Meter {
        Meter {
            spent: Cell::new(0),
            limit: caps.unpacked_bytes,
            begun: Instant::now(),
            time: caps.time,
        }
    }

    /// Why no more is unpacked.
    pub(super) fn fault(&self) -> Option<Fault> {
        if self.spent.get() > self.limit {
            return Some(Fault::UnpacksTooLarge { limit: self.limit });
        }
        (self.begun.elapsed() > self.time).then_some(Fault::UnpacksTooSlowly {
            seconds: self.time.as_secs(),
        })
    }
}

/// What goes into a decompressor, as long as there is time: one of its reads may go through very
/// many streams in which there is nothing.
struct Timed<'a> {
    rest: &'a [u8],
    meter: &'a Meter,
}

impl Timed<'_> {
    /// After so many bytes the clock is looked at.
    const PIECE: usize = 64 << 10;
}

impl BufRead for Timed<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self.meter.fault() {
            Some(fault) => Err(io::Error::other(fault)),
            None => Ok(&self.rest[..self.rest.len().min(Timed::PIECE)]),
        }
    }

    fn consume(&mut self, read: usize) {
        self.rest = &self.rest[read..];
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

/// Counts what comes out of a decompressor, and fails one byte past the limit.
pub(super) struct Metered<'a, R> {
    pub(super) inner: R,
    pub(super) meter: &'a Meter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Meter { spent, limit, .. } = self.meter;
        let left = limit.saturating_add(1).saturating_sub(spent.get());
        let room = into.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.inner.read(&mut into[..room])?;
        spent.set(spent.get() + read as u64);
        match self.meter.fault() {
            Some(fault) => Err(io::Error::other(fault)),
            None => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(limit: u64) -> Meter {
        Meter::new(&Caps {
            unpacked_bytes: limit,
            ..Caps::default()
        })
    }

    #[test]
    fn a_bomb_is_left_one_byte_past_the_limit_however_often_it_is_asked() {
        let meter = meter(100_000);
        let mut metered = Metered {
            inner: io::repeat(0).take(300_000),
            meter: &meter,
        };
        assert!(io::copy(&mut metered, &mut io::sink()).is_err());
        assert!(metered.read(&mut [0; 64]).is_err());
        assert_eq!(300_000 - metered.inner.limit(), 100_001);
        let limit = 100_000;
        assert_eq!(meter.fault(), Some(Fault::UnpacksTooLarge { limit }));
    }

    #[test]
    fn what_just_fits_is_read_to_its_end() {
        let meter = meter(100_000);
        let mut metered = Metered {
            inner: io::repeat(0).take(100_000),
            meter: &meter,
        };
        assert_eq!(io::copy(&mut metered, &mut io::sink()).unwrap(), 100_000);
    }

    #[test]
    fn what_takes_too_long_is_given_up() {
        let meter = Meter::new(&Caps {
            time: Duration::ZERO,
            ..Caps::default()
        });
        let mut metered = Metered {
            inner: &b"x"[..],
            meter: &meter,
        };
        assert!(metered.read(&mut [0; 64]).is_err());
        assert_eq!(meter.fault(), Some(Fault::UnpacksTooSlowly { seconds: 0 }));
    }

    #[test]
    fn what_unpacks_to_nothing_for_long_is_given_up() {
        let nothing = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast())
            .finish()
            .expect("it is written to memory");
        let members = nothing.repeat(1_000);
        let caps = Caps::default();
        let meter = Meter::new(&caps);
        let mut unpacked = unpacked(&members, Packing::Gzip, &meter).expect("it is a gzip");
        assert_eq!(io::copy(&mut unpacked, &mut io::sink()).unwrap(), 0);
        // One read goes through all of them, and looks at the clock meanwhile.
        let time = Duration::ZERO;
        let meter = Meter::new(&Caps { time, ..caps });
        let read = super::unpacked(&members, Packing::Gzip, &meter)
            .expect("it is a gzip")
            .read(&mut [0; 64]);
        assert!(read.is_err());
    }
}
