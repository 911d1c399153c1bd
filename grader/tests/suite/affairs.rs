//! Whose affair a mistake is: it fails the check that it belongs to, and costs no other's points.

use grader::drills;
use grader::grade::verdict::CheckStatus;

use crate::courses::root;
use crate::verdicts::GRADER;

/// The checks that do not hold, whether they failed or cannot be judged.
fn lost(drill: &str, file: &str, seed: u64) -> Vec<String> {
    let path = root().join("solutions").join(drill).join("wrong");
    let drill = drills::find(drill).expect("it can be graded");
    let verdict = GRADER.grade(drill, &path.join(file), seed);
    let checks = verdict.expect("the machine is able").checks.into_iter();
    let is_lost = |status: CheckStatus| status != CheckStatus::Passed;
    let lost = checks.filter(|check| is_lost(check.status));
    lost.map(|check| check.id).collect()
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
