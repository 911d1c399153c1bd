//! Which student each file belongs to: patterns, exports, and files that are passed over.

use std::fs;
use std::os::unix::fs::symlink;

use crate::courses::{Said, Scratch};

/// The output of `--list` for files with these names; a name that ends in `/` is a folder.
fn listed(names: &[&str], arguments: &[&str]) -> Said {
    let course = Scratch::new();
    for name in names {
        match name.strip_suffix('/') {
            Some(folder) => fs::create_dir_all(course.path("class").join(folder)).expect(name),
            None => course.write(&format!("class/{name}"), ""),
        }
    }
    let all: Vec<&str> = ["batch", "class", "--list"]
        .iter()
        .chain(arguments)
        .copied()
        .collect();
    course.run(&all)
}

#[test]
fn students_and_drills_are_read_from_the_folders() {
    let names = [
        "ada/cache_race.rs",
        "ada/inflight_fix/src/lib.rs",
        "ada/inflight_fix/Cargo.toml",
        "bob/Inflight-Fix (1).zip",
        "bob/offload.tar.gz",
        "bob/offload-1.zip",
        "carol/exercises/offload/src/lib.rs",
        "carol/offload/hw/src/lib.rs",
        "dave/offload.docx",
        "dave/.DS_Store",
        "eve/offlode.rs",
        "eve\u{1b}[31m/offload.rs",
        "mallory/cache_race/",
        "niaj/",
        "README.md",
    ];
    insta::assert_snapshot!(listed(&names, &[]).all());
}

#[test]
fn a_single_drill_is_for_hand_ins_that_name_none() {
    let names = [
        "ada.rs",
        "bob.zip",
        "carol/src/lib.rs",
        "dave/hand-in/hw.rs",
        "eve/lib.rs",
        "eve/notes.md",
        "frank/a.rs",
        "frank/b.rs",
        "grace/cache_race.rs",
        "grace/offload.rs",
        "heidi/",
        "ivan/notes.md",
        "list.csv",
    ];
    insta::assert_snapshot!(listed(&names, &["--drill", "offload"]).all());
}

#[test]
fn a_pattern_can_be_flat_and_hold_numbers() {
    let names = [
        "g1/lovelace-17_offload.rs",
        "g2/b_c-4_cache_race.zip",
        "g2/x_offload.rs",
        "h.rs",
    ];
    let pattern = ["--pattern", "g*/{student}-{id}_{drill}"];
    insta::assert_snapshot!(listed(&names, &pattern).all());
}

#[test]
fn what_canvas_exports_is_understood() {
    let names = [
        "lovelaceada_1001_9001_inflight_fix.zip",
        "lovelaceada_1001_9002_cache_race-1.rs",
        "lovelaceada_1001_9003_Screen Shot.png",
        "bobsonbob_LATE_1002_9004_offload.tar.gz",
        "anon_A1b2C_9005_offload.rs",
        "LATE_anon_D3e4F_9006_offload.rs",
        "de_la_cruzana_1003_9007_my hand-in.zip",
        "typermary_1004_text.html",
        "grades.csv",
    ];
    insta::assert_snapshot!("canvas", listed(&names, &["--layout", "canvas"]).all());
    let one = ["--layout", "canvas", "--drill", "offload"];
    insta::assert_snapshot!("canvas_one_drill", listed(&names, &one).all());
}

#[test]
fn what_moodle_exports_is_understood() {
    let names = [
        "Ada Lovelace_2001_assignsubmission_file/offload.rs",
        "Bob O'Bob_2002_assignsubmission_file_/hw/src/lib.rs",
        "Participant 2003_2003_assignsubmission_file/offload.zip",
        "Participant 2003_2003_assignsubmission_onlinetext/onlinetext.html",
        "Group A_12_assignsubmission_file/src/lib.rs",
        "Default group_assignsubmission_file/offload.rs",
        "Eve Evans_2004_assignsubmission_file_offload.tar.gz",
        "grades.csv",
    ];
    insta::assert_snapshot!("moodle", listed(&names, &["--layout", "moodle"]).all());
    let one = ["--layout", "moodle", "--drill", "offload"];
    insta::assert_snapshot!("moodle_one_drill", listed(&names, &one).all());
}

#[test]
fn what_gradescope_exports_is_understood() {
    let course = Scratch::new();
    let metadata = r#"---
submission_301:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0017'
    :email: ada@example.edu
  :created_at: 2026-11-20 10:00:00.000000000 Z
  :score: 0.0
  :history:
  - :id: 300
    :submitters:
    - :name: Somebody Else
submission_302:
  :submitters:
  - :name: "Bob: \"B\" O'Bob"
    :sid: 18
    :email: bob@example.edu
  - :name: Carol C.
    :sid: ''
    :email: carol@example.edu
submission_303:
  :submitters: []
"#;
    course.write(
        "class/assignment_77_export/submission_metadata.yml",
        metadata,
    );
    for name in [
        "submission_301/src/lib.rs",
        "submission_302/lib.rs",
        "submission_303/offload/src/lib.rs",
        "submission_304/offload.rs",
        "notes/x.txt",
    ] {
        course.write(&format!("class/assignment_77_export/{name}"), "");
    }
    let list = ["batch", "class", "--list", "--layout", "gradescope"];
    insta::assert_snapshot!("gradescope", course.run(&list).all());
    let one: Vec<&str> = list
        .iter()
        .chain(&["--drill", "offload"])
        .copied()
        .collect();
    insta::assert_snapshot!("gradescope_one_drill", course.run(&one).all());

    course.write("class/assignment_77_export/submission_metadata.yml", "a: [");
    let said = course.run(&list);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(
        said.err.contains("export the submissions again"),
        "{}",
        said.err
    );
}

