//! How much of a submission is looked at before it is refused.
//!
//! [`Caps`] are limits on what is read, not on what headers say: a reader stops one byte past a cap. They are
//! far above any honest exercise and far below what would trouble the grader.

const MIB: u64 = 1024 * 1024;

/// Limits on one submission; reaching one is allowed, passing it is a rejection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caps {
    /// Rust files.
    pub files: usize,
    /// Bytes of Rust source in all.
    pub bytes: u64,
    /// Bytes of an archive as it lies on disk.
    pub archive_bytes: u64,
    /// Files, folders and anything else listed in an archive or found under a crate's `src/`.
    pub entries: usize,
    /// Bytes an archive unpacks to in all, wanted or not.
    pub unpacked_bytes: u64,
    /// Names in a Rust file's path: `src/a/b.rs` has 3.
    pub depth: usize,
}

impl Default for Caps {
    fn default() -> Caps {
        Caps {
            files: 200,
            bytes: MIB,
            archive_bytes: 10 * MIB,
            entries: 2_000,
            unpacked_bytes: 50 * MIB,
            depth: 16,
        }
    }
}
