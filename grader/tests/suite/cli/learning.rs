//! The commands between gradings: `list`, `hint`, `reset`, `solution`.

use std::fs;

use crate::courses::Scratch;

const STATE: &str = ".learner/state.json";

#[test]
fn drills_are_listed_in_the_order_they_are_taught() {
    let course = Scratch::new();
    insta::assert_snapshot!(course.run(&["list"]).all());
    assert!(!course.path(".learner").exists(), "looking changes nothing");
}

#[test]
fn the_list_shows_the_best_points_of_each_drill() {
    let course = Scratch::new();
    let best = |score: u32| serde_json::json!({ "score": score, "max_score": 100 });
    let pass = serde_json::json!({ "sha256": "a", "grader": "0.1.0" });
    let drills = serde_json::json!({
        "cache_race": { "passed": pass, "best": best(100) },
        "lost_update": { "best": best(90) },
        "offload": { "best": best(0) },
    });
    let state = serde_json::json!({ "schema": 1, "drills": drills });
    fs::create_dir(course.path(".learner")).unwrap();
    course.write(STATE, &state.to_string());
    course.write("exercises/lost_update/src/lib.rs", "// begun\n");
    let listed = course.run(&["list"]).out;
    for (slug, shown) in [
        ("cache_race", "passed 100/100"),
        ("lost_update", "not yet 90/100"),
        ("offload", "not started "),
    ] {
        let line = listed.lines().find(|line| line.starts_with(slug)).unwrap();
        let state = line.trim_start_matches(slug).trim_start();
        assert!(state.starts_with(shown), "{listed}");
        assert_eq!(state.contains("/100"), shown.contains('/'), "{listed}");
    }
}

/// A learner's file in which these drills have passed, each after so many seconds of work.
fn passed(course: &Scratch, drills: &[(&str, u64)]) {
    let row = |seconds: u64| {
        serde_json::json!({
            "passed": { "sha256": "a", "grader": "0.1.0", "first_at": 1_790_000_000 },
            "best": { "score": 100, "max_score": 100 },
            "worked_seconds": seconds,
        })
    };
    let drills: serde_json::Map<_, _> = drills
        .iter()
        .map(|(slug, seconds)| ((*slug).to_owned(), row(*seconds)))
        .collect();
    fs::create_dir_all(course.path(".learner")).unwrap();
    course.write(STATE, &serde_json::json!({ "drills": drills }).to_string());
}

#[test]
fn the_list_shows_the_time_of_work_and_the_next_drill() {
    let course = Scratch::new();
    passed(
        &course,
        &[("cache_race", 22 * 60 + 59), ("transfer", 3_600)],
    );
    let listed = course.run(&["list"]).out;
    assert!(
        listed.contains("(15 minutes; you took 22 minutes)"),
        "{listed}"
    );
    assert!(listed.contains("(30 minutes; you took 1 h)"), "{listed}");
    let way = "\n2 of 10 drills passed, in 1 h 22 min of work; what is left takes about 4 h 45 min\n\
               next: lost_update, in `exercises/lost_update/src/lib.rs`\n";
    assert!(listed.contains(way), "{listed}");
}

#[test]
fn a_drill_that_passed_in_another_language_counts_and_the_next_one_is_in_it() {
    let course = Scratch::new();
    passed(&course, &[("cache_race/python", 60)]);
    let listed = course.run(&["list"]).out;
    assert!(listed.contains("; in Python: passed"), "{listed}");
    let way = "\n1 of 10 drills passed, in 1 minute of work; a drill counts once it has passed in any language; ";
    assert!(listed.contains(way), "{listed}");
    let next = "\nnext: lost_update, in `exercises/lost_update/python/lost_update.py`\n";
    assert!(listed.contains(next), "{listed}");
}

#[test]
fn the_list_says_where_the_summary_is_once_all_have_passed() {
    let course = Scratch::new();
    let all: Vec<(&str, u64)> = grader::drills::slugs()
        .iter()
        .map(|slug| (*slug, 59))
        .collect();
    passed(&course, &all);
    let listed = course.run(&["list"]).out;
    assert!(
        !listed.contains("you took"),
        "less than a minute is not told\n{listed}"
    );
    let said = "\nall 10 drills passed, in 9 minutes of work; `Your progress` in `cargo learn` has a summary to print\n";
    assert!(
        listed.contains(said) && !listed.contains("next: "),
        "{listed}"
    );
}

