//! What the pages show as output is what the listings print today.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use listings::recordings::{self, Tool, folder};
use listings::versions;

/// Runs every recording of one tool and compares. `wanted` says what to install.
#[track_caller]
fn prints_what_was_recorded(tool: Tool, wanted: &str) {
    assert!(tool.version().is_some(), "{wanted}");
    let program = Path::new(env!("CARGO_BIN_EXE_listings"));
    let mut changed = Vec::new();
    for recording in recordings::all() {
        if recording.tool != tool {
            continue;
        }
        let said = match recording.run(program) {
            Ok(said) => said.out,
            Err(error) => error.to_string(),
        };
        let kept = fs::read_to_string(recording.file()).unwrap_or_default();
        if kept != said {
            changed.push(format!(
                "{}: recorded\n{kept}and now\n{said}",
                recording.name
            ));
        }
    }
    assert!(
        changed.is_empty(),
        "to record anew: cargo run -p listings --bin record\n{}",
        changed.join("\n")
    );
}

#[test]
fn a_rust_listing_prints_what_was_recorded() {
    prints_what_was_recorded(Tool::Rust, "install rustup, see https://rustup.rs");
}

#[test]
fn a_python_listing_prints_what_was_recorded() {
    prints_what_was_recorded(Tool::Python, "install python3, 3.10 or newer");
}

#[test]
fn a_node_listing_prints_what_was_recorded() {
    prints_what_was_recorded(Tool::Node, "install node, 18 or newer");
}

#[test]
fn a_go_listing_prints_what_was_recorded() {
    // The only tool one can do without: no other page depends on it.
    if Tool::Go.version().is_none() {
        eprintln!("skipped: go is not installed");
        return;
    }
    prints_what_was_recorded(Tool::Go, "install go, 1.14 or newer");
}

#[test]
fn nothing_is_recorded_of_a_listing_that_is_gone() {
    let known: BTreeSet<_> = recordings::all()
        .iter()
        .map(recordings::Recording::file)
        .collect();
    for entry in fs::read_dir(folder().join("recorded")).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        assert!(
            known.contains(&path) || path == versions::file(),
            "{} is of no listing",
            path.display()
        );
    }
}

#[test]
fn the_verified_versions_are_those_in_use() {
    let kept = fs::read_to_string(versions::file()).expect("it was recorded");
    let rust = Tool::Rust.version().expect("the tests were compiled by it");
    assert!(
        kept.contains(&rust),
        "recorded with another Rust than {rust}"
    );
    for (name, version) in versions::locked().expect("there is a lockfile") {
        let row = format!("| the crate `{name}` | {version} |");
        assert!(kept.contains(&row), "recorded without {row}");
    }
}
