//! Each limit of an `exercise.toml`: a submission that crosses it, and the words
//! that name it.

use serde_json::Value;

use crate::courses::{Scratch, root};

const DRILL: &str = "inflight_fix";

/// The verdict on a fixture in a course whose drill has this limit.
fn verdict(limit: &str, fixture: &str) -> Value {
    let course = Scratch::gradable();
    let file = format!("exercises/{DRILL}/exercise.toml");
    let text = course.read(&file);
    let text = text.replace("[limits]\n", &format!("[limits]\n{limit}\n"));
    assert!(text.contains(limit), "{file} has no table for limits");
    course.write(&file, &text);
    let mut source = std::fs::read_to_string(root().join("grader/tests/fixtures").join(fixture))
        .expect("it is a fixture");
    if fixture.starts_with("attacks") {
        source.push_str(crate::attacks::CACHE);
    }
    course.write("submission.rs", &source);
    let said = course.run(&[
        "grade",
        DRILL,
        "submission.rs",
        "--seed",
        "7",
        "--format",
        "json",
    ]);
    assert_eq!(said.code, 1, "{}", said.err);
    let mut verdicts: Vec<Value> = serde_json::from_str(&said.out).expect(&said.out);
    verdicts.remove(0)
}

#[track_caller]
fn names(limit: &str, fixture: &str, status: &str, words: &str) {
    let verdict = verdict(limit, fixture);
    assert_eq!(verdict["status"], status, "{verdict:#}");
    assert!(verdict.to_string().contains(words), "{verdict:#}");
}

#[test]
fn the_time_on_the_wall_is_limited() {
    let words = "the time limit of 2 s is used up";
    let limit = "wall_seconds = 2";
    names(limit, "misbehaviour/loops_in_drop.rs", "failed", words);
    // Nothing wrong was seen of this one.
    let fixture = "misbehaviour/thinks_on_every_request.rs";
    names(limit, fixture, "timed_out", "the time limit was reached");
}

#[test]
fn the_cpu_time_is_limited() {
    let words = "SIGXCPU (the CPU time limit of 1 s)";
    let fixture = "attacks/run_uses_the_cpu_on_threads.rs";
    // Each of its processes uses it up, until the wall time is used up.
    let limit = "cpu_seconds = 1\nwall_seconds = 60";
    names(limit, fixture, "crashed", words);
}

#[test]
fn the_memory_is_limited() {
    let fixture = "attacks/run_allocates_without_end.rs";
    names("memory_mib = 64", fixture, "crashed", "the limit is 64 MiB");
}

#[test]
fn the_threads_are_limited() {
    let fixture = "attacks/run_opens_threads_without_end.rs";
    let limit = "threads = 9\nwall_seconds = 60";
    names(limit, fixture, "failed", "may have 9 threads");
}

#[test]
fn the_output_is_limited() {
    let fixture = "attacks/run_floods_its_output.rs";
    names(
        "output_kib = 2",
        fixture,
        "failed",
        "cut at the limit of 2 KiB",
    );
}

#[test]
fn the_source_is_limited() {
    names(
        "source_kib = 1",
        "misbehaviour/forged_returns.rs",
        "rejected",
        "the limit is 1 KiB",
    );
}
