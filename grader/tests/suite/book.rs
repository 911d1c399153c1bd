//! The whole book builds and leaves its source alone. Its listings are files
//! that are run, and its claims about them are true.

mod questions;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use mdbook_driver::MDBook;
use tempfile::TempDir;

use crate::courses::{Said, program, root};

/// The book, built in a temporary folder.
fn built() -> TempDir {
    let out = tempfile::tempdir().unwrap();
    let mut book = MDBook::load(root()).expect("book.toml and SUMMARY.md can be read");
    book.config.build.build_dir = out.path().to_owned();
    book.build().expect("the book builds");
    out
}

/// Every file below a folder, with its content.
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

/// `mdbook build` reads the same `book.toml` and does what `built` does: so readers who
/// have only mdBook get the same book as with `cargo grader book`.
#[test]
fn plain_mdbook_makes_the_same_book_in_target() {
    let book = MDBook::load(root()).expect("book.toml and SUMMARY.md can be read");
    assert_eq!(book.config.build.build_dir, Path::new("target/book"));
    let preprocessors = book.config.preprocessors::<toml::Value>().unwrap();
    let outputs = book.config.outputs::<toml::Value>().unwrap();
    assert!(
        preprocessors.is_empty(),
        "a program besides mdbook would have to be there"
    );
    assert_eq!(outputs.keys().collect::<Vec<_>>(), ["html"]);

    let ours = tempfile::tempdir().unwrap();
    let mut command = program();
    command
        .current_dir(root())
        .args(["book", "--out"])
        .arg(ours.path());
    assert_eq!(Said::by(&mut command).code, 0);
    let theirs = built();
    let of = |folder: &TempDir| -> BTreeMap<PathBuf, Vec<u8>> {
        let all = files(folder.path()).into_iter();
        let inside = |path: PathBuf| path.strip_prefix(folder.path()).unwrap().to_owned();
        all.map(|(path, bytes)| (inside(path), bytes)).collect()
    };
    let (ours, theirs) = (of(&ours), of(&theirs));
    assert!(ours.keys().eq(theirs.keys()), "other files");
    for (path, bytes) in &ours {
        assert!(bytes == &theirs[path], "{} differs", path.display());
    }
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

/// Where each drill is first named in a list of them, as what `named` makes of its slug.
#[track_caller]
fn names_the_drills_in_order(file: &str, named: impl Fn(&str) -> String) {
    let text = fs::read_to_string(root().join(file)).unwrap();
    let place = |slug: &&str| {
        let place = text.find(&named(slug));
        place.unwrap_or_else(|| panic!("{file} does not name `{slug}`"))
    };
    let places: Vec<usize> = grader::drills::slugs().iter().map(place).collect();
    assert!(places.is_sorted(), "{file} has another order: {places:?}");
}

#[test]
fn the_drills_stand_everywhere_in_the_order_in_which_they_are_taught() {
    for list in ["book/SUMMARY.md", "book/index.md", "book/progress.md"] {
        names_the_drills_in_order(list, |slug| format!("]({slug}.md)"));
    }
    names_the_drills_in_order("README.md", |slug| format!("| `{slug}` |"));
    names_the_drills_in_order("exercises/Cargo.toml", |slug| format!("\"{slug}\""));
}

#[test]
fn what_bites_in_a_drill_is_taught_before_it() {
    let pages = pages();
    let place = |page: &str| {
        pages
            .iter()
            .position(|known| *known == format!("{page}.md"))
    };
    for (taught, drill) in [
        ("two_requests", "cache_race"),
        ("guards", "cache_race"),
        ("refcell", "cache_race"),
        ("cancelled", "lost_update"),
        ("suspended", "transfer"),
        ("lock_first", "inflight_fix"),
        ("hash_tokio", "offload"),
        ("production", "loop_monitor"),
        ("fairness", "give_way"),
        ("queues", "connection_pool"),
    ] {
        let (taught_at, drill_at) = (place(taught), place(drill));
        assert!(
            taught_at.is_some() && taught_at < drill_at,
            "`{taught}` comes after `{drill}`"
        );
    }
}

#[track_caller]
fn no_link_leads_nowhere(out: &Path) {
    let pages = html(out);
    for (path, text) in &pages {
        // A page that is shown in place of any other has no path of its own.
        if path.ends_with("404.html") {
            continue;
        }
        let links = text.split("href=\"").chain(text.split("src=\"")).skip(1);
        for link in links.filter_map(|rest| rest.split('"').next()) {
            let elsewhere = link.contains(':') || link.starts_with("//") || link.contains('<');
            if elsewhere {
                continue;
            }
            let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
            let file = file.split('?').next().unwrap_or_default();
            let target = match file {
                "" => path.clone(),
                file => path.parent().unwrap().join(file),
            };
            assert!(target.exists(), "{} links to {link}", path.display());
            if fragment.is_empty() {
                continue;
            }
            let page = pages.get(&target).unwrap_or(text);
            assert!(
                page.contains(&format!("id=\"{fragment}\"")),
                "{} links to {link}, and there is no such place",
                path.display()
            );
        }
    }
}

/// The text of every page of the book, by its name.
fn sources() -> BTreeMap<String, String> {
    let read = |page: String| {
        let text = fs::read_to_string(root().join("book").join(&page)).unwrap();
        (page, text)
    };
    pages().into_iter().map(read).collect()
}

/// The files that a page includes.
fn included(text: &str) -> impl Iterator<Item = &str> {
    let includes = text.split("{{#include ").skip(1);
    includes.filter_map(|rest| rest.split(['}', ':']).next())
}

#[test]
fn no_listing_is_typed_into_a_page() {
    for (page, text) in sources() {
        // Text that is typed into a terminal is not a listing.
        let blocks = text.split("```").skip(1).step_by(2);
        for block in blocks.filter(|block| !block.starts_with("console")) {
            let mut lines = block.lines().skip(1).filter(|line| !line.is_empty());
            assert!(
                lines.all(|line| line.starts_with("{{#include ")),
                "{page} holds a listing of its own:\n{block}"
            );
        }
    }
}

/// Lines between the marks of an anchor, without comments and empty lines.
fn code_lines(listing: &str, anchor: &str) -> usize {
    let (_, rest) = listing.split_once(&format!("ANCHOR: {anchor}\n")).unwrap();
    let (part, _) = rest.split_once("// ANCHOR_END").unwrap();
    let lines = part.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

#[test]
fn the_loop_one_can_read_is_shown_whole_in_sixty_lines_of_code() {
    let page = sources().remove("small_loop.md").unwrap();
    let listing = fs::read_to_string(root().join("book/listings/src/mini_loop.rs")).unwrap();
    let anchors = listing.split("// ANCHOR: ").skip(1);
    let anchors = anchors.filter_map(|rest| rest.lines().next());
    // Its imports, a helper of the example, and the example.
    let of_the_loop = anchors.filter(|anchor| !["imports", "helper", "main"].contains(anchor));
    let mut all = 0;
    for anchor in of_the_loop {
        assert!(
            page.contains(&format!("mini_loop.rs:{anchor}}}")),
            "{anchor}"
        );
        all += code_lines(&listing, anchor);
    }
    assert!((30..=60).contains(&all), "{all} lines");
}

#[test]
fn every_output_that_is_recorded_is_shown() {
    let sources = sources();
    let shown: BTreeSet<&str> = sources.values().flat_map(|text| included(text)).collect();
    for folder in ["recorded", "replayed", "measured", "judged"] {
        let place = root().join("book/listings").join(folder);
        for path in files(&place).into_keys() {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            // Two languages print the same, so only one output is shown, see below.
            let file = format!("listings/{folder}/{name}");
            assert!(
                shown.contains(&*file) || name == "turns.mjs.txt",
                "{file} is on no page"
            );
        }
    }
}

#[test]
fn in_three_languages_nobody_comes_between_two_awaits() {
    let recorded = |name: &str| {
        let path = root().join("book/listings/recorded").join(name);
        fs::read_to_string(path).unwrap()
    };
    for name in ["turns.txt", "turns.py.txt", "turns.mjs.txt"] {
        let text = recorded(name);
        let lines: Vec<&str> = text.lines().collect();
        let (turns, rest) = lines.as_chunks::<2>();
        assert_eq!((turns.len(), rest.len()), (6, 0), "{name}");
        for [begins, ends] in turns {
            assert_eq!(begins.replace("begins", "ends"), *ends, "{name}");
        }
    }
    // The page says that these two outputs are equal and the third differs.
    assert_eq!(recorded("turns.py.txt"), recorded("turns.mjs.txt"));
    assert_ne!(recorded("turns.py.txt"), recorded("turns.txt"));
}

#[test]
fn a_page_that_shows_a_compiler_s_error_names_it() {
    let mut shown = 0;
    for (page, text) in sources() {
        for file in included(&text).filter(|file| file.ends_with(".stderr")) {
            let message = fs::read_to_string(root().join("book").join(file)).unwrap();
            let named = match message
                .split_once("error[")
                .map(|(_, rest)| rest.split(']').next())
            {
                Some(Some(code)) => text.contains(&format!("**{code}**")),
                _ => text.contains("no number"),
            };
            assert!(named, "{page} does not name the error of {file}");
            shown += 1;
        }
    }
    assert!(shown > 0);
}

/// A figure's fallback without scripts: one schedule, as text.
#[test]
fn the_text_of_a_figure_is_what_the_grader_replays() {
    let schedules = [
        (
            "lost_update",
            "lost_update",
            "solutions/lost_update/stub.rs",
            "7:kept:q42.q42.r1.r2.r3.r4",
        ),
        (
            "connection_pool",
            "connection_pool",
            "solutions/connection_pool/wrong/guard_always_gives_back.rs",
            "7:left_halfway:q42.r1.x1.q42.r3",
        ),
        (
            "batch_loader",
            "batch_loader",
            "solutions/batch_loader/wrong/sent_by_the_first.rs",
            "7:dropped:m2.q42+0.q42.x1",
        ),
        (
            "in_order",
            "in_order",
            "solutions/in_order/wrong/turn_handed_to_nobody.rs",
            "7:dropped:m2.q42.q42.q42.x2.r1.t60000000",
        ),
        (
            "give_way",
            "give_way",
            "solutions/give_way/wrong/one_at_a_time.rs",
            "7:side_by_side:s9+0.q200+0.q200+0.w+1.w+1.w+1.w+1.w+1.w+1.w+1.w+1.w+1",
        ),
        (
            "loop_monitor",
            "loop_monitor",
            "solutions/loop_monitor/wrong/each_missed_look.rs",
            "7:counted:m10_50.t30000.b300000.t9000.t30000",
        ),
        (
            "transfer",
            "transfer",
            "solutions/transfer/stub.rs",
            "7:never_negative:q42.q42.r1.r2",
        ),
        (
            "naive_cache",
            "inflight_fix",
            "solutions/cache_race/src/lib.rs",
            "7:one_fetch:q42.q42.r1.r2",
        ),
        (
            "seed_fix",
            "inflight_fix",
            "solutions/inflight_fix/wrong/promise_never_kept.rs",
            "7:leader_dropped:q42.q42.q42.x1.t60000000",
        ),
        (
            "real_fix",
            "inflight_fix",
            "solutions/inflight_fix/src/lib.rs",
            "7:leader_dropped:q42.q42.q42.x1.r2",
        ),
    ];
    for (name, drill, submission, key) in schedules {
        let mut replay = program();
        replay
            .current_dir(root())
            .args(["replay", drill, submission, key]);
        let said = Said::by(&mut replay).out;
        let kept = root().join(format!("book/listings/replayed/{name}.txt"));
        if std::env::var_os("RECORD").is_some() {
            fs::write(&kept, &said).unwrap();
        }
        let recorded = fs::read_to_string(&kept).unwrap_or_default();
        assert_eq!(said, recorded, "{name}; RECORD=1 writes it anew");
    }
}
