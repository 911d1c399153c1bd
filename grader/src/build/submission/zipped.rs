//! The entries of a zip.
//!
//! A zip is listed from the table at its end, as every unzip does, so only the files taken are decompressed.
//! It must never trust an entry's stated size or position: the caller bounds what it takes.

use std::collections::BTreeMap;
use std::io::Cursor;

use zip::{CompressionMethod, ZipArchive};

use super::caps::Caps;
use super::container::Take;
use super::error::Fault;
use super::layout::Picks;
use super::listing::{EntryKind, Listing};
use super::name::shown;

/// The first bytes of an entry in the table at the end, and its length without the name.
const ENTRY: &[u8] = b"PK\x01\x02";
const ENTRY_LENGTH: usize = 46;

/// Notes every entry.
pub(super) fn list(bytes: &[u8], caps: &Caps, listing: &mut Listing) -> Result<(), Fault> {
    // The library keeps much more for an entry than its bytes, and before it can be asked how many there are.
    let limit = caps.entries;
    let entries = || bytes.windows(ENTRY.len()).filter(|it| *it == ENTRY).count();
    if bytes.len() / ENTRY_LENGTH > limit && entries() > limit {
        return Err(Fault::TooManyEntries { limit });
    }
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(Fault::damaged)?;
    let mut twice = match archive.has_duplicate_names() {
        true => names(bytes, archive.central_directory_start()),
        false => BTreeMap::new(),
    };
    twice.retain(|_, times| *times > 1);
    for index in 0..archive.len() {
        let entry = archive.by_index_data(index).map_err(Fault::damaged)?;
        let name = || shown(entry.name_raw());
        let method = entry.compression();
        let known = [CompressionMethod::Stored, CompressionMethod::Deflated].contains(&method);
        let trouble = match () {
            () if entry.encrypted() => Some(Fault::Encrypted { name: name() }),
            () if !known => Some(Fault::UnknownMethod { name: name() }),
            () if twice.contains_key(entry.name_raw()) => Some(Fault::Duplicate { name: name() }),
            () => None,
        };
        listing.note(entry.name_raw(), kind(entry.unix_mode()), trouble)?;
    }
    Ok(())
}

/// How often the table names each file: the library keeps only the last of equal names.
fn names(bytes: &[u8], start: u64) -> BTreeMap<&[u8], usize> {
    let mut names = BTreeMap::new();
    let mut at = usize::try_from(start).unwrap_or(usize::MAX);
    while let Some(entry) = bytes.get(at..).filter(|rest| rest.starts_with(ENTRY)) {
        let number = |from: usize| match entry.get(from..from + 2) {
            Some(two) => usize::from(u16::from_le_bytes([two[0], two[1]])),
            None => 0,
        };
        let (name, more) = (number(28), number(30) + number(32));
        if let Some(name) = entry.get(ENTRY_LENGTH..ENTRY_LENGTH + name) {
            *names.entry(name).or_default() += 1;
        }
        at += ENTRY_LENGTH + name + more;
    }
    names
}

/// Takes the files picked from the listing.
pub(super) fn take(bytes: &[u8], picks: &Picks, take: &mut Take<'_>) -> Result<(), Fault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(Fault::damaged)?;
    for (index, path) in picks {
        let mut entry = archive.by_index(*index).map_err(Fault::damaged)?;
        take(path, entry.size(), &mut entry)?;
    }
    Ok(())
}

/// Only a zip made on Unix states the kind, in the bits of Unix's `st_mode`.
fn kind(mode: Option<u32>) -> EntryKind {
    match mode.unwrap_or_default() & 0o170_000 {
        0 | 0o100_000 => EntryKind::File,
        0o040_000 => EntryKind::Folder,
        0o120_000 => EntryKind::Other("a symbolic link"),
        0o010_000 => EntryKind::Other("a named pipe"),
        0o020_000 | 0o060_000 => EntryKind::Other("a device"),
        0o140_000 => EntryKind::Other("a socket"),
        _ => EntryKind::Other("something of an unknown kind"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unix_mode_tells_a_file_from_what_is_none() {
        let what = |mode| match kind(mode) {
            EntryKind::File => "a file",
            EntryKind::Folder => "a folder",
            EntryKind::Other(what) => what,
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
