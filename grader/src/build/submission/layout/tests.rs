//! Which files are chosen from trees as students have them.

use super::*;
use crate::build::submission::Caps;
use crate::build::submission::listing::EntryKind;

const DRILLS: &[&str] = &["cache_race", "offload"];

fn listing(paths: &[&str]) -> Listing {
    let mut listing = Listing::new(&Caps::default());
    for path in paths {
        listing
            .note(path.as_bytes(), EntryKind::File, None)
            .unwrap();
    }
    listing
}

fn choose_for(drill: Option<&str>, paths: &[&str]) -> Result<Choice, Fault> {
    let wanted = Wanted {
        drill,
        drills: DRILLS,
        shipped: &[],
    };
    choose(&listing(paths), &wanted)
}

/// Where the picked files come from, and the root they have.
fn picked(drill: &str, paths: &[&str]) -> (Vec<String>, String) {
    match choose_for(Some(drill), paths) {
        Ok(Choice::Crate(layout)) => {
            let from = layout.picks.keys().map(|index| paths[*index].to_owned());
            (from.collect(), layout.root)
        }
        other => panic!("{other:?}"),
    }
}

fn picks(paths: &[&str]) -> Vec<String> {
    match choose_for(None, paths) {
        Ok(Choice::Crate(layout)) => layout.picks.into_values().collect(),
        other => panic!("{other:?}"),
    }
}

fn refused(paths: &[&str]) -> Fault {
    choose_for(Some("cache_race"), paths).unwrap_err()
}

#[test]
fn a_crate_is_found_at_any_depth() {
    assert_eq!(
        picks(&["src/lib.rs", "src/a/b.rs", "tests/t.rs", "build.rs"]),
        ["src/lib.rs", "src/a/b.rs"],
    );
    assert_eq!(
        picks(&["hw/build.rs", "hw/src/a.rs", "hw/src/lib.rs"]),
        ["src/a.rs", "src/lib.rs"],
    );
    assert_eq!(picks(&["a/b/c/src/lib.rs", "x.rs"]), ["src/lib.rs"]);
    assert_eq!(picks(&["hw/src/lib.rs", "other/src/x.rs"]), ["src/lib.rs"]);
    assert_eq!(
        picks(&["src/lib.rs", "src/src/lib.rs", "src/bin/main.rs"]).len(),
        3
    );
    assert_eq!(
        picks(&["src/lib.rs", "tests/main.rs", "examples/lib.rs"]),
        ["src/lib.rs"]
    );
}

#[test]
fn two_crates_are_refused_by_their_names() {
    for other in ["b/src/lib.rs", "src/lib.rs"] {
        let (first, second) = ("a/src/lib.rs".to_owned(), other.to_owned());
        let refused = Err(Fault::SeveralRoots { first, second });
        assert_eq!(choose_for(None, &["a/src/lib.rs", other]), refused);
    }
    // So are two with similar names.
    let both = ["cache_race (1)/src/lib.rs", "cache_race/src/lib.rs"];
    assert!(matches!(refused(&both), Fault::SeveralRoots { .. }));
}

#[test]
fn of_several_crates_the_one_that_is_named_after_the_drill_is_meant() {
    let course = [
        "course-main/book/listings/src/lib.rs",
        "course-main/exercises/cache_race/src/lib.rs",
        "course-main/exercises/cache_race/tests/public.rs",
        "course-main/exercises/kit/src/lib.rs",
        "course-main/exercises/offload/src/lib.rs",
        "course-main/exercises/offload/src/pool.rs",
        "course-main/grader/src/drills/cache_race.rs",
        "course-main/grader/src/lib.rs",
        "course-main/solutions/cache_race/right/a.rs",
        "course-main/solutions/cache_race/src/lib.rs",
    ];
    assert_eq!(picked("cache_race", &course).0, [course[1]]);
    assert_eq!(picked("offload", &course).0, [course[4], course[5]]);
    let named = ["offload/src/lib.rs", "my cache-race/src/lib.rs"];
    assert_eq!(picked("cache_race", &named).0, [named[1]]);
    let lone = ["cache_race.rs", "offload.rs"];
    assert_eq!(
        picked("offload", &lone),
        (vec![lone[1].to_owned()], "src/offload.rs".to_owned())
    );
}

#[test]
fn a_program_is_a_crate_where_there_is_no_library() {
    let program = ["hw/src/main.rs", "hw/src/cache.rs"];
    let (from, root) = picked("cache_race", &program);
    assert_eq!((from.len(), &*root), (2, "src/main.rs"));
    assert_eq!(
        picked("cache_race", &["src/main.rs", "src/lib.rs"]).1,
        "src/lib.rs"
    );
    assert_eq!(
        picked("cache_race", &["main.rs", "cache_race.rs", "util.rs"]).1,
        "src/cache_race.rs"
    );
    assert_eq!(
        picked("cache_race", &["src/main.rs", "src/cache_race.rs"]).1,
        "src/main.rs"
    );
}

#[test]
fn names_of_a_system_that_does_not_tell_case_are_understood() {
    assert_eq!(
        picks(&["SRC/LIB.RS", "SRC/Helper.RS"]),
        ["src/lib.rs", "src/Helper.rs"]
    );
    assert_eq!(
        picked("cache_race", &["src/LIB.rs", "src/lib.rs"]).1,
        "src/lib.rs"
    );
}

