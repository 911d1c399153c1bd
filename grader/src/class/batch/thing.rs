//! Something in a student's place: what it is, and what its name says. Its main type is
//! [`Thing`].

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::find::PassedOver;
use super::pattern::drill_named;
use crate::build::submission::Form;
use crate::course::language::Language;

/// Where a crate begins.
const CRATE: &str = "src/lib.rs";

/// How deep folders are searched for a student's work.
const DEPTH: usize = 4;

/// Something in a folder. Paths are relative to the batch's folder.
#[derive(Clone, Debug)]
pub(super) struct Thing {
    pub(super) path: PathBuf,
    /// Its name, as [`text_of`] has it.
    pub(super) name: String,
    pub(super) kind: ThingKind,
}

/// The kind of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ThingKind {
    /// A folder with a `src/lib.rs`.
    Crate,
    /// Any other folder.
    Folder,
    /// A Rust file or an archive.
    Source,
    /// Any other file.
    Other,
    /// A link, which is not followed.
    Link,
}

/// A name without its file ending; `offload.rs.txt` has two endings.
pub(super) fn stem(name: &str) -> &str {
    if let Some((_, stem)) = Form::of(name) {
        return stem;
    }
    let (stem, _) = name.rsplit_once('.').unwrap_or((name, ""));
    Form::of(stem).map_or(stem, |(_, stem)| stem)
}

/// Whether the name is one that tools leave behind.
pub(super) fn is_litter(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "__MACOSX" | "target")
}

/// Whether something in a folder could be a submission, at any depth. This
/// distinguishes a student with an odd name from a tool's folder.
pub(super) fn holds_submission(root: &Path, folder: &Path) -> bool {
    fn look(root: &Path, folder: &Path, depth: usize) -> bool {
        let things = things(root, folder).unwrap_or_default();
        things.iter().any(|thing| match thing.kind {
            ThingKind::Folder => depth > 0 && look(root, &thing.path, depth - 1),
            _ => thing.is_usable(),
        })
    }
    // Cargo's build folder contains this file.
    !root.join(folder).join("CACHEDIR.TAG").is_file() && look(root, folder, DEPTH)
}

/// A file's name as text. Bytes that are not valid UTF-8 are written as `\xFC`, so
/// that two names stay two.
pub(super) fn text_of(name: &OsStr) -> String {
    let mut text = String::new();
    for chunk in name.as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02X}"));
        }
    }
    text
}

/// The contents of a folder, by name, without what tools leave behind.
pub(super) fn things(root: &Path, folder: &Path) -> io::Result<Vec<Thing>> {
    let mut things = all_things(root, folder)?;
    things.retain(|thing| !is_litter(&thing.name));
    Ok(things)
}

/// All contents of a folder, by name.
pub(super) fn all_things(root: &Path, folder: &Path) -> io::Result<Vec<Thing>> {
    let mut things = Vec::new();
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = text_of(&entry.file_name());
        let path = folder.join(entry.file_name());
        let kind = entry.file_type()?;
        let kind = match () {
            () if kind.is_symlink() => ThingKind::Link,
            () if kind.is_dir() && root.join(&path).join(CRATE).is_file() => ThingKind::Crate,
            () if kind.is_dir() => ThingKind::Folder,
            () if is_source(&name) => ThingKind::Source,
            () => ThingKind::Other,
        };
        things.push(Thing { path, name, kind });
    }
    things.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(things)
}

/// Whether a file may be a submission, by its name. Scripts are what else lies beside a
/// crate, too: only one that is named after a drill is a submission.
fn is_source(name: &str) -> bool {
    match Form::of(name) {
        Some((Form::Code(language), stem)) if !language.is_rust() => {
            drill_named(stem, &crate::drills::slugs()).is_some()
        }
        form => form.is_some(),
    }
}

impl Thing {
    /// The drill it is named after.
    pub(super) fn drill<'a>(&self, drills: &[&'a str]) -> Option<&'a str> {
        drill_named(self.stem(), drills)
    }

    /// Its name without a file's ending.
    pub(super) fn stem(&self) -> &str {
        match self.is_folder() {
            true => &self.name,
            false => stem(&self.name),
        }
    }

    pub(super) fn is_folder(&self) -> bool {
        matches!(self.kind, ThingKind::Crate | ThingKind::Folder)
    }

    /// Whether a submission could be in it.
    pub(super) fn is_usable(&self) -> bool {
        matches!(
            self.kind,
            ThingKind::Crate | ThingKind::Folder | ThingKind::Source
        )
    }

    pub(super) fn is_rust(&self) -> bool {
        self.kind == ThingKind::Source
            && matches!(Form::of(&self.name), Some((Form::Code(Language::Rust), _)))
    }

    pub(super) fn passed_over(&self, why: &str) -> PassedOver {
        PassedOver {
            path: self.path.clone(),
            why: why.to_owned(),
        }
    }
}
