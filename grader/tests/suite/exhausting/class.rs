//! A class with one of each attack and twenty right solutions, to be run by name:
//! `cargo test --profile grader -p grader --test suite -- --ignored --nocapture a_class`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::Value;

use super::{
    ENDLESS, IN_THE_CLASS, MOST_MIB, RIGHT as RIGHT_WITH_THREADS, SLOW, drill_of, is_told, peak,
    source,
};
use crate::courses::root;

/// Right solutions of each drill: twenty-one in all.
const RIGHT: usize = 7;

#[expect(clippy::print_stdout, reason = "run by name, for what it prints")]
#[test]
#[ignore = "a few minutes: prints how long a class takes, and the grader's peak memory"]
fn a_class_in_which_somebody_tries_everything_is_graded() {
    let folder = tempfile::tempdir().expect("there is space");
    let class = folder.path().join("class");
    let hand_in = |student: &str, drill: &str, text: &str| {
        let path = class.join(student).join(drill).with_extension("rs");
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is ours");
        fs::write(path, text).expect("it is ours");
    };
    let names = ENDLESS.iter().map(|(name, ..)| name);
    let names = names.chain(SLOW).chain(IN_THE_CLASS);
    let names: Vec<&str> = names.chain(RIGHT_WITH_THREADS).copied().collect();
    for name in &names {
        hand_in(name, drill_of(name), &source(name));
    }
    let mut right = Vec::new();
    for drill in ["cache_race", "inflight_fix", "offload"] {
        for path in right_ones(drill).into_iter().take(RIGHT) {
            let stem = path.file_stem().expect("a name").to_string_lossy();
            let student = format!("right-{drill}-{stem}");
            hand_in(
                &student,
                drill,
                &fs::read_to_string(&path).expect("it is ours"),
            );
            right.push((student, drill));
        }
    }

    let out = folder.path().join("out");
    let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
    command.arg("--course").arg(root()).arg("batch").arg(&class);
    command.arg("--out").arg(&out);
    let begun = Instant::now();
    let (output, peak) = peak::of(command);
    let took = begun.elapsed().as_secs();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    println!(
        "{} attacks and {} right ones: {took} s (on two processors that do nothing else, at \
         most 300), the grader's peak memory {} MiB",
        names.len(),
        right.len(),
        peak.mib()
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    peak.is_below(MOST_MIB, "the batch");
    for (student, drill) in right {
        let verdict = verdict(&out, &student, drill);
        assert_eq!(verdict["status"], "passed", "{student}");
    }
    let ended = [
        "failed",
        "timed_out",
        "crashed",
        "compile_error",
        "rejected",
    ];
    for name in names {
        let verdict = verdict(&out, name, drill_of(name));
        let status = verdict["status"].as_str().expect("a text");
        let times = ["compile_ms", "run_ms"].map(|it| &verdict["metrics"][it]);
        println!("  {name:<40} {status:<14} {} ms, {} ms", times[0], times[1]);
        let may_be_right =
            RIGHT_WITH_THREADS.contains(&name) || name == "cache_sleeps_a_millisecond";
        let may_pass = may_be_right && status == "passed";
        assert!(ended.contains(&status) || may_pass, "{name}: {status}");
        if let Some(endless) = ENDLESS.iter().find(|it| it.0 == name) {
            is_told(endless, &verdict);
        }
    }
}

fn right_ones(drill: &str) -> Vec<PathBuf> {
    let folder = root().join("solutions").join(drill).join("right");
    let files = fs::read_dir(folder).expect("it can be read");
    let mut files: Vec<PathBuf> = files
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    files.sort();
    files
}

/// The verdict in the record of a student's submission.
fn verdict(out: &Path, student: &str, drill: &str) -> Value {
    let file = out.join("records").join(drill).join(student);
    let record = fs::read(file.with_extension("json")).expect(student);
    let mut record: Value = serde_json::from_slice(&record).expect(student);
    record["verdict"].take()
}
