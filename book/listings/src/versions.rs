//! The versions the book was last verified with, told by the tools themselves.

use std::fs;
use std::io;
use std::path::PathBuf;

use crate::recordings::{Tool, folder};

/// Crates whose behaviour the pages rely on.
const CRATES: &[&str] = &["tokio", "futures", "mdbook-driver", "trybuild"];

/// Where the table is kept.
pub fn file() -> PathBuf {
    folder().join("recorded/versions.md")
}

/// A Markdown table of what was used.
///
/// # Errors
/// When the lockfile cannot be read.
pub fn table(version_of: &dyn Fn(Tool) -> Option<String>) -> io::Result<String> {
    let mut table = String::from("| what | version |\n|---|---|\n");
    for (name, tool) in [
        ("Rust", Tool::Rust),
        ("Python", Tool::Python),
        ("Node.js", Tool::Node),
        ("Go", Tool::Go),
    ] {
        let version = version_of(tool).unwrap_or_else(|| "not installed".to_owned());
        table += &format!("| {name} | {version} |\n");
    }
    for (name, version) in locked()? {
        table += &format!("| the crate `{name}` | {version} |\n");
    }
    Ok(table)
}

/// The versions that the lockfile pins of the crates named above.
///
/// # Errors
/// When the lockfile cannot be read.
pub fn locked() -> io::Result<Vec<(&'static str, String)>> {
    let lock = fs::read_to_string(folder().join("../../Cargo.lock"))?;
    let version = |name: &str| {
        let entry = format!("name = \"{name}\"\nversion = \"");
        let rest = lock.split_once(&entry)?.1;
        rest.split('"').next().map(str::to_owned)
    };
    let found = CRATES
        .iter()
        .filter_map(|name| Some((*name, version(name)?)));
    Ok(found.collect())
}
