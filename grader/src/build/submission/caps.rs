//! How much of a submission is looked at before it is refused.
//!
//! [`Caps`] are limits on what is read, not on what headers say: a reader stops one byte past a cap. The files
//! that are taken have narrow limits. Other files beside them (a repository's history, build results, a report as
//! PDF) are nobody's fault, so their limits only protect the grader.

use std::time::Duration;

const MIB: u64 = 1024 * 1024;

/// Limits on one submission; reaching one is allowed, passing it is a rejection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caps {
    /// Files that are taken.
    pub files: usize,
    /// Bytes of Rust source in all, and of other files that it includes.
    pub bytes: u64,
    /// Names in the path of a file that is taken: `src/a/b.rs` has 3.
    pub depth: usize,
    /// Bytes of an archive as it lies on disk.
    pub archive_bytes: u64,
    /// Files, folders and anything else that are listed, wanted or not.
    pub entries: usize,
    /// Bytes that are unpacked to find what is wanted.
    pub unpacked_bytes: u64,
    /// Time to unpack them in.
    pub time: Duration,
}

impl Default for Caps {
    fn default() -> Caps {
        Caps {
            files: 200,
            bytes: MIB,
            depth: 16,
            archive_bytes: 256 * MIB,
            entries: 100_000,
            unpacked_bytes: 1024 * MIB,
            time: Duration::from_secs(60),
        }
    }
}
