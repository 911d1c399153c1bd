//! The parts of a course that grading needs anywhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::PackageError;
use crate::course::Course;

/// Files and folders, from the course's root: what the grader is built from and what it
/// reads when it runs. The Containerfile copies the same.
pub const PARTS: [&str; 9] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "book/listings",
    "book/theme/between.css",
    "exercises",
    "grader",
    "rust-toolchain.toml",
    "solutions",
];

/// Folders that hold no sources, wherever they are.
const NOT_SOURCE: [&str; 3] = ["target", "node_modules", ".learner"];

/// Every file of these parts: its name, with `/`, from the course's root, and where it
/// is. Links are left out; the course has none.
///
/// # Errors
/// When a part cannot be read.
pub fn files(course: &Course) -> Result<BTreeMap<String, PathBuf>, PackageError> {
    let mut files = BTreeMap::new();
    for part in PARTS {
        gather(&course.root().join(part), part, &mut files)?;
    }
    Ok(files)
}

fn gather(
    path: &Path,
    name: &str,
    files: &mut BTreeMap<String, PathBuf>,
) -> Result<(), PackageError> {
    let failed = |source| PackageError::Io {
        path: path.to_owned(),
        source,
    };
    let kind = fs::symlink_metadata(path).map_err(failed)?.file_type();
    if kind.is_file() {
        files.insert(name.to_owned(), path.to_owned());
    } else if kind.is_dir() {
        for entry in fs::read_dir(path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let Some(own) = entry.file_name().to_str().map(str::to_owned) else {
                continue;
            };
            if !NOT_SOURCE.contains(&&*own) {
                gather(&entry.path(), &format!("{name}/{own}"), files)?;
            }
        }
    }
    Ok(())
}
