//! Why a submission was not read, as one line for the reader of the verdict.
//!
//! [`SubmissionError`] keeps two things apart: a path that is the caller's mistake, and a [`Fault`] in what
//! was handed in, which is a verdict. Every name in them has gone through `shown`: a learner's file name
//! must never reach a terminal or a log raw.

use std::io;
use std::path::Path;

use super::name::{shown, shown_path};
use super::sources::Stop;

/// What can be handed in.
pub const HAND_IN: &str = "a crate folder, a .rs, .py, .mjs, .js or .cjs file, a .zip or a .tar.gz";

/// A submission that was not read.
#[derive(Debug, thiserror::Error)]
pub enum SubmissionError {
    /// Nothing is at the path.
    #[error("nothing is at `{path}`; give {HAND_IN}")]
    NotFound {
        /// The path, made printable.
        path: String,
    },
    /// The system would not let it be read.
    // `why` is in the text, so it is not a `source`: a chain would print it twice.
    #[error("`{path}` cannot be read: {why}")]
    Unreadable {
        /// The file or folder, made printable.
        path: String,
        /// What the system said.
        why: io::Error,
    },
    /// The name does not tell a kind of submission.
    #[error("`{path}` is not a kind of submission; give {HAND_IN}")]
    UnknownKind {
        /// The path, made printable.
        path: String,
    },
    /// The submission cannot be taken.
    #[error("`{path}` {fault}")]
    Rejected {
        /// The path, made printable; a folder's ends with `/`.
        path: String,
        /// What is wrong with it.
        fault: Fault,
    },
}

impl SubmissionError {
    /// True if the submission is at fault, and `rejected` is its verdict; false if the caller gave a wrong path.
    pub fn is_rejection(&self) -> bool {
        matches!(self, SubmissionError::Rejected { .. })
    }

    pub(super) fn at(path: &Path, why: io::Error) -> SubmissionError {
        let path = shown_path(path);
        match why.kind() {
            io::ErrorKind::NotFound => SubmissionError::NotFound { path },
            _ => SubmissionError::Unreadable { path, why },
        }
    }

    pub(super) fn unknown_kind(path: &Path) -> SubmissionError {
        SubmissionError::UnknownKind {
            path: shown_path(path),
        }
    }

    pub(super) fn stopped(path: &Path, stop: Stop) -> SubmissionError {
        match stop {
            Stop::Fault(fault) => SubmissionError::rejected(path, fault),
            Stop::Io { below, why } if below.as_os_str().is_empty() => {
                SubmissionError::at(path, why)
            }
            Stop::Io { below, why } => SubmissionError::at(&path.join(below), why),
        }
    }

    pub(super) fn rejected(path: &Path, fault: Fault) -> SubmissionError {
        SubmissionError::Rejected {
            path: shown_path(path),
            fault,
        }
    }
}