#[test]
fn two_names_that_are_no_text_stay_two() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let course = Scratch::new();
    for name in [b"J\xf6rgen".as_slice(), b"J\xfcrgen"] {
        let folder = course.path("class").join(OsStr::from_bytes(name));
        fs::create_dir_all(&folder).expect("it is ours");
        fs::write(folder.join("offload.rs"), "").expect("it is ours");
    }
    let said = course.run(&["batch", "class", "--list"]);
    assert!(
        said.out.starts_with("2 submissions by 2 students") && !said.out.contains("rejected"),
        "{}",
        said.out
    );
    for name in ["J\\xF6rgen", "J\\xFCrgen"] {
        assert!(said.out.contains(name), "{}", said.out);
    }
}

#[test]
fn modules_beside_a_root_are_a_crate() {
    let names = [
        "ada/offload/lib.rs",
        "ada/offload/parts.rs",
        "bob/offload/a.rs",
        "bob/offload/b.rs",
    ];
    let said = listed(&names, &[]);
    assert!(said.out.contains("ada/offload\n"), "{}", said.out);
    assert!(
        said.out.contains("holds several submissions"),
        "{}",
        said.out
    );
}

#[test]
fn files_of_one_student_that_were_uploaded_one_by_one_are_one_crate() {
    let course = Scratch::gradable();
    let text = course.read("solutions/cache_race/src/lib.rs");
    course.write(
        "class/lovelaceada_1001_9001_cache_race.rs",
        "mod inner;\npub use inner::*;\n",
    );
    course.write("class/lovelaceada_1001_9002_inner.rs", &text);
    course.write(
        "class/lovelaceada_1001_9003_offload.rs",
        "compile_error!(\"another drill\");",
    );
    course.write(
        "class/bobsonbob_1002_9004_lib.rs",
        "mod inner;\npub use inner::*;\n",
    );
    course.write("class/bobsonbob_1002_9005_inner.rs", &text);
    for arguments in [&[][..], &["--drill", "cache_race"]] {
        let mut all = vec!["batch", "class", "--layout", "canvas", "--out", "out"];
        all.extend(arguments);
        course.run(&all);
        let gradebook = course.read("out/gradebook.csv");
        let passed = |name: &str| {
            let mut lines = gradebook.lines();
            lines.any(|line| line.contains(name) && line.contains("100"))
        };
        assert!(passed("lovelaceada"), "{gradebook}");
        assert!(passed("bobsonbob") || arguments.is_empty(), "{gradebook}");
    }
}

#[test]
fn a_whole_course_is_handed_in_for_the_drills_in_it() {
    let course = Scratch::new();
    for name in [
        "ada/between-awaits-main/exercises/cache_race/src/lib.rs",
        "ada/between-awaits-main/exercises/kit/src/lib.rs",
        "ada/between-awaits-main/solutions/offload/src/lib.rs",
        "ada/between-awaits-main/exercises/offload/src/lib.rs",
        "ada/between-awaits-main/README.md",
    ] {
        course.write(&format!("class/{name}"), "");
    }
    let said = course.run(&["batch", "class", "--list", "--pattern", "{student}"]);
    for line in [
        "ada      cache_race  ada/between-awaits-main/exercises/cache_race",
        "ada      offload     ada/between-awaits-main/exercises/offload",
    ] {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&said.out).contains(&words(line)), "{}", said.out);
    }
}

#[test]
fn no_link_is_followed() {
    let course = Scratch::new();
    course.write("class/ada/offload.rs", "");
    course.write("secret/offload.rs", "");
    symlink(course.path("secret"), course.path("class/eve")).expect("a new place");
    symlink(
        course.path("secret/offload.rs"),
        course.path("class/ada/cache_race.rs"),
    )
    .expect("new");
    let said = course.run(&["batch", "class", "--list"]);
    assert!(
        said.out.starts_with("1 submission by 1 student"),
        "{}",
        said.out
    );
    assert_eq!(
        said.out.matches("a link, which is not followed").count(),
        2,
        "{}",
        said.out
    );
}

#[test]
fn what_cannot_be_searched_is_said_in_one_line() {
    let course = Scratch::new();
    course.write("class/ada/README.md", "");
    for (arguments, words) in [
        (
            &["class", "--out", "o"][..],
            "nothing in `class` is named as `{student}/{drill}`",
        ),
        (
            &["nowhere", "--out", "o"],
            "cannot read the folder `nowhere`",
        ),
        (
            &["class", "--list", "--pattern", "{drill}"],
            "has no `{student}`",
        ),
        (
            &["class", "--list", "--drill", "ofload"],
            "did you mean `offload`?",
        ),
        (
            &[
                "class",
                "--list",
                "--drill",
                "offload",
                "--pattern",
                "{student}/{drill}",
            ],
            "say the same twice",
        ),
    ] {
        let all: Vec<&str> = ["batch"].iter().chain(arguments).copied().collect();
        let said = course.run(&all);
        assert_eq!(
            (said.code, said.err.lines().count()),
            (2, 1),
            "{}",
            said.err
        );
        assert!(said.err.contains(words), "{}", said.err);
    }
    assert!(!course.path("o").exists(), "nothing was written");
}
