//! The text of verdicts.

use super::*;

/// A wrong solution fails one check alone, with this message and timeline.
#[track_caller]
fn told(name: &str, id: &str) {
    let verdict = verdict(&root().join(wrong(name)));
    assert_eq!(failed(&verdict), [id]);
    let text = without_counts(&reports::failures(&verdict));
    insta::assert_snapshot!(format!("told_{id}_{name}"), text);
}

/// How often a loop was pinged depends on how busy the machine is, and with it the
/// numbers of tasks and of polls.
fn without_counts(text: &str) -> String {
    let after = |text: &str, words: &str| {
        let mut parts = text.split(words);
        let mut steady = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
            steady.push_str(words);
            steady.push_str(if rest == part { "" } else { "#" });
            steady.push_str(rest);
        }
        steady
    };
    after(&after(text, "JoinError::Panic(Id("), "after ")
}

#[test]
fn a_hash_on_the_loop_is_told() {
    told("inline", "off_the_loop");
}

#[test]
fn a_thread_that_is_joined_on_the_loop_is_told() {
    told("thread_join", "loop_answers");
}

#[test]
fn a_panic_of_tokio_s_about_blocking_is_told_with_its_meaning() {
    told("block_in_place", "loop_answers");
}

#[test]
fn a_hash_that_another_caller_had_before_is_told() {
    told("memo_by_password", "right_results");
}

#[test]
fn a_refused_password_that_shortens_the_service_is_told() {
    told("error_for_the_next", "too_long");
}

#[test]
fn a_hash_more_than_may_run_is_told() {
    told("one_too_many", "bounded");
}

#[test]
fn a_request_that_waits_though_there_is_room_is_told() {
    told("one_at_a_time", "parallel");
}

#[test]
fn a_slot_given_to_a_dropped_caller_is_told() {
    told("slot_sent_to_the_dropped", "dropped_waiting");
}

#[test]
fn a_slot_that_was_the_caller_s_is_told() {
    told("permit_in_the_caller", "dropped_hashing");
}

#[test]
fn a_slot_lost_in_a_panic_is_told() {
    told("slot_lost_on_panic", "panicking_hash");
}

#[test]
fn a_request_that_looks_again_and_again_is_told() {
    told("try_recv_spin", "no_busy_wait");
}

#[test]
fn a_crowd_that_is_too_large_for_the_queue_is_told() {
    told("queue_of_a_hundred", "busy_service");
}

#[test]
fn every_check_has_a_failure_that_is_told() {
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/offload/snapshots");
    let names: Vec<String> = fs::read_dir(snapshots)
        .expect("it can be read")
        .map(|entry| entry.expect("it can be read").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    for check in drill().checks() {
        let start = format!("suite__offload__told__told_{}_", check.id);
        let is_told = names.iter().any(|name| name.starts_with(&start));
        assert!(is_told, "{} is in no snapshot", check.id);
    }
}