/// What is wrong with a submission. Displayed, it continues a sentence that begins with the submission's path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its variant is")]
pub enum Fault {
    #[error("has no `src/lib.rs`; hand in {HAND_IN}")]
    NoRoot,
    #[error(
        "holds no Rust, Python or JavaScript file; hand in the crate folder with its `src/lib.rs`, or the one file"
    )]
    NoRust,
    #[error("holds more than one crate, `{first}` and `{second}`; hand in one")]
    SeveralRoots { first: String, second: String },
    #[error("holds several submissions, `{first}` and `{second}`; hand in one")]
    Several { first: String, second: String },
    #[error("holds archives within archives; hand in the crate itself")]
    TooNested,

    #[error("is {what}; hand in {HAND_IN}")]
    NotAFile { what: &'static str },
    #[error("holds {what}, `{name}`; hand in plain files")]
    NotPlain { what: &'static str, name: String },
    #[error("holds `{name}`, {why}; give files plain names inside the crate folder")]
    BadName { name: String, why: &'static str },
    #[error("holds `{name}` twice; pack it again from a clean folder")]
    Duplicate { name: String },
    #[error("holds `{name}` both as a file and as a folder; keep one of them")]
    Clash { name: String },

    #[error("is not UTF-8 text; save it as UTF-8")]
    NotUtf8,
    #[error("holds `{name}`, which is not UTF-8 text; save it as UTF-8")]
    FileNotUtf8 { name: String },

    #[error("holds {} of Rust source; the limit is {}, so hand in only your own code", found(*.size, *.limit), human(*.limit))]
    TooMuchSource { size: u64, limit: u64 },
    #[error("holds over {limit} files of one crate, the limit; hand in only your own code")]
    TooManyFiles { limit: usize },
    #[error("holds over {limit} files and folders, the limit; leave `target/` out")]
    TooManyEntries { limit: usize },
    #[error("holds `{name}`, which lies over {limit} names deep; move it up")]
    TooDeep { name: String, limit: usize },
    #[error("has {}; the limit for an archive is {}, so leave `target/` out", found(*.size, *.limit), human(*.limit))]
    ArchiveTooLarge { size: u64, limit: u64 },
    #[error("unpacks to over {}, the limit; leave `target/` and large files out", human(*.limit))]
    UnpacksTooLarge { limit: u64 },

    #[error("takes over {seconds} s to unpack; leave `target/` and large files out")]
    UnpacksTooSlowly { seconds: u64 },

    #[error("is not an archive that can be read; hand in a .zip")]
    NotAnArchive,
    #[error("is a .rar, which cannot be read here; hand in a .zip")]
    Rar,
    #[error("is encrypted; pack it again without a password")]
    Locked,
    #[error("is one packed file and no archive; hand in the file as it is, a .zip or a .tar.gz")]
    OnePacked,
    #[error("is a damaged archive ({why}); pack it again")]
    Damaged { why: String },
    #[error("holds `{name}` encrypted; pack it again without a password")]
    Encrypted { name: String },
    #[error(
        "holds `{name}` packed in a way that cannot be read here; pack it again as a plain .zip"
    )]
    UnknownMethod { name: String },
    #[error("is packed in a way that cannot be read here ({why}); hand in a plain .zip")]
    UnknownPacking { why: String },
}

impl Fault {
    /// An archive that its library cannot read. The library may quote the archive, so its message is made printable.
    pub(super) fn damaged(why: impl ToString) -> Fault {
        Fault::Damaged {
            why: shown(why.to_string().as_bytes()),
        }
    }

    /// The same for a format that its library does not know.
    pub(super) fn unknown_packing(why: impl ToString) -> Fault {
        Fault::UnknownPacking {
            why: shown(why.to_string().as_bytes()),
        }
    }
}

/// The size, or only "over the limit" if both round to the same text: a reader stops one byte past the limit.
fn found(size: u64, limit: u64) -> String {
    if human(size) == human(limit) {
        format!("over {}", human(limit))
    } else {
        human(size)
    }
}

fn human(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    for (unit, name) in UNITS {
        if bytes >= unit {
            let tenths = u128::from(bytes) * 10 / u128::from(unit);
            return match tenths % 10 {
                0 => format!("{} {name}", tenths / 10),
                tenth => format!("{}.{tenth} {name}", tenths / 10),
            };
        }
    }
    match bytes {
        1 => "1 byte".to_owned(),
        _ => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_written_short() {
        let cases = [
            (1, "1 byte"),
            (1023, "1023 bytes"),
            (1024, "1 KiB"),
            (1536, "1.5 KiB"),
            (50 << 20, "50 MiB"),
            (u64::MAX, "17179869183.9 GiB"),
        ];
        for (bytes, text) in cases {
            assert_eq!(human(bytes), text);
        }
    }

    #[test]
    fn a_size_that_rounds_to_the_limit_is_said_to_be_over_it() {
        assert_eq!(found((1 << 20) + 1, 1 << 20), "over 1 MiB");
        assert_eq!(found(50 << 20, 1 << 20), "50 MiB");
    }

    #[test]
    fn only_what_was_handed_in_is_a_rejection() {
        let path = Path::new("hw.zip");
        assert!(SubmissionError::rejected(path, Fault::NoRust).is_rejection());
        assert!(!SubmissionError::unknown_kind(path).is_rejection());
        for kind in [io::ErrorKind::NotFound, io::ErrorKind::PermissionDenied] {
            assert!(!SubmissionError::at(path, kind.into()).is_rejection());
        }
    }
}