#[test]
fn a_drill_without_hidden_tests_is_listed_and_not_graded() {
    let course = Scratch::new();
    course.take(
        "exercises/offload/exercise.toml",
        "exercises/some_day/exercise.toml",
    );
    let listed = course.run(&["list"]).out;
    let line = listed.lines().find(|line| line.starts_with("some_day"));
    let line = line.expect("it is listed");
    assert!(line.contains("no hidden tests yet"), "{line}");
    insta::assert_snapshot!(course.run(&["grade", "some_day"]).all());
}

#[test]
fn each_call_shows_one_more_hint_until_there_is_none() {
    let course = Scratch::new();
    for call in 1..=5 {
        let said = course.run(&["hint", "cache_race"]);
        insta::assert_snapshot!(format!("hint_{call}"), said.all());
    }
    // Another drill has its own count.
    let said = course.run(&["hint", "inflight_fix"]);
    let numbered = |line: &&str| line.starts_with("1. ") || line.starts_with("2. ");
    assert_eq!(said.out.lines().filter(numbered).count(), 1, "{}", said.out);
}

#[test]
fn a_drill_may_have_no_hints() {
    let course = Scratch::new();
    course.write(
        "exercises/cache_race/exercise.toml",
        "title = \"t\"\ngoal = \"g\"\nminutes = 1\n",
    );
    let said = course.run(&["hint", "cache_race"]);
    assert_eq!(
        said.all(),
        "exit code 0\n--- standard output ---\ndrill `cache_race` has no hints\n--- standard error ---\n"
    );
}

#[test]
fn a_reset_keeps_what_was_there_and_a_second_one_keeps_both() {
    let course = Scratch::new();
    let file = "exercises/cache_race/src/lib.rs";
    let stub = course.read("solutions/cache_race/stub.rs");
    course.write(file, "// my first work\nmod helper;\n");
    course.write("exercises/cache_race/src/deep/helper.rs", "// a helper\n");
    insta::assert_snapshot!("reset_once", course.run(&["reset", "cache_race"]).all());
    assert_eq!(course.read(file), stub);

    course.write(file, "// my second work\n");
    insta::assert_snapshot!("reset_twice", course.run(&["reset", "cache_race"]).all());
    assert_eq!(course.read(file), stub);

    let kept = |name: &str| course.read(&format!(".learner/backups/cache_race/{name}"));
    assert_eq!(kept("1/lib.rs"), "// my first work\nmod helper;\n");
    assert_eq!(kept("1/deep/helper.rs"), "// a helper\n");
    assert_eq!(kept("2/lib.rs"), "// my second work\n");
}

#[test]
fn a_stub_is_not_reset_and_leaves_no_backup() {
    let course = Scratch::new();
    let said = course.run(&["reset", "cache_race"]);
    assert_eq!(
        said.out,
        "`exercises/cache_race/src/lib.rs` is the stub already\n"
    );
    assert!(!course.path(".learner").exists());
}

#[test]
fn a_crate_whose_file_is_gone_gets_the_stub() {
    let course = Scratch::new();
    let file = "exercises/inflight_fix/src/lib.rs";
    let src = course.path("exercises/inflight_fix/src");
    // First with its folder, then without.
    let ways: [fn(&std::path::Path) -> std::io::Result<()>; 2] = [
        |src| fs::remove_dir_all(src),
        |src| fs::remove_file(src.join("lib.rs")),
    ];
    for remove in ways {
        remove(&src).unwrap();
        let said = course.run(&["reset", "inflight_fix"]);
        // There was no file, so no backup is reported.
        let words = format!("`{file}` is the stub again\n");
        assert_eq!((said.code, said.out), (0, words));
        assert_eq!(
            course.read(file),
            course.read("solutions/inflight_fix/stub.rs")
        );
    }
}

