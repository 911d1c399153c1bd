//! The entries of a zip.
//!
//! A zip is listed from the table at its end, as every unzip does, so only the files taken are decompressed.
//! Must never take an entry's stated size or place as true: `take_entry` bounds what is read.

use std::io::Cursor;

use zip::{CompressionMethod, ZipArchive};

use super::archive::{Kind, Listing, take_entry};
use super::caps::Caps;
use super::error::Fault;
use super::layout::Picks;
use super::name::shown;
use super::sources::Sources;

/// Every Rust file by index and path.
pub(super) fn list(bytes: &[u8], caps: &Caps) -> Result<Vec<(usize, String)>, Fault> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(Fault::damaged)?;
    if archive.has_duplicate_names() {
        return Err(Fault::DuplicateNames);
    }
    let mut listing = Listing::new(caps);
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(Fault::damaged)?;
        let kind = kind(entry.unix_mode());
        if !listing.admit(entry.name_raw(), kind, entry.size())? {
            continue;
        }
        let name = shown(entry.name_raw());
        if entry.encrypted() {
            return Err(Fault::Encrypted { name });
        }
        let method = entry.compression();
        if method != CompressionMethod::Stored && method != CompressionMethod::Deflated {
            return Err(Fault::UnknownMethod { name });
        }
    }
    Ok(listing.into_rust())
}

/// Takes the files picked from the listing.
pub(super) fn take(bytes: &[u8], picks: &Picks, sources: &mut Sources<'_>) -> Result<(), Fault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(Fault::damaged)?;
    for (index, path) in picks {
        let entry = archive.by_index(*index).map_err(Fault::damaged)?;
        take_entry(sources, path, entry.size(), entry)?;
    }
    Ok(())
}

/// Only a zip made on Unix says it, in the bits `st_mode` has there.
fn kind(mode: Option<u32>) -> Kind {
    match mode.unwrap_or_default() & 0o170_000 {
        0 | 0o100_000 => Kind::File,
        0o040_000 => Kind::Folder,
        0o120_000 => Kind::Other("a symbolic link"),
        0o010_000 => Kind::Other("a named pipe"),
        0o020_000 | 0o060_000 => Kind::Other("a device"),
        0o140_000 => Kind::Other("a socket"),
        _ => Kind::Other("something of an unknown kind"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unix_mode_tells_a_file_from_what_is_none() {
        let what = |mode| match kind(mode) {
            Kind::File => "a file",
            Kind::Folder => "a folder",
            Kind::Other(what) => what,
        };
        assert_eq!(what(None), "a file");
        assert_eq!(what(Some(0o644)), "a file");
        assert_eq!(what(Some(0o100_644)), "a file");
        assert_eq!(what(Some(0o040_755)), "a folder");
        assert_eq!(what(Some(0o120_777)), "a symbolic link");
        assert_eq!(what(Some(0o010_644)), "a named pipe");
        assert_eq!(what(Some(0o020_644)), "a device");
        assert_eq!(what(Some(0o060_644)), "a device");
        assert_eq!(what(Some(0o140_644)), "a socket");
        assert_eq!(what(Some(0o160_000)), "something of an unknown kind");
    }
}
