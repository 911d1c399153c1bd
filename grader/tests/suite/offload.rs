//! The drill `offload`: its verdicts, what a worker does with a hash, and the
//! picture of the loop. Facts and counts, never milliseconds.

mod driven;
#[cfg(target_os = "linux")]
mod fabricated;
mod panics;
mod picture;
mod recorded;
mod told;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use grader::build::compile::Compiled;
use grader::build::submission::Submission;
use grader::drills::{self, Drill};
use grader::drive::limits::Limits;
use grader::drive::stopwatch::Stopwatch;
use grader::drive::supervisor::Worker;
use grader::grade::grading::Grader;
use grader::grade::verdict::{CheckResult, CheckStatus, Status, Verdict};
use protocol::{self, Ending, Event, Order, Polled, Step};
use serde_json::Value;

use crate::courses::{Said, Scratch, real, root};
use crate::reports;
use crate::verdicts::SEED;

const DRILL: &str = "offload";
const RIGHT: &str = "solutions/offload/src/lib.rs";
const STUB: &str = "solutions/offload/stub.rs";

/// Passwords that are hashed for a picture.
const PASSWORDS: usize = 2;

/// No check needs a picture, and one takes a while.
static GRADER: LazyLock<Grader> = LazyLock::new(|| {
    let grader = Grader::new(real()).expect("the course's crates can be built");
    grader.without_pictures()
});

fn drill() -> &'static dyn Drill {
    drills::find(DRILL).expect("it can be graded")
}

fn verdict(path: &Path) -> Verdict {
    let verdict = GRADER.grade(drill(), path, SEED);
    verdict.expect("the machine is able")
}

fn wrong(name: &str) -> String {
    format!("solutions/offload/wrong/{name}.rs")
}

fn fixture(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/offload");
    fixtures.join(name).with_extension("rs")
}

fn check<'a>(verdict: &'a Verdict, id: &str) -> &'a CheckResult {
    let mut checks = verdict.checks.iter();
    checks.find(|check| check.id == id).expect(id)
}

fn failed(verdict: &Verdict) -> Vec<&str> {
    let checks = verdict.checks.iter();
    checks
        .filter(|check| check.status == CheckStatus::Failed)
        .map(|check| check.id.as_str())
        .collect()
}

#[test]
fn a_key_shows_the_same_violation_again_until_it_is_mended() {
    let course = Scratch::gradable();
    for name in ["thread_join", "memo_by_password", "permit_in_the_caller"] {
        let path = wrong(name);
        let verdict = verdict(&root().join(&path));
        let id = failed(&verdict)[0];
        let check = check(&verdict, id);
        let key = check.schedule.as_deref().expect("a schedule failed it");
        let again = course.run(&["replay", DRILL, &path, key]);
        assert_eq!(again.code, 1, "{key}: {}", again.err);
        let lines = again.out.lines().filter_map(|line| {
            let (number, line) = line.trim_start().split_once("  ")?;
            number.parse::<u32>().is_ok().then_some(line)
        });
        assert_eq!(lines.collect::<Vec<_>>(), check.timeline, "{key}");
        let mended = course.run(&["replay", DRILL, RIGHT, key]);
        assert_eq!(mended.code, 0, "{key}: {}", mended.out);
        let last = mended.out.lines().last();
        let expected = "nothing is wrong with this schedule any more";
        assert_eq!(last, Some(expected), "{key}");
    }
}

#[test]
fn the_stub_hashes_on_the_loop_and_nothing_after_that_is_judged() {
    let verdict = verdict(&root().join(STUB));
    assert_eq!(verdict.status, Status::Failed);
    assert_eq!(failed(&verdict), ["off_the_loop"]);
    let why = "cannot be judged while hashes run on the loop: see `off_the_loop`";
    for check in &verdict.checks {
        if ["off_the_loop", "loop_answers"].contains(&check.id.as_str()) {
            continue;
        }
        assert_eq!(check.status, CheckStatus::Skipped, "{}", check.id);
        assert_eq!(check.message, why, "{}", check.id);
    }
}

#[test]
fn the_stub_earns_nothing() {
    let verdict = verdict(&root().join(STUB));
    let check = check(&verdict, "loop_answers");
    assert_eq!(check.status, CheckStatus::Skipped);
    assert_eq!(verdict.score, 0);
}

// Submissions that do not pass.

#[test]
fn a_service_that_ends_the_process_is_a_crash_whatever_it_prints() {
    for name in ["prints_and_exits", "exits_on_its_thread"] {
        let verdict = verdict(&fixture(name));
        assert_eq!(verdict.status, Status::Crashed, "{name}");
        assert_eq!(verdict.score, 0, "{name}");
        let results = check(&verdict, "right_results");
        assert_eq!(
            results.message, "the process ended in the middle: it exited with code 0",
            "{name}"
        );
        // Shown, and not believed.
        assert!(verdict.output.contains(r#""status":"passed""#), "{name}");
    }
}

#[test]
fn a_real_hash_that_was_not_admitted_does_not_count() {
    let verdict = verdict(&fixture("hashes_behind_the_grader"));
    assert_eq!(verdict.status, Status::Failed);
    let results = check(&verdict, "right_results");
    assert_eq!(results.status, CheckStatus::Failed);
    let why = "no hash of its password had begun";
    assert!(results.message.ends_with(why), "{}", results.message);
}

#[test]
fn a_service_cannot_admit_its_own_hashes() {
    let verdict = verdict(&fixture("takes_the_connection"));
    assert_eq!(verdict.status, Status::Failed);
    let messages: Vec<&str> = verdict
        .checks
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    let panicked = "`PasswordService::new` panicked: it is still there";
    let told = messages.iter().any(|message| message.starts_with(panicked));
    assert!(told, "{messages:#?}");
}

#[test]
fn a_service_that_begins_no_hash_earns_no_points_for_hashing() {
    for name in ["hashes_behind_the_grader", "hashes_nothing"] {
        let verdict = verdict(&fixture(name));
        for id in ["off_the_loop", "loop_answers", "bounded", "parallel"] {
            let check = check(&verdict, id);
            assert_eq!(check.points, 0, "{name}: {id} is {:?}", check.status);
        }
    }
}

#[test]
fn every_fixture_of_this_drill_is_in_a_test() {
    let others = [
        "exits_on_its_thread",
        "fabricates_its_channel",
        "hashes_behind_the_grader",
        "hashes_nothing",
        "prints_and_exits",
        "takes_the_connection",
    ];
    let used: BTreeSet<PathBuf> = panics::PANICS
        .iter()
        .map(|(name, ..)| *name)
        .chain(others)
        .map(fixture)
        .collect();
    let folder = fixture("x").parent().expect("a folder").read_dir();
    let there: BTreeSet<PathBuf> = folder
        .expect("it can be read")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    assert_eq!(there, used);
}
