//! Submissions that misbehave, each in its own way (`tests/fixtures/misbehaviour`).
//!
//! None of them passes, every verdict is complete, the grader does not panic,
//! and none of their processes is left.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use assert_cmd::Command;
use grader::drills;
use grader::grade::report::{Human, Report};
use rustix::process::{Pid, Signal};
use serde_json::Value;

use crate::courses::{Said, program, root};
use crate::processes;
use crate::verdicts;

const DRILL: &str = "inflight_fix";

/// Grades a fixture with the program itself, so that its harm is done to a
/// grader outside the test.
fn grading(name: &str) -> Command {
    let path = fixture(name);
    let mut command = program();
    command.arg("--course").arg(root());
    command.args(["grade", DRILL]).arg(path);
    command.args(["--seed", "7", "--format", "json"]);
    command
}

fn fixture(name: &str) -> std::path::PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/misbehaviour");
    fixtures.join(name).with_extension("rs")
}

/// The verdict on a fixture, checked for what all of them must have.
#[track_caller]
fn verdict_on(name: &str, status: &str) -> Value {
    let said = Said::by(&mut grading(name));
    assert!(!said.err.contains("panicked"), "{}", said.err);
    assert_eq!(said.code, 1, "{}", said.err);
    let mut verdicts: Vec<Value> = serde_json::from_str(&said.out).expect(&said.out);
    let verdict = verdicts.remove(0);
    assert_eq!(verdict["status"], status, "{verdict:#}");
    let judged: Vec<&str> = checks(&verdict).map(|check| text(&check["id"])).collect();
    let drill = drills::find(DRILL).expect("it is a drill");
    let all: Vec<&str> = drill.checks().iter().map(|check| check.id).collect();
    assert_eq!(judged, all, "every check is in the verdict");
    assert_eq!(processes::orphaned_workers(), processes::NONE);
    verdict
}

