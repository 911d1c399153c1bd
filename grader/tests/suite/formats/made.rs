//! Verdicts made by hand, so that no grading is needed.

use grader::drive::sandbox::Tier;
use grader::grade::verdict::{CheckResult, CheckStatus, Metrics, SCHEMA, Status, Verdict};

/// Every status there is.
pub(crate) const STATUSES: [Status; 7] = [
    Status::Passed,
    Status::Failed,
    Status::CompileError,
    Status::Rejected,
    Status::Crashed,
    Status::TimedOut,
    Status::InfraError,
];

/// The checks of a verdict made here.
pub(crate) const CHECKS: usize = 4;

/// A verdict with this status, on the file `ada.rs`.
pub(crate) fn verdict(status: Status) -> Verdict {
    let not_judged = CheckStatus::Skipped;
    let (passed, failed) = (CheckStatus::Passed, CheckStatus::Failed);
    let statuses = match status {
        Status::Passed => [passed, passed, passed, passed],
        Status::Failed | Status::Crashed => [passed, failed, not_judged, failed],
        Status::TimedOut => [passed, not_judged, not_judged, not_judged],
        _ => [not_judged; CHECKS],
    };
    let checks = [
        check("one_fetch", "one fetch at a time for a user", 30, true),
        check(
            "cached",
            "a row that was fetched once is not fetched again",
            40,
            true,
        ),
        check(
            "leader_dropped",
            "dropping the caller that fetches strands nobody",
            25,
            true,
        ),
        check(
            "bounded_state",
            "failed fetches leave nothing behind",
            5,
            false,
        ),
    ];
    let mut verdict = Verdict {
        schema: SCHEMA,
        drill: "inflight_fix".to_owned(),
        submission: "ada.rs".to_owned(),
        sha256: "ab".repeat(32),
        status,
        score: 0,
        max_score: 100,
        seed: 7,
        grader: "0.1.0".to_owned(),
        language: Default::default(),
        sandbox: Tier::Full,
        checks: checks.to_vec(),
        metrics: Metrics {
            fetches: 100,
            schedules: 550,
            compile_ms: 400,
            run_ms: 350,
            ..Metrics::default()
        },
        diagnostics: String::new(),
        output: String::new(),
    };
    for (check, status) in verdict.checks.iter_mut().zip(statuses) {
        decide(check, status, verdict.status);
        verdict.score += check.points;
    }
    verdict.diagnostics = match status {
        Status::CompileError => {
            "error[E0308]: mismatched types\n  --> ada.rs:12:9\n   |\n12 |     fetches\n   |     ^^^^^^^ expected `u64`, found `usize`\n"
        }
        Status::Rejected => "`ada.rs` is larger than a submission may be",
        Status::InfraError => {
            "cannot compile or run submissions: no space left on device in /srv/secret"
        }
        _ => "",
    }
    .to_owned();
    if matches!(
        status,
        Status::CompileError | Status::Rejected | Status::InfraError
    ) {
        verdict.metrics = Metrics::default();
    } else {
        verdict.output = "cache made\n".to_owned();
    }
    verdict
}

/// A right solution that does not reach the mastery check.
pub(crate) fn passed_without_mastery() -> Verdict {
    let mut verdict = verdict(Status::Passed);
    verdict.drill = "offload".to_owned();
    let mastery = &mut verdict.checks[CHECKS - 1];
    decide(mastery, CheckStatus::Failed, Status::Failed);
    verdict.score -= mastery.max_points;
    verdict
}

/// A check of which nothing is known.
pub(crate) fn check(id: &str, title: &str, max_points: u32, required: bool) -> CheckResult {
    CheckResult {
        id: id.to_owned(),
        title: title.to_owned(),
        required,
        status: CheckStatus::Skipped,
        points: 0,
        max_points,
        message: "not judged".to_owned(),
        hint: String::new(),
        schedule: None,
        timeline: Vec::new(),
        moments: Vec::new(),
    }
}

fn decide(check: &mut CheckResult, status: CheckStatus, verdict: Status) {
    check.status = status;
    match status {
        CheckStatus::Passed => {
            check.message.clear();
            check.points = check.max_points;
        }
        CheckStatus::Failed => {
            check.points = 0;
            check.message = match verdict {
                Status::Crashed => "request 2 panicked: already borrowed (ada.rs:26)",
                _ => "fetch 2 began for user 7, whose row had already been fetched",
            }
            .to_owned();
            check.hint = "who may run between the answer and the row?".to_owned();
            check.schedule = Some(format!("7:{}:q7.r1+0.q7", check.id));
            check.timeline = vec![
                "request 1 asks for user 7".to_owned(),
                "  fetch 1 begins, for user 7".to_owned(),
                format!("=> {}", check.message),
            ];
        }
        CheckStatus::Skipped => {}
    }
}
