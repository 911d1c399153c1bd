//! The repository's own order: mirrored files exist, pinned versions agree.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use grader::authors::mirror;
use grader::drills;

use crate::courses::{real, root};

#[test]
fn every_drill_is_in_its_four_places() {
    let slugs = mirror::slugs(&real());
    assert!(slugs.len() >= drills::ALL.len());
    for slug in slugs {
        assert_eq!(mirror::missing(&real(), &slug), [""; 0], "{slug}");
    }
}

#[test]
fn a_learner_begins_with_the_stub() {
    for slug in real().slugs().unwrap() {
        let exercise = format!("exercises/{slug}/src/lib.rs");
        if is_being_worked_on(&exercise) {
            continue;
        }
        let stub = format!("solutions/{slug}/stub.rs");
        assert!(text(&exercise) == text(&stub), "{exercise} is not {stub}");
    }
}

/// Whether the file differs from git's version. Without git, no.
fn is_being_worked_on(path: &str) -> bool {
    let mut git = Command::new("git");
    git.args(["diff", "--quiet", "HEAD", "--", path])
        .current_dir(root());
    git.status().is_ok_and(|status| status.code() == Some(1))
}

#[test]
fn both_workspaces_pin_the_same_versions_of_what_they_share() {
    let version = |lockfile: &str, name: &str| -> String {
        let lock: toml::Table = toml::from_str(&text(lockfile)).unwrap();
        let packages = lock["package"].as_array().unwrap().iter();
        let mut versions: Vec<&str> = packages
            .filter(|package| package["name"].as_str() == Some(name))
            .filter_map(|package| package["version"].as_str())
            .collect();
        versions.sort_unstable();
        assert!(!versions.is_empty(), "{lockfile} has no {name}");
        versions.join(", ")
    };
    for name in ["tokio", "tokio-macros", "futures", "futures-util", "bcrypt"] {
        let (ours, learners) = (
            version("Cargo.lock", name),
            version("exercises/Cargo.lock", name),
        );
        assert_eq!(ours, learners, "{name}");
    }
}

#[test]
fn the_learner_s_workspace_never_asks_for_the_grader_s_seam() {
    for slug in real().slugs().unwrap() {
        assert!(
            !text(&format!("exercises/{slug}/Cargo.toml")).contains("supervised"),
            "{slug}"
        );
    }
    assert!(!text("exercises/Cargo.toml").contains("supervised"));
    let kit: toml::Table = toml::from_str(&text("exercises/kit/Cargo.toml")).unwrap();
    assert!(
        kit["features"].get("default").is_none(),
        "the kit has default features"
    );
}

#[test]
fn no_file_holds_what_was_meant_to_be_taken_out() {
    // Put together here, so that this file does not contain them.
    let words = [
        ["TO", "DO"],
        ["FIX", "ME"],
        ["XX", "X:"],
        ["<<<<", "<<< "],
        [">>>>", ">>> "],
        ["Lorem ", "ipsum"],
    ];
    let mut marks: Vec<String> = words.iter().map(|parts| parts.concat()).collect();
    // Where this machine keeps the repository and its user.
    marks.push(format!("{}/", root().display()));
    marks.extend(
        std::env::var("HOME")
            .ok()
            .filter(|home| home.len() > 1)
            .map(|home| home + "/"),
    );
    let mut found = Vec::new();
    for path in own_files() {
        let Ok(text) = fs::read_to_string(root().join(&path)) else {
            continue;
        };
        for (number, line) in (1..).zip(text.lines()) {
            if marks.iter().any(|mark| line.contains(mark.as_str())) {
                found.push(format!("{}:{number}: {line}", path.display()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_module_says_what_it_is_for() {
    for path in own_files() {
        let is_module = path.extension().is_some_and(|extension| extension == "rs")
            && path.starts_with("grader");
        if is_module {
            let text = text(&path.to_string_lossy());
            assert!(
                // One fixture includes itself, where inner docs are not allowed.
                text.starts_with("//! ") || path.ends_with("compile_includes_itself.rs"),
                "{} begins without a word",
                path.display()
            );
        }
    }
}

/// The repository's files, from its root, without build results and git's own.
fn own_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name();
            let path = folder.join(&name);
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                let skipped = ["target", ".git", ".learner", "node_modules"];
                if !skipped.contains(&&*name.to_string_lossy()) {
                    folders.push(path);
                }
            } else if kind.is_file() {
                files.push(path);
            }
        }
    }
    assert!(files.contains(&PathBuf::from("grader/src/lib.rs")));
    files
}

fn text(path: &str) -> String {
    let place: &Path = &root().join(path);
    fs::read_to_string(place).unwrap_or_else(|error| panic!("{path}: {error}"))
}