fn checks(verdict: &Value) -> impl Iterator<Item = &Value> {
    verdict["checks"].as_array().expect("a list").iter()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// The messages of all failures, and why nothing was compiled.
fn messages(verdict: &Value) -> String {
    let failed = checks(verdict).filter(|check| check["status"] == "failed");
    let mut all: String = failed
        .map(|check| format!("{}: {}\n", text(&check["id"]), text(&check["message"])))
        .collect();
    all.push_str(text(&verdict["diagnostics"]));
    all
}

macro_rules! each {
    ($($(#[$attribute:meta])* $name:ident: $fixture:literal is $status:literal, because $why:literal;)*) => {
        $(
            #[test]
            $(#[$attribute])*
            fn $name() {
                let verdict = verdict_on($fixture, $status);
                let messages = messages(&verdict);
                assert!(messages.contains($why), "{messages}");
            }
        )*

        /// The fixtures that have a line in the table.
        const IN_THE_TABLE: &[&str] = &[$($fixture),*];
    };
}

each! {
    // Ending the process.
    an_exit_with_success_is_a_crash: "exit_with_success" is "crashed", because "it exited with code 0";
    an_abort_is_a_crash: "abort" is "crashed", because "SIGABRT";
    a_stack_overflow_is_a_crash: "stack_overflow" is "crashed", because "it was ended by SIG";
    a_panic_hook_that_exits_is_a_crash: "panic_hook_that_exits" is "crashed", because "it exited with code 0";
    memory_that_runs_out_is_a_crash: "eats_memory" is "crashed", because "an allocation that failed";
    // Freeing what it held.
    an_abort_while_the_cache_is_dropped_is_a_crash: "aborts_in_drop" is "crashed", because "SIGABRT";
    an_exit_while_the_cache_is_dropped_is_a_crash: "exits_in_drop" is "crashed", because "it exited with code 0";
    recursion_while_the_cache_is_dropped_is_a_crash: "recurses_in_drop" is "crashed", because "it was ended by SIG";
    // Stopping the loop.
    an_endless_loop_stops_the_loop: "endless_loop" is "failed", because "runs on and on without reaching an await";
    a_deadlock_stops_the_loop: "deadlock" is "failed", because "its thread is asleep";
    a_long_sleep_stops_the_loop: "sleeps_on_the_loop" is "failed", because "its thread is asleep";
    a_loop_in_the_loop_is_a_panic: "blocks_on_the_loop" is "failed", because "Cannot start a runtime from within a runtime";
    // Not answering.
    a_cache_that_cannot_be_made_fails: "panics_in_new" is "failed", because "`UserCache::new` panicked: no cache today";
    a_request_that_never_returns_fails: "never_answers" is "failed", because "for a fetch that nobody is running";
    tasks_that_yield_for_ever_fail: "yields_for_ever" is "failed", because "one_fetch: fetch 2";
    // Playing with the clock.
    a_clock_that_is_moved_changes_nothing: "moves_the_clock" is "failed", because "one_fetch: fetch 2";
    a_clock_that_is_let_run_changes_nothing: "lets_the_clock_run" is "failed", because "one_fetch: fetch 2";
    // Talking to the grader: standard input is empty, the channel out of reach.
    garbage_goes_nowhere: "garbage_on_the_channel" is "failed", because "one_fetch: fetch 2";
    a_line_without_end_goes_nowhere: "a_line_without_end" is "failed", because "one_fetch: fetch 2";
    a_forged_report_goes_nowhere: "forged_report" is "failed", because "one_fetch: fetch 2";
    forged_returns_go_nowhere: "forged_returns" is "failed", because "for a fetch that nobody is running";
    the_channel_cannot_be_closed: "closes_the_channel" is "failed", because "one_fetch: fetch 2";
    orders_cannot_be_taken_from_the_channel: "reads_the_channel" is "failed", because "one_fetch: fetch 2";
    // Using the machine.
    spinning_threads_keep_nobody_from_judging: "spinning_threads" is "failed", because "one_fetch: fetch 2";
    // At compile time.
    an_unsafe_block_is_rejected: "unsafe_block" is "rejected", because "`unsafe` is not taken";
    unsafe_code_cannot_be_allowed: "unsafe_allowed" is "rejected", because "`unsafe` is not taken";
    an_endless_constant_does_not_compile: "endless_const" is "compile_error", because "constant evaluation is taking a long time";
    an_endless_macro_does_not_compile: "endless_macro" is "compile_error", because "recursion limit reached";
    an_endless_type_does_not_compile: "endless_type" is "compile_error", because "reached the recursion limit while instantiating";
    a_huge_static_does_not_compile: "huge_static" is "compile_error", because "tried to allocate more memory";
}

#[test]
fn what_asks_for_nothing_has_no_points() {
    let verdict = verdict_on("answers_without_a_fetch", "failed");
    assert_eq!(verdict["score"], 0, "{verdict:#}");
    for check in checks(&verdict) {
        assert_ne!(check["status"], "passed", "{check:#}");
    }
    let why = |check: &Value| text(&check["message"]).to_owned();
    let told: Vec<String> = checks(&verdict).map(why).collect();
    let nothing = "cannot be judged: no fetch ever began";
    assert!(told.iter().any(|why| why == nothing), "{told:#?}");
}

#[test]
fn every_fixture_is_in_a_test() {
    let elsewhere = [
        "answers_without_a_fetch",
        "child_keeps_the_pipes",
        "endless_const_allowed",
        "floods_its_output",
        "growing_macro",
        "includes_a_secret",
        "leaves_a_child",
        "leaves_a_child_of_its_own_group",
        "loops_in_drop",
        "panics_in_drop",
        "reads_a_secret",
        "thinks_on_every_request",
    ];
    let used: BTreeMap<&str, ()> = IN_THE_TABLE
        .iter()
        .chain(&elsewhere)
        .map(|name| (*name, ()))
        .collect();
    let folder = fixture("x").parent().expect("a folder").read_dir();
    let mut there: Vec<String> = folder
        .expect("it can be read")
        .map(|entry| entry.expect("it can be read").path())
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    there.sort();
    assert_eq!(there, used.into_keys().collect::<Vec<_>>());
}

#[test]
fn a_flood_of_output_is_cut_and_made_harmless() {
    let verdict = verdict_on("floods_its_output", "failed");
    let output = text(&verdict["output"]);
    assert!(output.len() < 64 << 10, "{} bytes", output.len());
    assert!(output.contains("bytes more"), "it says that it was cut");
    assert!(
        output.contains('␛') && !output.contains('\u{1b}'),
        "{output}"
    );
    // The human output shows some lines of it.
    let path = fixture("floods_its_output");
    let path = path.strip_prefix(root()).expect("it is in the course");
    let verdict = verdicts::verdict(DRILL, &path.to_string_lossy());
    let mut shown = Vec::new();
    Human
        .one(&verdict, &mut shown)
        .expect("memory can be written");
    let shown = String::from_utf8(shown).expect("it is text");
    assert!(shown.lines().count() < 80, "{shown}");
    assert!(shown.contains("more lines"), "{shown}");
}

#[test]
fn a_submission_starts_no_program() {
    let starting = [
        ("leaves_a_child", "failed", "86399.7"),
        ("leaves_a_child_of_its_own_group", "failed", "86398.7"),
        ("child_keeps_the_pipes", "crashed", "86397.7"),
    ];
    for (name, status, argument) in starting {
        verdict_on(name, status);
        no_process_with(argument);
    }
}

#[track_caller]
fn no_process_with(argument: &str) {
    let left = processes::with_argument(argument);
    processes::end(&left);
    assert_eq!(left, processes::NONE);
}

#[test]
fn no_file_of_the_machine_can_be_read() {
    for name in ["includes_a_secret", "reads_a_secret"] {
        let said = Said::by(&mut grading(name));
        assert_eq!(said.code, 1);
        assert!(!said.out.contains("root:"), "{name}: {}", said.out);
    }
}

#[test]
fn a_panic_while_the_cache_is_dropped_is_noticed() {
    let verdict = verdict_on("panics_in_drop", "failed");
    assert!(messages(&verdict).contains("not so fast"));
}

#[test]
#[ignore = "each keeps rustc busy until a limit ends it"]
fn what_rustc_cannot_finish_is_a_compile_error() {
    for name in ["endless_const_allowed", "growing_macro"] {
        let begun = Instant::now();
        let said = Said::by(&mut grading(name));
        let verdicts: Vec<Value> = serde_json::from_str(&said.out).expect(&said.out);
        let took = begun.elapsed().as_secs();
        assert_eq!(
            verdicts[0]["status"], "compile_error",
            "{name} after {took} s: {}",
            said.err
        );
    }
}

#[test]
fn an_interrupt_ends_the_worker_and_clears_away() {
    let jobs = crate::courses::real().target().join("grader/jobs");
    let path = fixture("endless_loop");
    let mut grader = std::process::Command::new(env!("CARGO_BIN_EXE_grader"))
        .arg("--course")
        .arg(root())
        .args(["grade", DRILL])
        .arg(path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it can be started");
    let worker = processes::await_child(grader.id(), "out/worker");
    let program = std::fs::read_link(format!("/proc/{worker}/exe")).expect("it runs");
    assert!(program.starts_with(&jobs), "{}", program.display());
    let pid = Pid::from_child(&grader);
    rustix::process::kill_process(pid, Signal::INT).expect("it is ours");
    let status = grader.wait().expect("it ends");
    assert_eq!(status.code(), Some(130));
    assert_eq!(processes::orphaned_workers(), processes::NONE);
    let job = program.ancestors().nth(2).expect("a job's folder");
    assert!(!job.exists(), "{} is left", job.display());
}
