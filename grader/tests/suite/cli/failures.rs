//! Commands that fail: exit code 2, and one line that says why.

use std::fs;

use crate::courses::{Said, Scratch};

/// Not graded, one line says why, and nothing else was written.
#[track_caller]
fn cannot(said: &Said) {
    assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert!(said.err.starts_with("grader: "), "{}", said.err);
}

#[test]
fn a_broken_exercise_file_is_named() {
    let course = Scratch::new();
    course.write("exercises/cache_race/exercise.toml", "title = \"The");
    let hinted = course.run(&["hint", "cache_race"]);
    cannot(&hinted);
    insta::assert_snapshot!(hinted.err);
    cannot(&course.run(&["grade", "cache_race"]));
    // It spoils no other drill.
    let listed = course.run(&["list"]);
    assert_eq!(listed.code, 2, "{}", listed.out);
    let first = listed.out.lines().next().expect("there are drills");
    assert!(
        first.contains("exercise.toml` is wrong: line 1, "),
        "{first}"
    );
    assert_eq!(
        listed.out.matches("not started").count(),
        9,
        "{}",
        listed.out
    );
    assert_eq!(course.run(&["hint", "give_way"]).code, 0);
}

#[test]
fn an_exercise_file_with_a_misspelt_field_is_refused() {
    let course = Scratch::new();
    let path = "exercises/cache_race/exercise.toml";
    let text = course.read(path).replace("minutes", "minuets");
    course.write(path, &text);
    let said = course.run(&["hint", "cache_race"]);
    cannot(&said);
    insta::assert_snapshot!(said.err);
}

#[test]
fn without_a_toolchain_the_program_says_how_to_get_one() {
    let course = Scratch::new();
    let empty = tempfile::tempdir().unwrap();
    let mut command = course.command(&["grade", "cache_race"]);
    let said = course.said(
        command
            .env_remove("CARGO")
            .env_remove("RUSTC")
            .env("PATH", empty.path()),
    );
    cannot(&said);
    insta::assert_snapshot!(said.err);
}

#[test]
fn a_rustc_that_fails_is_no_toolchain() {
    let course = Scratch::new();
    let mut command = course.command(&["grade", "cache_race"]);
    let said = course.said(command.env_remove("CARGO").env("RUSTC", "false"));
    cannot(&said);
    assert!(
        said.err
            .contains("`false` fails (exit status: 1); is a toolchain installed?"),
        "{}",
        said.err
    );
}