#[test]
fn the_only_rust_file_is_the_root_under_its_plain_name() {
    let only = choose_for(None, &["deep/down/my hw.rs"]);
    let Ok(Choice::Crate(layout)) = only else {
        panic!("{only:?}");
    };
    assert_eq!(layout.root, "my_hw.rs");
    assert_eq!(layout.picks, BTreeMap::from([(0, "my_hw.rs".to_owned())]));
    assert_eq!(
        layout.origin("words.txt").as_deref(),
        Some("deep/down/words.txt")
    );
    let several = |first: &str, second: &str| Fault::Several {
        first: first.to_owned(),
        second: second.to_owned(),
    };
    assert_eq!(refused(&["a.rs", "b.rs"]), several("a.rs", "b.rs"));
    let numbered = ["cache_race (1).rs", "cache_race.rs"];
    assert_eq!(refused(&numbered), several(numbered[0], numbered[1]));
    assert_eq!(refused(&["src/a.rs", "src/b.rs"]), Fault::NoRoot);
    assert_eq!(refused(&["tests/public.rs"]), Fault::NoRoot);
    assert_eq!(choose_for(None, &[]), Err(Fault::NoRust));
    assert_eq!(picks(&["hw.rs", "tests/t.rs", "build.rs"]), ["hw.rs"]);
    let in_part = ["final cache_race.rs", "notes.rs"];
    assert_eq!(picked("cache_race", &in_part).0, [in_part[0]]);
}

#[test]
fn a_crate_without_its_src_is_what_lies_beside_its_root() {
    assert_eq!(
        picks(&["inner.rs", "lib.rs"]),
        ["src/inner.rs", "src/lib.rs"]
    );
    let wrapped = ["hw/lib.rs", "hw/parts/a.rs", "other/b.rs"];
    assert_eq!(picks(&wrapped), ["src/lib.rs", "src/parts/a.rs"]);
    assert_eq!(picks(&["a/b/lib.rs", "c.rs"]), ["src/lib.rs"]);
    assert_eq!(picks(&["lib.rs", "a/lib.rs"]).len(), 2);
    assert!(matches!(
        refused(&["xlib.rs", "c.rs"]),
        Fault::Several { .. }
    ));
}

#[test]
fn a_file_that_is_also_a_folder_is_refused() {
    let name = "src/a.rs".to_owned();
    let chosen = choose_for(None, &["src/lib.rs", "src/a.rs/b/c.rs", "src/a.rs"]);
    assert_eq!(chosen, Err(Fault::Clash { name }));
}

#[test]
fn an_archive_within_is_meant_where_no_code_is() {
    let archive = |path: &str| Ok(Choice::Archive(path.to_owned()));
    let drill = Some("cache_race");
    assert_eq!(
        choose_for(None, &["hw.zip", "README.md"]),
        archive("hw.zip")
    );
    assert_eq!(
        choose_for(drill, &["cache_race.zip", "offload.zip"]),
        archive("cache_race.zip")
    );
    assert!(matches!(refused(&["a.zip", "b.7z"]), Fault::Several { .. }));
    assert_eq!(picks(&["src/lib.rs", "data.zip"]), ["src/lib.rs"]);
    // Which of the two is meant?
    assert!(matches!(
        refused(&["cache_race.rs", "cache_race.zip"]),
        Fault::Several { .. }
    ));
}

#[test]
fn the_drills_that_something_is_for_are_those_that_are_named() {
    let found = drills(
        &listing(&["a/offload/src/lib.rs", "a/cache_race.zip"]),
        DRILLS,
    );
    assert_eq!(found, DRILLS);
    assert_eq!(drills(&listing(&["src/lib.rs"]), DRILLS), [""; 0]);
}

#[test]
fn a_file_beside_the_sources_is_found_by_its_path_in_the_crate() {
    for (paths, readme) in [
        (["hw/src/lib.rs", "hw/src/a.rs"], Some("hw/README.md")),
        (["src/lib.rs", "src/a.rs"], Some("README.md")),
        (["hw/lib.rs", "hw/a.rs"], Some("README.md")),
        (["lib.rs", "a.rs"], None),
    ] {
        let chosen = choose_for(None, &paths);
        let Ok(Choice::Crate(layout)) = chosen else {
            panic!("{chosen:?}");
        };
        assert_eq!(layout.origin("README.md").as_deref(), readme, "{paths:?}");
    }
}

#[test]
fn where_there_is_no_rust_the_python_file_of_the_drill_counts() {
    for (paths, taken) in [
        (&["cache_race.py"][..], "cache_race.py"),
        (
            &["ada/cache_race.py", "ada/test_cache_race.py", "kit.py"],
            "ada/cache_race.py",
        ),
        (
            &["my cache_race.py", "offload.py", "notes.py"],
            "my cache_race.py",
        ),
        (&["hw1.py", "test_public.py", "kit.py"], "hw1.py"),
    ] {
        let (from, root) = picked("cache_race", paths);
        assert_eq!(from, [taken], "{paths:?}");
        assert!(root.ends_with(".py"), "{root}");
    }
    let (_, root) = picked("cache_race", &["src/lib.rs", "python/cache_race.py"]);
    assert_eq!(root, "src/lib.rs");
    let several = choose_for(Some("cache_race"), &["a.py", "b.py"]);
    assert!(matches!(several, Err(Fault::Several { .. })), "{several:?}");
    let others = choose_for(Some("cache_race"), &["offload.py"]);
    assert_eq!(others, Err(Fault::NoRust));
}
