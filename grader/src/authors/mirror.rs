//! The four places that mirror a drill, and the parts that are missing there.
//!
//! Reads files and runs nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::course::Course;
use crate::course::language::Language;
use crate::drills;

/// The files of a drill; `SLUG` stands for its name.
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

/// A list that every drill is in.
#[derive(Debug)]
pub struct List {
    /// The file, from the course's folder.
    pub file: &'static str,
    /// The text that shows that a drill is listed.
    pub mark: &'static str,
    /// The line for a new drill. `CAMEL`, `TITLE` and `NUMBER` are replaced.
    pub line: &'static str,
    /// Where a new drill's line goes.
    pub place: Place,
}

/// Where in a list a line goes.
#[derive(Debug)]
pub enum Place {
    /// After the last line that begins with this.
    AfterBeginning(&'static str),
    /// After the last line that contains this.
    AfterHolding(&'static str),
    /// In the block of modules that ends with this line, in rustfmt's order.
    Module(&'static str),
    /// At the end of the list on the line that begins with this.
    InBrackets(&'static str),
}

/// The lists that every drill is in.
pub const LISTS: [List; 7] = [
    List {
        file: "exercises/Cargo.toml",
        mark: "\"SLUG\"",
        line: "\"SLUG\"",
        place: Place::InBrackets("members = ["),
    },
    List {
        file: "Cargo.toml",
        mark: "\"solutions/SLUG\"",
        line: "    \"solutions/SLUG\",",
        place: Place::AfterBeginning("    \"solutions/"),
    },
    List {
        file: "grader/src/drills.rs",
        mark: "mod SLUG;",
        line: "mod SLUG;",
        place: Place::Module("mod woken;"),
    },
    List {
        file: "grader/src/drills.rs",
        mark: "&SLUG::",
        line: "    &SLUG::CAMEL,",
        place: Place::AfterBeginning("    &"),
    },
    List {
        file: "book/SUMMARY.md",
        mark: "(SLUG.md)",
        line: "- [TITLE](SLUG.md)",
        place: Place::AfterHolding("](offload.md)"),
    },
    List {
        file: "book/progress.md",
        mark: "](SLUG.md): ",
        line: "NUMBER. [TITLE](SLUG.md): a line about it. 30 minutes.",
        place: Place::AfterHolding(".md): "),
    },
    List {
        file: "README.md",
        mark: "| `SLUG` |",
        line: "| `SLUG` | TITLE | 30 |",
        place: Place::AfterBeginning("| `"),
    },
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

/// The parts that a drill lacks, in words; empty when it is whole.
pub fn missing(course: &Course, slug: &str) -> Vec<String> {
    let root = course.root();
    let mut missing: Vec<String> = PLACES
        .map(|place| place.replace("SLUG", slug))
        .into_iter()
        .filter(|place| !root.join(place).exists())
        .map(|place| format!("`{place}` is missing"))
        .collect();
    missing.extend(missing_in_languages(course, slug));
    for List { file, mark, .. } in &LISTS {
        let mark = mark.replace("SLUG", slug);
        if !text(root, file).contains(&mark) {
            missing.push(format!("`{file}` does not list it: no `{}`", mark.trim()));
        }
    }
    missing
}

/// The same of its parts in other languages that were begun.
fn missing_in_languages(course: &Course, slug: &str) -> Vec<String> {
    let mut missing = Vec::new();
    for language in Language::interpreted() {
        if !course.solutions_in(slug, language).is_dir() {
            continue;
        }
        let place = language.of_drill(slug);
        let ending = language.ending();
        let places = [
            course.file_in(slug, language),
            format!("exercises/{place}/hints.toml"),
            format!("solutions/{place}/{}", language.reference()),
            format!("solutions/{place}/stub.{ending}"),
            format!("solutions/{place}/right"),
            format!("solutions/{place}/wrong"),
        ];
        let is_missing = |place: &String| !course.root().join(place).exists();
        let lines = places.into_iter().filter(is_missing);
        missing.extend(lines.map(|place| format!("`{place}` is missing")));
        let mut endings = language.endings().iter();
        let folder = course.root().join("grader/src/drills").join(slug);
        if !endings.any(|ending| folder.join(format!("contract.{ending}")).exists()) {
            let place = format!("grader/src/drills/{slug}/contract.{ending}");
            missing.push(format!("`{place}` is missing"));
        }
        if drills::find(slug).is_some_and(|drill| !drills::is_in(drill, language)) {
            let why = "no contract in this language is named there";
            missing.push(format!("`grader/src/drills/{slug}.rs`: {why} ({language})"));
        }
    }
    missing
}

fn text(root: &Path, file: &str) -> String {
    fs::read_to_string(root.join(file)).unwrap_or_default()
}