#[test]
fn a_build_that_fails_is_not_the_submissions_fault() {
    let course = Scratch::gradable();
    course.write("toolchain/cargo", "#!/bin/sh\nexit 101\n");
    let said = course.run(&["grade", "cache_race"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    insta::assert_snapshot!(said.err);
    // And the next attempt does not mistake the remains for a build.
    assert_eq!(course.run(&["grade", "cache_race"]).code, 2);
}

#[test]
#[cfg(target_os = "linux")]
fn a_grader_that_is_ended_ends_its_cargo() {
    use std::process::Stdio;

    use rustix::process::{Pid, Signal};

    use crate::processes;

    // What nothing else on this machine waits for.
    let seconds = format!("8639{}", std::process::id());
    let course = Scratch::gradable();
    course.write(
        "toolchain/cargo",
        &format!("#!/bin/sh\nexec sleep {seconds}\n"),
    );
    let mut grader = std::process::Command::new(env!("CARGO_BIN_EXE_grader"))
        .current_dir(course.path("."))
        .env("CARGO_TARGET_DIR", course.path("target"))
        .env("CARGO", course.path("toolchain/cargo"))
        .args(["grade", "cache_race"])
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started");
    while processes::with_argument_now(&seconds).is_empty() {
        assert!(
            grader.try_wait().expect("it is ours").is_none(),
            "it goes on"
        );
        std::thread::yield_now();
    }
    let pid = Pid::from_child(&grader);
    rustix::process::kill_process(pid, Signal::TERM).expect("it is ours");
    assert!(!grader.wait().expect("it ends").success());
    assert_eq!(processes::with_argument(&seconds), processes::NONE);
}

#[test]
fn an_output_file_that_cannot_be_written_is_found_out_before_anything_is_built() {
    let course = Scratch::new();
    let said = course.run(&["grade", "cache_race", "--out", "no/such/folder/v.json"]);
    cannot(&said);
    insta::assert_snapshot!(said.err);
    assert!(!course.path("target").exists());
}

#[test]
fn a_path_where_nothing_is_cannot_be_graded() {
    let course = Scratch::gradable();
    let said = course.run(&["grade", "cache_race", "no_such_file.rs"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    insta::assert_snapshot!(last_line(&said));
}

#[test]
fn a_file_of_no_known_kind_cannot_be_graded() {
    let course = Scratch::gradable();
    course.write("essay.docx", "My race condition\n");
    let said = course.run(&["grade", "cache_race", "essay.docx"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    insta::assert_snapshot!(last_line(&said));
}

#[test]
fn one_path_that_cannot_be_read_does_not_keep_the_others_from_being_graded() {
    let course = Scratch::gradable();
    let good = "solutions/cache_race/src/lib.rs";
    let bad = "solutions/cache_race/wrong/coalesced.rs";
    let arguments = [
        "grade",
        "cache_race",
        bad,
        "nothing.rs",
        good,
        "--format",
        "json",
    ];
    let said = course.run(&arguments);
    assert_eq!(said.code, 2, "the worst of the three");
    let verdicts: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let statuses: Vec<&str> = verdicts
        .as_array()
        .unwrap()
        .iter()
        .map(|verdict| verdict["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["failed", "infra_error", "passed"]);
    assert!(
        said.err.contains("nothing is at `nothing.rs`"),
        "{}",
        said.err
    );
}

#[test]
fn text_that_is_no_replay_key_is_refused() {
    let course = Scratch::new();
    let long = format!("7:one_fetch:{}", "q7.".repeat(3000));
    let keys = [
        "",
        "nonsense",
        "7:one_fetch",
        "x:one_fetch:q7",
        "7:one_fetch:",
        "7:one_fetch:q7.zz",
        "7:one_fetch:q7*99999999999",
        "7:one_fetch:q7.f1",
        "7:one_fetch:q7.u7",
        "7:one_fetc:q7",
        "-7:one_fetch:q7",
        "\u{1b}[31m:a:b",
        &long,
    ];
    let mut all = String::new();
    for key in keys {
        let path = "solutions/inflight_fix/src/lib.rs";
        // The two dashes allow a key to begin with one.
        let said = course.run(&["replay", "inflight_fix", path, "--", key]);
        cannot(&said);
        all.push_str(&said.err);
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_key_of_another_drill_is_refused() {
    let course = Scratch::new();
    let path = "solutions/cache_race/src/lib.rs";
    let said = course.run(&["replay", "cache_race", path, "7:leader_dropped:q7.x1"]);
    cannot(&said);
    insta::assert_snapshot!(said.err);
}

#[test]
fn a_reader_that_goes_away_is_no_crash() {
    let course = Scratch::new();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_grader"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    command
        .current_dir(course.path(""))
        .arg("list")
        .stdout(writer);
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!text.contains("panicked"), "{text}");
}

#[test]
fn a_drill_whose_crate_is_gone_says_so() {
    let course = Scratch::gradable();
    fs::remove_dir_all(course.path("exercises/cache_race/src")).unwrap();
    let said = course.run(&["grade", "cache_race"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("has no `src/lib.rs`"), "{}", said.out);
}

/// The last line; before it, the note that crates are being prepared.
fn last_line(said: &Said) -> &str {
    said.err.lines().last().unwrap_or_default()
}
