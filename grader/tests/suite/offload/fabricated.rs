//! A channel that was fabricated: a hole in the compiler lets a submission without
//! `unsafe` answer the grader in the puppet's place. Its threads give it away.

use std::fs;

use grader::drills;
use play::failure::Failure;
use play::schedule::{ReplayKey, Turn};

use super::{DRILL, fixture, verdict};
use crate::verdicts::{GRADER, SEED};

/// The result of the fixture, with these lines filled in, when this schedule is played.
fn played(begin: &str, wake: &str, turns: &str) -> Option<Failure> {
    let folder = tempfile::tempdir().expect("there is space");
    let path = folder.path().join("lib.rs");
    let text = fs::read_to_string(fixture("fabricates_its_channel")).expect("it is a fixture");
    let text = text
        .replace("/* BEGIN */", begin)
        .replace("/* WAKE */", wake);
    fs::write(&path, text).expect("it is ours");
    let drill = drills::find(DRILL).expect("it is a drill");
    let submission = GRADER.read(drill, &path).expect("it can be read");
    let compiled = GRADER
        .compile(drill, &submission)
        .expect("the machine is able");
    let compiled = compiled.expect("it compiles: the hole is there");
    let mut driver = GRADER.driver(drill, &compiled, SEED);
    // The first order after which it acts.
    driver.try_freeing();
    let key: ReplayKey = format!("{SEED}:bounded:{turns}").parse().expect("a key");
    let turns: Vec<Turn> = key.turns;
    driver.play_alone(turns).failure
}

const PARK: &str = "std::thread::spawn(|| loop { std::thread::park() });";

#[test]
fn a_hash_that_no_thread_waits_in_is_tampering() {
    // It speaks the protocol: without a hash, its reports are right.
    assert_eq!(played("", "", "m1.t1000"), None);
    let why = "1 thread waits until they are let go on, and there are 0 beside the loop's";
    let expected = Some(Failure::Garbled(why.to_owned()));
    assert_eq!(played("", "", "m1.q7"), expected);
}

#[test]
fn a_hash_that_ends_without_its_thread_is_tampering() {
    assert_eq!(played(PARK, "", "m1.q7"), None);
    let why = "hash 1 ended on a thread of its own, but no such thread has run";
    let expected = Some(Failure::Garbled(why.to_owned()));
    assert_eq!(played(PARK, "", "m1.q7.r1"), expected);
    let other = "std::thread::spawn(|| ()).join().unwrap();";
    assert_eq!(played(PARK, other, "m1.q7.r1"), expected);
}

#[test]
fn who_answers_the_grader_itself_does_not_pass() {
    let verdict = verdict(&fixture("fabricates_its_channel"));
    assert_eq!(verdict.status, super::Status::Failed);
    assert_eq!(verdict.score, 0);
}
