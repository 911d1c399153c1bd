//! The kind of an archive, judged by its first bytes, whatever its name.
//!
//! Browsers unpack a `.gz` on the way and keep the name, and a renamed `.rar` is not a `.zip`. A name only
//! says that something is meant to be an archive; [`ENDINGS`] lists the endings that do.

use super::error::Fault;

/// Endings, in lower case, of the archives that are read and of those that are refused with a reason.
const ENDINGS: [&str; 16] = [
    ".zip", ".tar.gz", ".tgz", ".tar", ".tar.xz", ".txz", ".tar.zst", ".tzst", ".tar.bz2", ".tbz2",
    ".tbz", ".7z", ".rar", ".gz", ".xz", ".zst",
];

/// The ending of a name that promises an archive, as long as it can be.
pub(super) fn ending(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    let mut endings = ENDINGS.into_iter().filter(|end| lower.ends_with(end));
    let first = endings.next()?;
    Some(endings.fold(
        first,
        |long, end| if end.len() > long.len() { end } else { long },
    ))
}

/// The archives that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Tar(Packing),
    Zip,
    SevenZip,
}

/// The compression of a tar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Xz,
    Zstd,
    Bzip2,
}

/// How many of the first bytes are needed.
pub(super) const TELLING: usize = 512;

impl Format {
    /// The format, judged by the first [`TELLING`] bytes, or by all if there are fewer.
    pub(super) fn of(bytes: &[u8]) -> Result<Format, Fault> {
        let begins = |magic: &[u8]| bytes.starts_with(magic);
        // A zip with nothing in it starts with its end.
        if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") {
            return Ok(Format::Zip);
        }
        if begins(b"7z\xbc\xaf\x27\x1c") {
            return Ok(Format::SevenZip);
        }
        if begins(b"Rar!\x1a\x07") {
            return Err(Fault::Rar);
        }
        let packings: [(&[u8], Packing); 4] = [
            (b"\x1f\x8b", Packing::Gzip),
            (b"\xfd7zXZ\0", Packing::Xz),
            (b"\x28\xb5\x2f\xfd", Packing::Zstd),
            (b"BZh", Packing::Bzip2),
        ];
        if let Some((_, packing)) = packings.iter().find(|(magic, _)| begins(magic)) {
            return Ok(Format::Tar(*packing));
        }
        match is_tar(bytes) {
            true => Ok(Format::Tar(Packing::Plain)),
            false => Err(Fault::NotAnArchive),
        }
    }
}

/// Whether this is the beginning of a tar: its first header contains its own checksum. An empty tar is all zeros.
fn is_tar(bytes: &[u8]) -> bool {
    let Some(header) = bytes.get(..512) else {
        return false;
    };
    let octal = |text: &[u8]| {
        let text = str::from_utf8(text).ok()?;
        u32::from_str_radix(text.trim_matches([' ', '\0']), 8).ok()
    };
    let outside = header[..148].iter().chain(&header[156..]);
    let sum = outside.map(|byte| u32::from(*byte)).sum::<u32>() + 8 * u32::from(b' ');
    octal(&header[148..156]) == Some(sum) || header.iter().all(|byte| *byte == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_promises_an_archive_by_its_longest_ending() {
        assert_eq!(ending("hw.tar.gz"), Some(".tar.gz"));
        assert_eq!(ending("HW.TGZ"), Some(".tgz"));
        assert_eq!(ending("hw.tar.xz"), Some(".tar.xz"));
        assert_eq!(ending("hw.7z"), Some(".7z"));
        assert_eq!(ending("hw.rar"), Some(".rar"));
        for name in ["hw.rs", "zip", "hw.zip.txt", "hw"] {
            assert_eq!(ending(name), None);
        }
    }

    #[test]
    fn the_first_bytes_say_the_format() {
        assert_eq!(Format::of(b"PK\x03\x04.."), Ok(Format::Zip));
        assert_eq!(Format::of(b"\x1f\x8b\x08"), Ok(Format::Tar(Packing::Gzip)));
        assert_eq!(Format::of(b"Rar!\x1a\x07\x01\x00"), Err(Fault::Rar));
        assert_eq!(Format::of(&[0; 512]), Ok(Format::Tar(Packing::Plain)));
        assert_eq!(Format::of(&[1; 512]), Err(Fault::NotAnArchive));
        assert_eq!(Format::of(b""), Err(Fault::NotAnArchive));
    }
}
