//! Help, and the messages for mistyped commands.

use crate::courses::{Said, Scratch, program};

#[test]
fn every_command_explains_itself() {
    let commands = [
        "",
        "learn",
        "grade",
        "replay",
        "latency",
        "trace",
        "package",
        "list",
        "hint",
        "reset",
        "solution",
        "new",
        "update-check",
        "book",
        "batch",
        "audit",
        "doctor",
    ];
    for command in commands {
        let words = command.split_whitespace().chain(["--help"]);
        let said = Said::by(program().args(words));
        assert_eq!((said.code, said.err.as_str()), (0, ""));
        // The default is the machine's number of processors.
        let cores = std::thread::available_parallelism().expect("Linux tells");
        let text = said
            .out
            .replace(&format!("time [default: {cores}]"), "time [default: CORES]");
        insta::assert_snapshot!(format!("help_{command}"), text);
    }
}

#[test]
fn learn_is_found_by_the_name_watch_too() {
    let [learn, watch] =
        ["learn", "watch"].map(|command| Said::by(program().args([command, "--help"])));
    assert_eq!((watch.code, watch.out), (0, learn.out));
}

#[test]
fn help_lists_every_command() {
    let said = Said::by(program().arg("--help"));
    let commands = said.out.split("Commands:\n").nth(1).expect("a list");
    let commands = commands.split("\n\n").next().expect("it ends");
    let listed: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    // A new command must get a help snapshot above.
    assert_eq!(
        listed,
        [
            "learn",
            "grade",
            "replay",
            "latency",
            "trace",
            "package",
            "list",
            "hint",
            "reset",
            "solution",
            "new",
            "update-check",
            "book",
            "batch",
            "audit",
            "doctor"
        ]
    );
}

#[test]
fn no_command_at_all_is_a_usage_error() {
    let said = Said::by(&mut program());
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("Usage: cargo grader"), "{}", said.err);
}

#[test]
fn an_unknown_option_is_a_usage_error() {
    let said = Said::by(program().args(["grade", "--seeds", "7"]));
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    let said = said.err.trim_end();
    assert!(said.starts_with("grader: unexpected argument `--seeds` found; "));
    assert!(said.contains("`--seed`") && !said.contains('\n'), "{said}");
}

#[test]
fn outside_a_course_the_program_says_where_to_go() {
    let elsewhere = tempfile::tempdir().unwrap();
    let said = Said::by(program().current_dir(&elsewhere).arg("list"));
    insta::assert_snapshot!(said.all());
    let option = ["--course", "/nowhere/at/all", "list"];
    let named = Said::by(program().current_dir(&elsewhere).args(option));
    assert!(
        named.err.contains("`/nowhere/at/all` is not there"),
        "{}",
        named.err
    );
    let option = ["--course", ".", "list"];
    let named = Said::by(program().current_dir(&elsewhere).args(option));
    assert!(named.err.contains("`.` holds no course"), "{}", named.err);
    assert_eq!(named.code, 2);
}

#[test]
fn a_course_is_found_from_any_folder_in_it() {
    let course = Scratch::new();
    let below = course.path("exercises/cache_race/src");
    let said = course.said(course.command(&["list"]).current_dir(below));
    assert_eq!(said.all(), course.run(&["list"]).all());
    assert_eq!(said.code, 0);
}

#[test]
fn a_misspelt_drill_is_guessed() {
    let course = Scratch::new();
    let commands: [&[&str]; 6] = [
        &["grade", "cache_rac"],
        &["hint", "cache_rac"],
        &["reset", "cache_rac"],
        &["solution", "cache_rac"],
        &["audit", "cache_rac"],
        &["replay", "cache_rac", ".", "7:race:q7"],
    ];
    for command in commands {
        let said = course.run(command);
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{command:?}");
        assert_eq!(
            said.err,
            "grader: no drill named `cache_rac`; did you mean `cache_race`?; \
             `cargo grader list` shows them all\n",
            "{command:?}"
        );
    }
    let said = course.run(&["grade", "zebra"]);
    assert_eq!(said.code, 2);
    assert!(!said.err.contains("did you mean"), "{}", said.err);
}
