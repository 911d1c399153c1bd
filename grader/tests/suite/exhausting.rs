//! Submissions that would use up the machine (`tests/fixtures/exhausting`): the
//! grader's memory, its time, rustc's. Each must get a verdict that is not a pass, and
//! the grader itself must stay within a bound of memory. One of each kind is
//! graded here; [`class`] has all of them.

mod class;
mod peak;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::courses::Scratch;
use peak::Peak;

/// The memory that the grader itself may hold, whatever a submission does.
const MOST_MIB: u64 = 300;

/// Fixture, status, message.
type Endless = (&'static str, &'static [&'static str], &'static str);

/// What went on until a limit of the process ended it may also have crashed.
const FAILED: &[&str] = &["failed", "crashed"];
const COMPILE_ERROR: &[&str] = &["compile_error"];

const ENDLESS: &[Endless] = &[
    (
        "cache_drops_what_it_begins",
        FAILED,
        "answered: it does not come to rest: more happened at once",
    ),
    (
        "cache_fetches_after_every_answer",
        FAILED,
        "answered: it does not come to rest: it begins a fetch after every answer",
    ),
    (
        "cache_fetches_as_time_passes",
        FAILED,
        "answered: it does not come to rest: it begins a fetch after every answer",
    ),
    (
        "cache_fetches_hundreds_at_once",
        FAILED,
        "answered: it does not come to rest: it begins one fetch beside the other, and nothing",
    ),
    (
        "cache_fetches_more_than_can_be_told",
        FAILED,
        "answered: it does not come to rest: more happened at once",
    ),
    (
        "cache_fetches_thousands_at_once",
        FAILED,
        "answered: it does not come to rest: it begins one fetch beside the other, and nothing",
    ),
    (
        "cache_refreshes_in_the_background",
        FAILED,
        "answered: it does not come to rest: it begins a fetch after every answer",
    ),
    (
        "hash_again_without_a_limit",
        FAILED,
        "right_results: it does not come to rest: it begins a hash after every hash",
    ),
    (
        "hash_on_the_loop_for_ever",
        FAILED,
        "loop_answers: the event loop stopped",
    ),
    // rustc's first call for it, and its second.
    (
        "compile_counts_without_end",
        COMPILE_ERROR,
        "SIGXCPU (the CPU time limit of 7 s)",
    ),
    (
        "compile_monomorphises_without_end",
        COMPILE_ERROR,
        "SIGXCPU (the CPU time limit of 7 s)",
    ),
    (
        "compile_includes_itself",
        COMPILE_ERROR,
        "recursion limit reached",
    ),
];

/// Those that take all the time they get.
const SLOW: &[&str] = &[
    "cache_burns_on_every_call",
    "cache_joins_a_spinning_thread",
    "cache_lets_the_clock_run",
    "cache_panics_at_length",
    "cache_sleeps_on_every_call",
    "cache_spins_on_threads",
    "hash_again_after_every_hash",
    "hash_hundreds_at_once",
    "hash_in_the_background",
    "hash_sleeps_on_every_call",
    "hash_spins_on_threads",
];

/// Those that only [`class`] has: rustc would never come to an end with them, or they end
/// as one of the others does. The one that sleeps a millisecond may be right.
const IN_THE_CLASS: &[&str] = &[
    "cache_sleeps_a_millisecond",
    "compile_borrows_without_end",
    "compile_complains_without_end",
    "compile_formats_without_end",
    "compile_writes_one_long_line",
];

/// Right caches that start more threads than they need. None of them does any harm.
const RIGHT: &[&str] = &[
    "cache_parks_threads_in_new",
    "cache_parks_threads_without_end",
];

/// One of each kind: fetches one after the other, and beside each other; hashes; a loop that
/// works, threads that wait, threads that work; a file in itself.
const OF_EACH_KIND: &[&str] = &[
    "cache_fetches_after_every_answer",
    "cache_fetches_hundreds_at_once",
    "compile_includes_itself",
    "cache_burns_on_every_call",
    "cache_panics_at_length",
    "cache_parks_threads_without_end",
    "hash_hundreds_at_once",
    "hash_spins_on_threads",
];

fn is_chosen(name: &str) -> bool {
    OF_EACH_KIND.contains(&name)
}

fn drill_of(name: &str) -> &'static str {
    match name.starts_with("hash_") {
        true => "offload",
        false => "inflight_fix",
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/exhausting")
}

/// A fixture's text. `@REPEAT n TEXT@` in it stands for `n` copies of that text.
fn source(name: &str) -> String {
    let text = fs::read_to_string(folder().join(name).with_extension("rs")).expect(name);
    let Some((before, rest)) = text.split_once("@REPEAT ") else {
        return text;
    };
    let (what, after) = rest.split_once('@').expect("it ends");
    let (times, what) = what.split_once(' ').expect("it has a number");
    let times = times.parse().expect("it is a number");
    format!("{before}{}{after}", what.repeat(times))
}

/// The verdict on a fixture, with these limits for its drill.
fn verdict(name: &str, limits: &str) -> (Value, Peak) {
    let course = Scratch::gradable();
    let drill = drill_of(name);
    let file = format!("exercises/{drill}/exercise.toml");
    let text = course.read(&file);
    course.write(
        &file,
        &text.replace("[limits]\n", &format!("[limits]\n{limits}\n")),
    );
    // One of them includes itself by this name.
    course.write("lib.rs", &source(name));
    let arguments = ["grade", drill, "lib.rs", "--seed", "7", "--format", "json"];
    let mut command = course.outside(Path::new(env!("CARGO_BIN_EXE_grader")));
    command.current_dir(course.path(".")).args(arguments);
    let (output, peak) = peak::of(command);
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(!err.contains("panicked"), "{name}: {err}");
    assert!(matches!(output.status.code(), Some(0 | 1)), "{name}: {err}");
    let mut verdicts: Vec<Value> = serde_json::from_slice(&output.stdout).expect(name);
    (verdicts.remove(0), peak)
}

#[test]
fn what_would_go_on_without_end_is_ended_and_told() {
    for endless in ENDLESS.iter().filter(|(name, ..)| is_chosen(name)) {
        let (verdict, peak) = verdict(endless.0, "");
        is_told(endless, &verdict);
        peak.is_below(MOST_MIB, endless.0);
    }
}

/// That the verdict is the one, and says why.
#[track_caller]
fn is_told((name, statuses, because): &Endless, verdict: &Value) {
    let said = crate::attacks::said_of(verdict);
    let status = verdict["status"].as_str().expect("a text");
    assert!(statuses.contains(&status), "{name}: {status}: {said}");
    assert!(said.contains(because), "{name}: {said}");
}

#[test]
fn what_is_slow_is_ended_and_does_not_pass() {
    for name in SLOW.iter().filter(|name| is_chosen(name)) {
        // A fraction of what there is otherwise.
        let (verdict, peak) = verdict(name, "wall_seconds = 2\ncpu_seconds = 1");
        let status = verdict["status"].as_str().expect("a text");
        let expected = ["failed", "timed_out", "crashed"];
        assert!(expected.contains(&status), "{name}: {status}");
        peak.is_below(MOST_MIB, name);
    }
}

#[test]
fn threads_that_wait_for_ever_cost_a_right_solution_nothing() {
    for name in RIGHT.iter().filter(|name| is_chosen(name)) {
        let (verdict, peak) = verdict(name, "");
        assert_eq!(
            verdict["status"],
            "passed",
            "{name}: {}",
            crate::attacks::said_of(&verdict)
        );
        peak.is_below(MOST_MIB, name);
    }
}

#[test]
fn every_fixture_is_tried() {
    let listed = ENDLESS.iter().map(|(name, ..)| name);
    let listed = listed.chain(SLOW).chain(IN_THE_CLASS).chain(RIGHT);
    let listed: BTreeSet<String> = listed.map(|name| (*name).to_owned()).collect();
    let there = fs::read_dir(folder()).expect("it can be read");
    let name = |path: PathBuf| path.file_stem().expect("a name").to_string_lossy().into();
    let there: BTreeSet<String> = there
        .map(|entry| name(entry.expect("it can be read").path()))
        .collect();
    assert_eq!(there, listed);
    assert!(OF_EACH_KIND.iter().all(|name| listed.contains(*name)));
}
