//! Whose affair a mistake is: it fails the check that it belongs to, and costs no other's points.

use grader::drills;
use grader::grade::verdict::{CheckResult, CheckStatus};

use crate::courses::root;
use crate::verdicts::GRADER;

/// The checks that do not hold, whether they failed or cannot be judged.
fn not_held(drill: &str, file: &str, seed: u64) -> Vec<CheckResult> {
    let path = root().join("solutions").join(drill).join("wrong");
    let drill = drills::find(drill).expect("it can be graded");
    let verdict = GRADER.grade(drill, &path.join(file), seed);
    let mut checks = verdict.expect("the machine is able").checks;
    checks.retain(|check| check.status != CheckStatus::Passed);
    checks
}

/// Their ids.
fn lost(drill: &str, file: &str, seed: u64) -> Vec<String> {
    let checks = not_held(drill, file, seed).into_iter();
    checks.map(|check| check.id).collect()
}

#[test]
fn an_error_by_another_name_is_no_earlier_call_s_by_chance() {
    for seed in [2, 5] {
        let lost = lost("batch_loader", "every_error_is_unavailable.rs", seed);
        assert_eq!(lost, ["errors"], "seed {seed}");
    }
}

#[test]
fn too_many_polls_keep_no_result_from_being_judged() {
    let lost = lost("give_way", "yields_after_each_step.rs", 7);
    assert_eq!(lost, ["goes_on"]);
}

/// What spins through each turn takes all the time there is, and its author would be told of
/// that in each check.
#[test]
fn what_spins_fails_one_check_and_keeps_the_others_from_being_judged() {
    for (drill, file) in [
        ("batch_loader", "spins_for_its_answer.rs"),
        ("inflight_fix", "yield_spinning.rs"),
    ] {
        let not_held = not_held(drill, file, 7);
        let is_failed = |check: &&CheckResult| check.status == CheckStatus::Failed;
        let (failed, skipped): (Vec<_>, Vec<_>) = not_held.iter().partition(is_failed);
        let failed: Vec<&str> = failed.iter().map(|check| &*check.id).collect();
        assert_eq!(failed, ["no_polling"], "{drill}");
        let spared = "cannot be judged while tasks ask to be polled again and again";
        let others: Vec<&CheckResult> = skipped
            .into_iter()
            .filter(|check| check.message != spared)
            .collect();
        assert!(others.is_empty(), "{drill}: {others:?}");
    }
}
