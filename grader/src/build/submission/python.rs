//! A submission in Python: one file. In a folder or an archive without Rust it is the one
//! that is named after the drill, or else the only one.
//!
//! Nothing beside that file is read: tests, notes and helpers that a learner keeps there are
//! no part of what is graded.

use super::error::Fault;
use super::listing::Listing;
use super::name::{plain_file_name, shown};
use super::wanted::{Named, Wanted};

/// The endings of a Python file: some editors on Windows save it as text.
const ENDINGS: [&str; 2] = [".py", ".py.txt"];

/// How long the ending of a Python file's name is.
pub(super) fn ending(name: &str) -> Option<usize> {
    let lower = name.to_ascii_lowercase();
    let mut endings = ENDINGS.into_iter().filter(|end| lower.ends_with(end));
    endings.next().map(str::len)
}

/// A file's name without its ending, as a root file's name in plain letters.
pub(super) fn root(stem: &str) -> String {
    let plain = plain_file_name(stem);
    format!("{}.py", plain.strip_suffix(".rs").unwrap_or(&plain))
}

/// Whether a file is a learner's test, or the course's kit.
fn is_aside(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.to_ascii_lowercase();
    name.starts_with("test") || name.ends_with("_test.py") || name == "kit.py"
}

/// The file among those of `listing` that is the wanted drill's, if one is.
pub(super) fn among<'a>(
    listing: &'a Listing,
    wanted: &Wanted<'_>,
) -> Result<Option<&'a str>, Fault> {
    let all = || listing.python().filter(|path| !is_aside(path));
    for named in [Named::Whole, Named::InPart, Named::None] {
        let mut found = all().filter(|path| wanted.stem_named(path) == named);
        match (found.next(), found.next()) {
            (Some(first), Some(second)) => {
                return Err(Fault::Several {
                    first: shown(first.as_bytes()),
                    second: shown(second.as_bytes()),
                });
            }
            (Some(only), None) => return Ok(Some(only)),
            (None, _) => {}
        }
    }
    Ok(None)
}
