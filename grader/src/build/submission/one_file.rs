//! A submission in an interpreted language: one file. In a folder or an archive without Rust it is the one
//! that is named after the drill, or else the only one.
//!
//! Nothing beside that file is read: tests, notes and helpers that a learner keeps there are
//! no part of what is graded.

use super::error::Fault;
use super::listing::Listing;
use super::name::{plain_file_name, shown};
use super::wanted::{Named, Wanted};
use crate::course::language::Language;

/// The name of a file in this language as a root file's name, in plain letters and with its
/// own ending.
pub(super) fn root(name: &str, language: Language) -> String {
    let (_, long) = Language::of_ending(name).unwrap_or_default();
    let (stem, ending) = name.split_at(name.len() - long);
    let plain = plain_file_name(stem);
    let stem = plain.strip_suffix(".rs").unwrap_or(&plain);
    let endings = language.endings();
    let lower = ending.to_ascii_lowercase();
    let is_it = |it: &&&str| lower.starts_with(&format!(".{it}"));
    let ending = endings.iter().find(is_it).unwrap_or(&endings[0]);
    format!("{stem}.{ending}")
}

/// Whether a file is a learner's test, or the course's kit.
fn is_aside(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.to_ascii_lowercase();
    let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
    name.starts_with("test") || stem.ends_with("_test") || stem.ends_with(".test") || stem == "kit"
}

/// The file among those of `listing` that is the wanted drill's, if one is.
pub(super) fn among<'a>(
    listing: &'a Listing,
    wanted: &Wanted<'_>,
) -> Result<Option<&'a str>, Fault> {
    let all = || listing.interpreted().filter(|path| !is_aside(path));
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
