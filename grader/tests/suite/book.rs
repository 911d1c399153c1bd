//! The book builds, whole, and leaves its source alone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use tempfile::TempDir;

use crate::courses::root;

/// The book, built somewhere else.
fn built() -> TempDir {
    let out = tempfile::tempdir().unwrap();
    let mut book = MDBook::load(root()).expect("book.toml and SUMMARY.md can be read");
    book.config.build.build_dir = out.path().to_owned();
    book.build().expect("the book builds");
    out
}

/// Every file below a folder, with what is in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = fs::read(&path).unwrap();
                files.insert(path, bytes);
            }
        }
    }
    files
}

/// The pages that SUMMARY.md names.
fn pages() -> Vec<String> {
    let summary = fs::read_to_string(root().join("book/SUMMARY.md")).unwrap();
    let links = summary.split("](").skip(1);
    let targets = links.filter_map(|rest| rest.split(')').next());
    targets
        .filter(|target| target.ends_with(".md"))
        .map(str::to_owned)
        .collect()
}

/// The HTML pages of a built book, by their place in it.
fn html(out: &Path) -> BTreeMap<PathBuf, String> {
    files(out)
        .into_iter()
        .filter(|(path, _)| {
            path.extension()
                .is_some_and(|extension| extension == "html")
        })
        .map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap()))
        .collect()
}

#[test]
fn the_book_builds_and_nothing_in_its_source_changes() {
    let before = files(&root().join("book"));
    let out = built();
    assert!(
        before == files(&root().join("book")),
        "the source was touched"
    );

    let pages = pages();
    assert!(!pages.is_empty());
    for page in &pages {
        let place = out.path().join(page).with_extension("html");
        let place = match place.file_stem() {
            Some(stem) if stem == "README" => place.with_file_name("index.html"),
            _ => place,
        };
        assert!(place.is_file(), "{page} is not in the book");
    }
    for (path, text) in html(out.path()) {
        assert!(
            !text.contains("{{#"),
            "{} holds an include that failed",
            path.display()
        );
    }
    no_link_leads_nowhere(out.path());
}

#[test]
fn every_page_is_in_the_summary() {
    let pages = pages();
    let book = root().join("book");
    for path in files(&book).into_keys() {
        let place = path
            .strip_prefix(&book)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let is_page =
            place.ends_with(".md") && place != "SUMMARY.md" && !place.starts_with("listings/");
        assert!(
            !is_page || pages.contains(&place),
            "{place} is on no page of the summary"
        );
    }
}

#[track_caller]
fn no_link_leads_nowhere(out: &Path) {
    for (path, text) in html(out) {
        // A page that is shown in place of any other knows no place of its own.
        if path.ends_with("404.html") {
            continue;
        }
        let links = text.split("href=\"").chain(text.split("src=\"")).skip(1);
        for link in links.filter_map(|rest| rest.split('"').next()) {
            let elsewhere = link.contains(':') || link.starts_with("//") || link.contains('<');
            let file = link.split(['#', '?']).next().unwrap_or_default();
            if elsewhere || file.is_empty() {
                continue;
            }
            let target = path.parent().unwrap().join(file);
            assert!(target.exists(), "{} links to {link}", path.display());
        }
    }
}
