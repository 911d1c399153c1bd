//! The house: rooms stand above what they use, and no imports go in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex_lite::Regex;

use crate::courses::real;

/// The files that declare the rooms: of the crate below, then of the one above.
const ROOTS: [&str; 2] = ["examiner.rs", "lib.rs"];

/// The rooms as they are declared there, the lowest first.
fn rooms() -> Vec<String> {
    let module = Regex::new(r"(?m)^pub mod (\w+);").unwrap();
    let mut rooms = Vec::new();
    for root in ROOTS {
        let root = real().root().join("grader/src").join(root);
        let text = std::fs::read_to_string(root).unwrap();
        let names = module.captures_iter(&text).map(|found| found[1].to_owned());
        rooms.extend(names);
    }
    rooms
}

/// Every `.rs` file of the grader's library, by its path in `src`.
fn sources() -> BTreeMap<String, String> {
    fn collect(dir: &Path, src: &Path, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, src, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(src).unwrap().to_string_lossy();
                let text = std::fs::read_to_string(&path).unwrap();
                found.insert(name.into_owned(), text);
            }
        }
    }
    let src = real().root().join("grader/src");
    let mut found = BTreeMap::new();
    collect(&src, &src, &mut found);
    found.retain(|file, _| !file.contains("SLUG") && file != "main.rs");
    found.retain(|file, _| !ROOTS.contains(&file.as_str()));
    found
}

/// The places in `text` that name something of this crate: each with its room, and the
/// module of that room if it names one.
fn named(text: &str) -> BTreeSet<(String, String)> {
    let path = Regex::new(r"\bcrate::(\w+)(?:::(\w+))?").unwrap();
    let part = |found: &regex_lite::Captures<'_>, number| {
        let part = found.get(number).map(|part| part.as_str());
        part.unwrap_or_default().to_owned()
    };
    let found = path.captures_iter(text);
    found
        .map(|found| (part(&found, 1), part(&found, 2)))
        .collect()
}

/// `lib.rs` and `main.rs` apart: `class/batch/run.rs` is `batch` in the room `class`.
fn place(file: &str) -> (String, String) {
    let mut parts = file.trim_end_matches(".rs").split('/');
    let mut next = || parts.next().unwrap_or_default().to_owned();
    (next(), next())
}

/// A path from some module back to itself, if there is one.
fn circle(arrows: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    fn visit(
        at: &str,
        arrows: &BTreeMap<String, BTreeSet<String>>,
        path: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> bool {
        if let Some(start) = path.iter().position(|place| place == at) {
            path.drain(..start);
            return true;
        }
        if !done.insert(at.to_owned()) {
            return false;
        }
        path.push(at.to_owned());
        for to in arrows.get(at).into_iter().flatten() {
            if visit(to, arrows, path, done) {
                return true;
            }
        }
        path.pop();
        false
    }
    let mut done = BTreeSet::new();
    for at in arrows.keys() {
        let mut path = Vec::new();
        if visit(at, arrows, &mut path, &mut done) {
            return Some(path);
        }
    }
    None
}

#[test]
fn a_room_uses_only_what_stands_below_it() {
    let rooms = rooms();
    let height = |room: &str| rooms.iter().position(|known| known == room);
    assert!(
        rooms.len() >= 10,
        "the rooms are declared in {ROOTS:?}: {rooms:?}"
    );
    let mut upward = Vec::new();
    for (file, text) in sources() {
        let (room, _) = place(&file);
        let own = height(&room).unwrap_or_else(|| panic!("`{file}` is in no room"));
        for (other, module) in named(&text) {
            if height(&other).is_some_and(|other| other > own) {
                upward.push(format!("{file} uses crate::{other}::{module}"));
            }
        }
    }
    assert_eq!(upward, Vec::<String>::new());
}

#[test]
fn learn_and_class_do_not_know_each_other() {
    for (file, text) in sources() {
        let (room, _) = place(&file);
        let others = named(&text);
        let knows = |other: &str| others.iter().any(|(named, _)| named == other);
        assert!(!(room == "class" && knows("learn")), "{file} uses learn");
        assert!(!(room == "learn" && knows("class")), "{file} uses class");
    }
}

#[test]
fn no_imports_between_modules_go_in_a_circle() {
    let sources = sources();
    let modules: BTreeSet<String> = sources
        .keys()
        .map(|file| place(file))
        .map(|(room, module)| format!("{room}::{module}"))
        .collect();
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, text) in &sources {
        let (room, module) = place(file);
        // A room's own file declares its modules, and stands above them.
        if module.is_empty() {
            continue;
        }
        let own = format!("{room}::{module}");
        let others = named(text)
            .into_iter()
            .map(|(room, module)| format!("{room}::{module}"));
        let others = others.filter(|other| *other != own && modules.contains(other));
        arrows.entry(own.clone()).or_default().extend(others);
    }
    assert!(arrows.len() > 30, "the imports were read: {}", arrows.len());
    if let Some(circle) = circle(&arrows) {
        panic!("these use each other: {}", circle.join(" -> "));
    }
}

#[test]
fn nothing_in_play_touches_a_file_a_process_or_a_clock() {
    let manifest = real().root().join("grader/play/Cargo.toml");
    let text = std::fs::read_to_string(manifest).unwrap();
    for heavy in ["tokio", "rustix", "tempfile", "sandbox", "worker"] {
        assert!(!text.contains(heavy), "play depends on `{heavy}`");
    }
    let src = real().root().join("grader/play/src");
    let mut folders = vec![src];
    let forbidden =
        Regex::new(r"(?m)^use std::(fs|process|net|thread|time::(Instant|SystemTime))").unwrap();
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(!forbidden.is_match(&text), "{}", path.display());
        }
    }
    assert!(files > 8);
}
