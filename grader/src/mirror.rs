//! The four places a drill is mirrored in, and what of it is missing there.
//!
//! Reads files and runs nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::course::Course;
use crate::drills;

/// What a drill consists of; `SLUG` stands for its name.
pub const PLACES: [&str; 13] = [
    "exercises/SLUG/Cargo.toml",
    "exercises/SLUG/README.md",
    "exercises/SLUG/exercise.toml",
    "exercises/SLUG/src/lib.rs",
    "exercises/SLUG/tests/public.rs",
    "solutions/SLUG/Cargo.toml",
    "solutions/SLUG/src/lib.rs",
    "solutions/SLUG/stub.rs",
    "solutions/SLUG/right",
    "solutions/SLUG/wrong",
    "grader/src/drills/SLUG.rs",
    "grader/src/drills/SLUG/contract.rs",
    "book/SLUG.md",
];

/// Where a drill is listed: the file, and what stands there.
pub const LISTS: [(&str, &str); 6] = [
    ("exercises/Cargo.toml", "\"SLUG\""),
    ("Cargo.toml", "\"solutions/SLUG\""),
    ("grader/src/drills.rs", "mod SLUG;"),
    ("grader/src/drills.rs", "&SLUG::"),
    ("book/SUMMARY.md", "(SLUG.md)"),
    ("README.md", "| `SLUG` |"),
];

/// Every slug that any of the four places knows, in order.
pub fn slugs(course: &Course) -> Vec<String> {
    let mut slugs: BTreeSet<String> = drills::ALL
        .iter()
        .map(|drill| drill.slug().to_owned())
        .collect();
    slugs.extend(course.slugs().unwrap_or_default());
    let solutions = course.root().join("solutions");
    let entries = fs::read_dir(solutions).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    slugs.extend(folders.map(|entry| entry.file_name().to_string_lossy().into_owned()));
    slugs.into_iter().collect()
}

/// What a drill lacks, in words; empty when it is whole.
pub fn missing(course: &Course, slug: &str) -> Vec<String> {
    let root = course.root();
    let mut missing: Vec<String> = PLACES
        .map(|place| place.replace("SLUG", slug))
        .into_iter()
        .filter(|place| !root.join(place).exists())
        .map(|place| format!("`{place}` is missing"))
        .collect();
    for (file, line) in LISTS {
        let line = line.replace("SLUG", slug);
        if !text(root, file).contains(&line) {
            missing.push(format!("`{file}` does not list it: no `{line}`"));
        }
    }
    missing
}

fn text(root: &Path, file: &str) -> String {
    fs::read_to_string(root.join(file)).unwrap_or_default()
}
