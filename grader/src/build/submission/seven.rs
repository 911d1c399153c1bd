//! The entries of a 7z.
//!
//! Its table says in which block of packed bytes a file lies. Only blocks with a chosen file are unpacked, no
//! further than that file, and through a meter.

use std::collections::BTreeSet;
use std::io::{self, Cursor};

use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Error, Password};

use super::caps::Caps;
use super::container::Take;
use super::error::Fault;
use super::layout::Picks;
use super::listing::{EntryKind, Listing};
use super::tarball::{MEMORY, Meter, Metered};

/// Notes every entry.
pub(super) fn list(bytes: &[u8], listing: &mut Listing) -> Result<(), Fault> {
    for entry in &open(bytes)?.files {
        listing.note(entry.name().as_bytes(), kind(entry), None)?;
    }
    Ok(())
}

/// Takes the files picked from the listing.
pub(super) fn take(
    bytes: &[u8],
    caps: &Caps,
    picks: &Picks,
    take: &mut Take<'_>,
) -> Result<(), Fault> {
    let archive = open(bytes)?;
    let of_files = &archive.stream_map.file_block_index;
    let block_of = |index: &usize| of_files.get(*index).copied().flatten();
    let blocks: BTreeSet<usize> = picks.keys().filter_map(block_of).collect();
    for (index, path) in picks {
        // An empty file has no bytes in any block.
        if block_of(index).is_none() {
            take(path, 0, &mut io::empty())?;
        }
    }
    let meter = Meter::new(caps);
    for block in blocks {
        let first = archive.stream_map.block_first_file_index[block];
        let mut here = picks.keys().filter(|index| block_of(index) == Some(block));
        let last = here.next_back();
        let (mut index, mut fault) = (first, None);
        let mut source = Cursor::new(bytes);
        let memory = MEMORY as usize;
        let password = Password::empty();
        let decoder =
            BlockDecoder::new_with_memory_limit(1, memory, block, &archive, &password, &mut source);
        let unpacked = decoder.for_each_entries(&mut |entry, from| {
            let mut from = Metered {
                inner: from,
                meter: &meter,
            };
            let here = block_of(&index) == Some(block);
            let taken = match picks.get(&index).filter(|_| here) {
                Some(path) => take(path, entry.size(), &mut from),
                None => io::copy(&mut from, &mut io::sink())
                    .map(drop)
                    .map_err(Fault::damaged),
            };
            fault = taken.err();
            let go_on = fault.is_none() && last.is_some_and(|last| index < *last);
            index += 1;
            Ok(go_on)
        });
        let said = fault.or_else(|| unpacked.err().map(fault_of));
        if let Some(fault) = meter.fault().or(said) {
            return Err(fault);
        }
    }
    Ok(())
}

fn open(bytes: &[u8]) -> Result<Archive, Fault> {
    let mut source = Cursor::new(bytes);
    Archive::read_with_memory_limit(&mut source, &Password::empty(), MEMORY as usize)
        .map_err(fault_of)
}

/// Windows' attributes; an archive made on Unix has Unix's above them.
fn kind(entry: &ArchiveEntry) -> EntryKind {
    const OF_UNIX: u32 = 0x8000;
    const LINK: u32 = 0x400;
    let attributes = entry.windows_attributes();
    match attributes >> 16 & 0o170_000 {
        _ if entry.is_directory() => EntryKind::Folder,
        _ if entry.is_anti_item() => EntryKind::Other("a deletion"),
        _ if attributes & OF_UNIX == 0 && attributes & LINK != 0 => {
            EntryKind::Other("a symbolic link")
        }
        _ if attributes & OF_UNIX == 0 => EntryKind::File,
        0o120_000 => EntryKind::Other("a symbolic link"),
        0 | 0o100_000 => EntryKind::File,
        _ => EntryKind::Other("something of an unknown kind"),
    }
}

fn fault_of(error: Error) -> Fault {
    match error {
        Error::PasswordRequired | Error::MaybeBadPassword(_) => Fault::Locked,
        Error::UnsupportedCompressionMethod(why) if why.contains("AES") => Fault::Locked,
        Error::UnsupportedCompressionMethod(_)
        | Error::ExternalUnsupported
        | Error::Unsupported(_)
        | Error::UnsupportedVersion { .. } => Fault::unknown_packing(error),
        Error::MaxMemLimited { .. } => Fault::unknown_packing("it needs too much memory"),
        error => Fault::damaged(error),
    }
}
