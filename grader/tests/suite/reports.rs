//! Verdicts written out, and failing schedules told as timelines.

use std::collections::BTreeSet;

use anstream::StripStream;
use grader::grade::report::{Human, Json, Report};
use grader::grade::verdict::{CheckStatus, Verdict};

use crate::verdicts::{steady, verdict, without_bytes};

/// A verdict in words, without colours.
pub(crate) fn human(verdict: &Verdict) -> String {
    let mut text = Vec::new();
    let mut out = StripStream::new(&mut text);
    Human.one(verdict, &mut out).expect("memory can be written");
    Human
        .all(std::slice::from_ref(verdict), &mut out)
        .expect("memory can be written");
    String::from_utf8(text).expect("it is text")
}

fn json(verdicts: &[Verdict]) -> String {
    let mut text = Vec::new();
    Json.all(verdicts, &mut text)
        .expect("memory can be written");
    String::from_utf8(text).expect("it is text")
}

/// The verdict on a file of the repository, in both formats, with one check of each kind: of
/// those with one status and one message, the first.
#[track_caller]
fn written(name: &str, drill: &str, path: &str) {
    let mut verdict = steady(&verdict(drill, path));
    let mut kinds = BTreeSet::new();
    let checks = &mut verdict.checks;
    checks.retain(|it| kinds.insert((it.status, it.message.clone())));
    written_whole(name, verdict);
}

#[track_caller]
fn written_whole(name: &str, verdict: Verdict) {
    insta::assert_snapshot!(format!("{name}_human"), human(&verdict));
    insta::assert_snapshot!(format!("{name}_json"), json(&[verdict]));
}

#[test]
fn a_right_solution_is_reported() {
    written(
        "reference",
        "inflight_fix",
        "solutions/inflight_fix/src/lib.rs",
    );
    written(
        "reference_of_the_race",
        "cache_race",
        "solutions/cache_race/src/lib.rs",
    );
}

#[test]
fn a_wrong_solution_is_reported_with_its_timelines() {
    let path = "solutions/inflight_fix/wrong/python_dict.rs";
    written_whole("wrong", steady(&verdict("inflight_fix", path)));
}

#[test]
fn a_stub_is_reported() {
    written("stub", "inflight_fix", "solutions/inflight_fix/stub.rs");
    written(
        "stub_of_the_race",
        "cache_race",
        "solutions/cache_race/stub.rs",
    );
}

#[test]
fn a_compile_error_is_reported_in_rustcs_words() {
    let path = "grader/tests/fixtures/misbehaviour/endless_macro.rs";
    written("compile_error", "inflight_fix", path);
}

#[test]
fn a_rejection_is_reported_with_its_reason() {
    // A folder of the repository without a crate.
    written("rejected", "inflight_fix", "book");
}

#[test]
fn a_crash_is_reported() {
    let path = "grader/tests/fixtures/misbehaviour/exit_with_success.rs";
    written("crashed", "inflight_fix", path);
}

#[test]
fn several_verdicts_are_one_array() {
    let reference = steady(&verdict(
        "inflight_fix",
        "solutions/inflight_fix/src/lib.rs",
    ));
    let all: serde_json::Value =
        serde_json::from_str(&json(&[reference.clone(), reference])).unwrap();
    assert_eq!(all.as_array().map(Vec::len), Some(2));
    assert_eq!(json(&[]), "[]\n");
}

#[test]
fn what_a_submission_says_cannot_move_the_cursor() {
    let mut verdict = steady(&verdict(
        "inflight_fix",
        "solutions/inflight_fix/wrong/python_dict.rs",
    ));
    let hostile = "\u{1b}[2J\u{7}\r::error::\u{202e}x\u{9b}31m";
    hostile.clone_into(&mut verdict.output);
    hostile.clone_into(&mut verdict.diagnostics);
    hostile.clone_into(&mut verdict.submission);
    for check in &mut verdict.checks {
        hostile.clone_into(&mut check.message);
        check.timeline.push(hostile.to_owned());
    }
    let mut shown = String::new();
    for status in [
        "failed",
        "compile_error",
        "rejected",
        "crashed",
        "infra_error",
    ] {
        verdict.status = status_named(status);
        shown.push_str(&human(&verdict));
    }
    let bad = shown
        .chars()
        .find(|letter| (letter.is_control() && *letter != '\n') || *letter == '\u{202e}');
    assert_eq!(bad, None, "{shown}");
}

fn status_named(name: &str) -> grader::grade::verdict::Status {
    use grader::grade::verdict::Status;
    match name {
        "failed" => Status::Failed,
        "compile_error" => Status::CompileError,
        "rejected" => Status::Rejected,
        "crashed" => Status::Crashed,
        _ => Status::InfraError,
    }
}

/// Every check that failed: the message, the timeline, the key.
pub(crate) fn failures(verdict: &Verdict) -> String {
    let mut text = String::new();
    for check in verdict
        .checks
        .iter()
        .filter(|check| check.status == CheckStatus::Failed)
    {
        text.push_str(&format!(
            "{}: {}\n",
            check.id,
            without_bytes(&check.message)
        ));
        for line in &check.timeline {
            text.push_str(&format!("    {line}\n"));
        }
        text.push_str(&format!(
            "{}\n\n",
            check.schedule.as_deref().unwrap_or("no schedule")
        ));
    }
    text
}

/// How a drill reports what is wrong with a wrong solution.
#[track_caller]
fn told(drill: &str, name: &str) {
    let verdict = verdict(drill, &format!("solutions/{drill}/wrong/{name}.rs"));
    insta::assert_snapshot!(format!("told_{drill}_{name}"), failures(&verdict));
}

#[test]
fn a_fetch_for_every_request_is_told() {
    told("inflight_fix", "not_coalesced");
}

#[test]
fn followers_of_a_dropped_leader_are_told() {
    told("inflight_fix", "leader_drop_strands");
}

#[test]
fn a_herd_after_an_error_is_told() {
    told("inflight_fix", "herd_after_error");
}

#[test]
fn a_blocked_loop_is_told() {
    told("inflight_fix", "std_lock_across_fetch");
}

#[test]
fn polling_is_told() {
    told("inflight_fix", "sleep_polling");
}

#[test]
fn users_that_wait_for_each_other_are_told() {
    told("inflight_fix", "one_lock_for_all");
}

#[test]
fn what_is_left_behind_is_told() {
    told("inflight_fix", "cells_kept");
}

#[test]
fn a_panic_across_an_await_is_told() {
    told("cache_race", "borrow_across_fetch");
}

#[test]
fn a_race_that_is_not_shown_is_told() {
    told("cache_race", "coalesced");
}

#[test]
fn an_invented_count_is_told() {
    told("cache_race", "fetches_hard_coded");
}
