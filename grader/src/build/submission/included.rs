//! Files that Rust files include by name, as in `include_str!("../README.md")`.
//!
//! [`by`] finds such names in the text, in macros too, and only guesses: the files are put where rustc looks for
//! them, and rustc decides whether to include them. It must never name a file outside the crate, a Rust file, or a
//! place that the grader itself writes to.

use std::collections::{BTreeMap, BTreeSet};

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// Longer literals are not names.
const LONGEST: usize = 256;

/// Where the grader builds: see `compile.rs`.
const TAKEN: [&str; 2] = ["out", "tmp"];

/// The paths, from the crate's folder, that strings in these files may name: relative to the file they stand in,
/// as `include_str!` reads them, or to the crate, as `concat!(env!("CARGO_MANIFEST_DIR"), …)` does.
pub(super) fn by(files: &BTreeMap<String, String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, text) in files {
        if !text.contains("include") {
            continue;
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for literal in literals(text) {
            let places = [
                join(folder, &literal),
                join("", literal.trim_start_matches('/')),
            ];
            found.extend(places.into_iter().flatten());
        }
    }
    found
}

/// The contents of string literals that could be names.
fn literals(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut at = 0;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let word = &text[at..at + token.len as usize];
        at += token.len as usize;
        let TokenKind::Literal { kind, .. } = token.kind else {
            continue;
        };
        let inner = match kind {
            LiteralKind::Str { .. } => word.trim_matches('"'),
            LiteralKind::RawStr { .. } => word
                .trim_start_matches('r')
                .trim_matches('#')
                .trim_matches('"'),
            _ => continue,
        };
        if !inner.is_empty() && inner.len() <= LONGEST && !inner.contains(['\\', '\n', '{']) {
            found.insert(inner.to_owned());
        }
    }
    found
}

/// A path relative to `folder`, if it stays inside and can be a file other than Rust source.
fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.ends_with(".rs") {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    let first = parts.first()?;
    (!TAKEN.contains(first)).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(path: &str, text: &str) -> Vec<String> {
        let files = BTreeMap::from([(path.to_owned(), text.to_owned())]);
        super::by(&files).into_iter().collect()
    }

    #[test]
    fn names_are_seen_from_the_file_and_from_the_crate() {
        let readme = "#![doc = include_str!(\"../README.md\")]";
        assert_eq!(by("src/lib.rs", readme), ["README.md"]);
        let deep = r##"include_bytes!(r#"words/de.txt"#)"##;
        assert_eq!(
            by("src/a/b.rs", deep),
            ["src/a/words/de.txt", "words/de.txt"]
        );
        let manifest = r#"include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/data.json"))"#;
        assert!(by("src/lib.rs", manifest).contains(&"data.json".to_owned()));
        assert_eq!(by("hw.rs", "include_str!(\"data.txt\")"), ["data.txt"]);
    }

    #[test]
    fn nothing_outside_the_crate_is_named() {
        for name in [
            "../../secret",
            "/etc/passwd",
            "a/../../../x",
            "x.rs",
            "",
            "../out/worker",
            "..",
        ] {
            let found = by("src/lib.rs", &format!("include_str!(\"{name}\")"));
            let outside = |path: &String| {
                path.starts_with("out/")
                    || path.starts_with('/')
                    || path.contains("..")
                    || path.ends_with(".rs")
            };
            assert!(!found.iter().any(outside), "{name}: {found:?}");
        }
        assert_eq!(by("src/lib.rs", r#"let a = "README.md";"#), [""; 0]);
    }
}
