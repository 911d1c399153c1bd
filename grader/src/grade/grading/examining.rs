//! A worker goes through a drill's exam, and what was seen becomes a verdict.

use std::time::Instant;

use crate::build::compile::Compiled;
use crate::course::language::Language;
use crate::drills::{self, Drill};
use crate::drive::limits::Limits;
use crate::drive::tight::{lacks_threads, tight};
use crate::exam::Exam;
use crate::grade::latency::LoopLatency;
use crate::grade::verdict::{CheckResult, CheckStatus, Status, Verdict};
use play::check::Decision;
use play::timeline;

use super::pictures::PASSWORDS;
use super::{GradeError, Grader, millis};

impl Grader {
    pub(super) fn examine(
        &self,
        drill: &dyn Drill,
        (compiled, language): (&Compiled, Language),
        seed: u64,
        verdict: &mut Verdict,
    ) -> Result<(), GradeError> {
        let begun = Instant::now();
        let driver = self.driver(drill, compiled, seed);
        let mut exam = Exam::new(driver)
            .ending_early(drill.checks())
            .until_one_fails(&self.enough)
            .speaking(language);
        exam.put_through(drill.rules(), |exam| drill.examine(exam));
        let (crashed, out_of_time) = (exam.crashed(), exam.is_out_of_time());
        verdict.metrics.unnamed = exam.unnamed().to_vec();
        let (mut driver, decisions, coverage) = exam.finish();
        if self.pictures && drill.world().uses_threads() && language.is_rust() {
            // The verdict is the same without a picture, and only the worker in Rust takes one.
            let picture = driver.watch(PASSWORDS).ok().map(LoopLatency::from);
            verdict.metrics.loop_stall_max_ms = picture.as_ref().map(|it| it.max_ms);
            verdict.metrics.loop_latency = picture;
            verdict.metrics.stub_loop_latency = self.stub_latency(drill);
        }
        if let Some(error) = driver.broken() {
            let error = std::io::Error::new(error.kind(), error.to_string());
            return Err(GradeError::Machine(error));
        }
        verdict.metrics.run_ms = millis(begun);
        verdict.metrics.operations = driver.tally().operations;
        if drill
            .world()
            .kinds()
            .iter()
            .any(|kind| kind.noun == "fetch")
        {
            verdict.metrics.fetches = driver.tally().operations;
        }
        verdict.metrics.schedules = driver.tally().runs;
        verdict.metrics.unexplored = coverage.unexplored as u64;
        verdict.output = driver.output();
        let checks = drills::checks_in(drill, language);
        for (result, check) in verdict.checks.iter_mut().zip(checks.iter()) {
            if let Some(decision) = decisions.get(check.id) {
                let hint = drills::hint(drill, check, language);
                fill(result, decision, &hint, compiled.limits());
            }
            in_words_of(language, result);
        }
        verdict.score = verdict.checks.iter().map(|result| result.points).sum();
        verdict.status = status(&verdict.checks, crashed, out_of_time);
        let ran_short = (crashed || ran_short(verdict)) && !tight().is_empty()
            // A runtime that is refused a thread says nothing, and makes do with those it has.
            || drill.world().uses_threads() && lacks_threads();
        if !verdict.passed() && ran_short {
            let why = "the submission ran into a limit, which may be the machine's";
            return Err(GradeError::Machine(std::io::Error::other(why)));
        }
        Ok(())
    }
}

/// The status of an exam's results.
fn status(results: &[CheckResult], crashed: bool, out_of_time: bool) -> Status {
    let holds = |result: &CheckResult| result.status == CheckStatus::Passed || !result.required;
    let failed = |result: &CheckResult| result.required && result.status == CheckStatus::Failed;
    match () {
        () if results.iter().all(holds) => Status::Passed,
        () if out_of_time && !results.iter().any(failed) => Status::TimedOut,
        () if crashed => Status::Crashed,
        () => Status::Failed,
    }
}

/// Whether the system refused a resource.
fn ran_short(verdict: &Verdict) -> bool {
    let words = [
        "Resource temporarily unavailable",
        "Too many open files",
        "Cannot allocate memory",
    ];
    let short = |check: &CheckResult| words.iter().any(|words| check.message.contains(words));
    verdict.checks.iter().any(short)
}

fn fill(result: &mut CheckResult, decision: &Decision, hint: &str, limits: &Limits) {
    result.status = decision.status;
    result.message.clone_from(&decision.message);
    // What a refused thread looks like from inside the submission.
    if decision
        .message
        .contains("Resource temporarily unavailable")
    {
        let limit = format!(" (a submission may have {} threads here)", limits.threads);
        result.message.push_str(&limit);
    }
    result.timeline = timeline::in_words(&decision.timeline);
    result.moments = decision
        .timeline
        .iter()
        .map(|line| line.moment.clone())
        .collect();
    result.schedule = decision.schedule.as_ref().map(ToString::to_string);
    match decision.status {
        CheckStatus::Passed => result.points = result.max_points,
        CheckStatus::Failed => decision.hint.unwrap_or(hint).clone_into(&mut result.hint),
        CheckStatus::Skipped => {}
    }
}

/// The check's texts in the words of the submission's language.
fn in_words_of(language: Language, result: &mut CheckResult) {
    let texts = [&mut result.title, &mut result.message];
    for text in texts.into_iter().chain(&mut result.timeline) {
        *text = language.says(text);
    }
}