#[test]
fn the_stub_is_put_back_only_when_the_work_is_safe() {
    let course = Scratch::new();
    let file = "exercises/cache_race/src/lib.rs";
    course.write(file, "// my work\n");
    // A file is in the place of the backups' folder.
    course.write(".learner", "in the way");
    let said = course.run(&["reset", "cache_race"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert_eq!(course.read(file), "// my work\n");
}

#[test]
fn the_solution_is_for_those_who_passed_or_who_insist() {
    let course = Scratch::gradable();
    let solution = course.read("solutions/cache_race/src/lib.rs");
    insta::assert_snapshot!(course.run(&["solution", "cache_race"]).all());
    let peeked = course.run(&["solution", "cache_race", "--peek"]);
    assert_eq!((peeked.code, &peeked.out), (0, &solution));
    assert_eq!(
        course.run(&["solution", "cache_race"]).code,
        2,
        "peeking is not a pass"
    );

    // Somebody else's pass is not the learner's.
    let path = "solutions/cache_race/src/lib.rs";
    assert_eq!(course.run(&["grade", "cache_race", path]).code, 0);
    assert_eq!(course.run(&["solution", "cache_race"]).code, 2);

    course.write("exercises/cache_race/src/lib.rs", &solution);
    assert_eq!(course.run(&["grade", "cache_race"]).code, 0);
    let shown = course.run(&["solution", "cache_race"]);
    assert_eq!((shown.code, &shown.out), (0, &solution));
    assert_eq!(course.run(&["solution", "inflight_fix"]).code, 2);
    let listed = course.run(&["list"]).out;
    let passed = |line: &str| line.starts_with("cache_race") && line.contains("  passed 100/100  ");
    assert!(listed.lines().any(passed), "{listed}");
}

#[test]
fn a_damaged_memory_is_set_aside_and_nothing_is_lost() {
    let course = Scratch::new();
    let work = course.read("exercises/cache_race/src/lib.rs");
    course.write(STATE, "{\"drills\": {\"cache_race\": {\"hints_sho");
    course.write(".learner/backups/cache_race/1/lib.rs", "// kept\n");
    insta::assert_snapshot!(course.run(&["hint", "cache_race"]).all());
    assert_eq!(
        course.read(".learner/state.damaged-1.json"),
        "{\"drills\": {\"cache_race\": {\"hints_sho"
    );
    assert_eq!(
        course.read(".learner/backups/cache_race/1/lib.rs"),
        "// kept\n"
    );
    assert_eq!(course.read("exercises/cache_race/src/lib.rs"), work);
    // From here on results are remembered again.
    let said = course.run(&["hint", "cache_race"]);
    assert!(
        said.out.starts_with("1. ") && said.out.contains("\n2. "),
        "{}",
        said.out
    );
    assert_eq!(said.err, "");
}

#[test]
fn a_memory_damaged_twice_does_not_overwrite_what_was_set_aside() {
    let course = Scratch::new();
    for text in ["first damage", "second damage"] {
        course.write(STATE, text);
        assert_eq!(course.run(&["list"]).code, 0);
    }
    let folder = fs::read_dir(course.path(".learner")).unwrap();
    let texts: Vec<String> = folder
        .map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    for text in ["first damage", "second damage"] {
        assert!(texts.iter().any(|kept| kept == text), "{texts:?}");
    }
}

#[test]
fn a_memory_that_cannot_be_read_is_not_written_over() {
    let course = Scratch::new();
    // The user who runs the tests may be able to read every file, but a folder cannot be read as a file.
    course.write(&format!("{STATE}/kept"), "");
    let said = course.run(&["hint", "cache_race"]);
    assert_eq!((said.code, &*said.out), (2, ""), "{}", said.err);
    assert!(
        said.err
            .starts_with("grader: cannot read `[course]/.learner/state.json`: ")
            && said.err.ends_with("; may you read it?\n"),
        "{}",
        said.err
    );
    let listed = course.run(&["list"]);
    assert_eq!(listed.code, 0);
    assert!(listed.err.contains("cannot read `"), "{}", listed.err);
    assert_eq!(course.read(&format!("{STATE}/kept")), "");
}

#[test]
fn a_row_that_is_none_keeps_no_other_from_being_read() {
    let course = Scratch::new();
    course.write(
        STATE,
        r#"{"drills": {"cache_race": {"hints_shown": 1}, "gone": {"hints_shown": -3}, "x": null}}"#,
    );
    let said = course.run(&["hint", "cache_race"]);
    assert_eq!((said.code, &*said.err), (0, ""));
    assert!(said.out.contains("\n2. "), "{}", said.out);
    let kept: serde_json::Value = serde_json::from_str(&course.read(STATE)).unwrap();
    assert_eq!(kept["drills"]["cache_race"]["hints_shown"], 2);
    assert_eq!(kept["drills"]["gone"]["hints_shown"], -3);
    assert!(kept["drills"]["x"].is_null() && kept["drills"].get("x").is_some());
}

#[test]
fn who_reads_no_further_is_told_nothing() {
    let course = Scratch::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let program = env!("CARGO_BIN_EXE_grader");
    let output = std::process::Command::new(program)
        .args(["list", "--course"])
        .arg(course.path(""))
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}
