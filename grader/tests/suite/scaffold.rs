//! `new`: a drill that is whole from its first minute, and `audit`'s word on one
//! that is not.

use std::fs;

use grader::authors::mirror;
use grader::course::Course;
use serde_json::Value;

use crate::courses::{Said, Scratch, program, root};

/// A course with the lists that a new drill is put into.
fn course() -> Scratch {
    let scratch = Scratch::new();
    for file in [
        "Cargo.toml",
        "README.md",
        "book/SUMMARY.md",
        "book/progress.md",
        "grader/src/drills.rs",
    ] {
        scratch.take(file, file);
    }
    for drill in ["cache_race", "inflight_fix", "offload"] {
        for place in ["book/SLUG.md", "grader/src/drills/SLUG.rs"] {
            let place = place.replace("SLUG", drill);
            scratch.take(&place, &place);
        }
    }
    scratch
}

#[test]
fn a_new_drill_is_in_its_four_places_and_in_the_lists() {
    let course = course();
    let said = course.run(&["new", "read_through", "--title", "Read through"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let found = Course::find(Some(&course.path("")), &course.path("")).expect("it is one");
    assert_eq!(mirror::missing(&found, "read_through"), [""; 0]);
    for line in said
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("wrote "))
    {
        let text = match line {
            // Its own test holds the template.
            "grader/src/drills.rs" => continue,
            _ => course.read(line),
        };
        for mark in ["SLUG", "CAMEL", "TITLE", "NUMBER"] {
            assert!(!text.contains(mark), "{line} holds {mark}");
        }
    }
    let progress = course.read("book/progress.md");
    let line = format!(
        "\n{}. [Read through](read_through.md): ",
        grader::drills::slugs().len() + 1
    );
    assert!(progress.contains(&line), "{progress}");
    let summary = course.read("book/SUMMARY.md");
    assert!(summary.contains("- [Read through](read_through.md)"));
    assert!(
        course
            .read("README.md")
            .contains("| `read_through` | Read through |")
    );
    assert!(
        course
            .read("grader/src/drills.rs")
            .contains("    &read_through::ReadThrough,\n")
    );

    // What it wrote is judged as it should be; the drill it is most like will do.
    let files = [
        "src/lib.rs",
        "right/another_design.rs",
        "wrong/invents_a_row.rs",
        "stub.rs",
    ];
    let mut grade = program();
    grade
        .arg("--course")
        .arg(root())
        .args(["grade", "inflight_fix"]);
    grade.args(files.map(|file| course.path("solutions/read_through").join(file)));
    let said = Said::by(grade.args(["--seed", "7", "--format", "json"]));
    let verdicts: Vec<Value> = serde_json::from_str(&said.out).expect(&said.err);
    let status = |verdict: &Value, id: &str| {
        let checks = verdict["checks"].as_array().expect("a list");
        let check = checks.iter().find(|check| check["id"] == id);
        check.expect("it is one")["status"].clone()
    };
    // That drill looks at two users in a check of its own.
    let ids = ["answered", "answered", "users_independent", "answered"];
    let seen: Vec<Value> = verdicts
        .iter()
        .zip(ids)
        .map(|(verdict, id)| status(verdict, id))
        .collect();
    assert_eq!(
        seen,
        ["passed", "passed", "failed", "failed"],
        "{}",
        said.out
    );
}

#[test]
fn nothing_is_written_over_what_is_there() {
    let course = course();
    let before = course.read("grader/src/drills.rs");
    course.write("book/read_through.md", "Mine.\n");
    for (name, why) in [
        ("read_through", "`book/read_through.md` is there already"),
        ("offload", "is there already"),
        ("Lost", "cannot be a drill's name"),
        ("../up", "cannot be a drill's name"),
    ] {
        let said = course.run(&["new", name]);
        assert_eq!(said.code, 2, "{name}");
        assert!(said.err.contains(why), "{name}: {}", said.err);
    }
    let said = course.run(&["new", "other", "--title", "a \"quoted\" one"]);
    assert_eq!(said.code, 2);
    assert_eq!(course.read("grader/src/drills.rs"), before);
    assert_eq!(course.read("book/read_through.md"), "Mine.\n");
    assert!(!course.path("exercises/read_through").exists());
}

#[test]
fn what_a_drill_lacks_is_named() {
    let course = course();
    assert_eq!(course.run(&["new", "read_through"]).code, 0);
    fs::remove_file(course.path("book/read_through.md")).expect("it is there");
    fs::remove_dir_all(course.path("solutions/read_through/right")).expect("it is there");
    let summary = course
        .read("book/SUMMARY.md")
        .replace("(read_through.md)", "()");
    course.write("book/SUMMARY.md", &summary);
    let said = course.run(&["audit", "read_through"]);
    assert_eq!(said.code, 1, "{}", said.err);
    for what in [
        "`book/read_through.md` is missing",
        "`solutions/read_through/right` is missing",
        "`book/SUMMARY.md` does not list it: no `(read_through.md)`",
    ] {
        assert!(said.out.contains(what), "{}", said.out);
    }
    let said = course.run(&["audit", "read_throug"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("did you mean `read_through`?"),
        "{}",
        said.err
    );
}
