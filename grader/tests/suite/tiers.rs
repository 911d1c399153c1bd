//! A sandbox that is less than full: strangers' code is not run, and one's own only
//! with a warning.

use std::path::Path;

use assert_cmd::Command;
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter};
use serde_json::Value;

use crate::courses::{Said, program, root};

/// The program's output on a machine without Landlock.
fn said_without_landlock(arguments: &[&str]) -> Said {
    let mut command = program();
    command.arg("--course").arg(root()).args(arguments);
    without_landlock(command)
}

/// A filter holds for a thread and for what it starts.
fn without_landlock(mut command: Command) -> Said {
    let rules = [(libc::SYS_landlock_create_ruleset, Vec::new())];
    let missing = SeccompAction::Errno(libc::ENOSYS as u32);
    let architecture = std::env::consts::ARCH.try_into().expect("it is known");
    let rules = rules.into_iter().collect();
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, missing, architecture);
    let filter: BpfProgram = filter
        .expect("it is right")
        .try_into()
        .expect("it is short");
    let thread = std::thread::spawn(move || {
        seccompiler::apply_filter(&filter).expect("anybody may");
        Said::by(&mut command)
    });
    thread.join().expect("it does not panic")
}

const STRANGER: &str = "grader/tests/fixtures/misbehaviour/abort.rs";
const OWN: &str = "solutions/inflight_fix/src/lib.rs";

fn path(name: &str) -> String {
    root().join(Path::new(name)).to_string_lossy().into_owned()
}

#[test]
fn strangers_are_not_graded_below_full() {
    let said = said_without_landlock(&["grade", "inflight_fix", &path(OWN), &path(STRANGER)]);
    assert_eq!((said.code, &*said.out), (2, ""));
    insta::assert_snapshot!(said.err);
}

#[test]
fn a_class_is_not_graded_below_full() {
    let folder = tempfile::tempdir().expect("there is space");
    let class = folder.path().join("class/ada");
    std::fs::create_dir_all(&class).expect("it is ours");
    std::fs::write(class.join("offload.rs"), "").expect("it is ours");
    let (class, out) = (folder.path().join("class"), folder.path().join("out"));
    let arguments = [
        "batch",
        &class.to_string_lossy(),
        "--out",
        &out.to_string_lossy(),
    ];
    let said = said_without_landlock(&arguments);
    assert_eq!((said.code, &*said.out), (2, ""));
    let words = "the sandbox is degraded here, so strangers' code is not run";
    assert!(said.err.contains(words), "{}", said.err);
    assert!(!out.exists());
}

#[test]
fn strangers_are_graded_below_full_if_that_is_allowed() {
    let arguments = [
        "grade",
        "inflight_fix",
        &path(STRANGER),
        "--allow-degraded",
        "--format",
        "json",
    ];
    let said = said_without_landlock(&arguments);
    assert_eq!(said.code, 1, "{}", said.err);
    let verdicts: Vec<Value> = serde_json::from_str(&said.out).expect(&said.out);
    assert_eq!(verdicts[0]["sandbox"], "degraded");
    assert_eq!(verdicts[0]["status"], "crashed");
}

#[test]
fn one_s_own_code_is_graded_below_full_and_that_is_said_once() {
    let own = path(OWN);
    let said = said_without_landlock(&["grade", "inflight_fix", &own, &own]);
    assert_eq!(said.code, 0, "{}", said.err);
    insta::assert_snapshot!(said.err);
}

#[test]
fn the_doctor_names_what_is_missing_and_what_to_do() {
    let said = said_without_landlock(&["doctor"]);
    assert_eq!(said.code, 1);
    let words = [
        "BROKEN  ",
        "needs Landlock: Linux 5.13",
        "sandbox: degraded; ",
    ];
    assert!(
        words.iter().all(|words| said.out.contains(words)),
        "{}",
        said.out
    );
    let said = said_without_landlock(&["doctor", "--format", "json"]);
    let report: Value = serde_json::from_str(&said.out).expect(&said.out);
    assert_eq!(report["sandbox"], "degraded");
}

#[test]
fn the_doctor_finds_nothing_wrong_with_a_machine_that_has_all() {
    let mut command = program();
    let said = Said::by(command.arg("--course").arg(root()).arg("doctor"));
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(!said.out.contains("BROKEN"), "{}", said.out);
    assert!(
        said.out
            .contains("\nsandbox: full; strangers' code is graded\n"),
        "{}",
        said.out
    );
}
