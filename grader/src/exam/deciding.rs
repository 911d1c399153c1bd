//! How checks are decided: by what was found, unless another check tells of it.

use std::time::Duration;

use super::{Exam, Finding, Findings, Gate, borrows, findings, named};
use play::check::{Check, CheckStatus, Decision};
use play::evidence::Evidence;
use play::failure::Failure;
use play::judge::{Kind, Rules};
use play::schedule::{Action, Polled, ReplayKey, Turn};
use play::timeline::{self, Line};

/// What the message of a check says that was not judged because the exam ended early, by the
/// clock.
pub const ENDED_EARLY: &str = "so long that the exam ended early";

/// How long an exam goes on after a required check has failed; most end sooner.
const ENOUGH: Duration = Duration::from_secs(6);

/// The hint where the loop stops, whatever the check asks for.
const STOPPED: &str = "what on the loop's thread waits for something that only the loop could bring about: a lock, a channel, another thread?";

/// What is to be said of a request that was not woken where each poll has its own waker.
const ONLY_THE_LAST_WAKER: &str =
    "; each of its polls came with a waker of its own, and only that of the last one wakes it";

impl Exam<'_> {
    /// Decides `check`: it fails when `findings` hold one of `kinds`, else passes.
    /// When the process ended before all was seen, it can at best not be judged.
    pub fn decide(
        &mut self,
        check: &'static str,
        rules: &'static dyn Rules,
        findings: &Findings,
        kinds: &[Kind],
    ) {
        self.decide_beyond(check, rules, findings, kinds, &Findings::default());
    }

    /// The same, where kinds of violation that `known` holds, and for which a check has
    /// failed, are that check's affair. Some of them hide what comes after them: with
    /// nothing else against it, the check then cannot be judged.
    pub fn decide_beyond(
        &mut self,
        check: &'static str,
        rules: &'static dyn Rules,
        findings: &Findings,
        kinds: &[Kind],
        known: &Findings,
    ) {
        self.plan.decided(check, findings, kinds);
        self.named.decided(check, findings, kinds);
        self.rules_seen.named.extend(kinds);
        let found = |kind: &&Kind| findings.has(**kind);
        // What no check has failed for is nobody else's affair, however well known.
        let is_known = |kind: &Kind| known.has(*kind) && self.failed_for.contains(kind);
        let new = |kind: &&Kind| !is_known(kind) || Kind::OF_THE_PROCESS.contains(kind);
        let relevant = kinds
            .iter()
            .filter(new)
            .filter_map(|kind| findings.by_kind.get(kind));
        let first = relevant.min_by_key(|finding| finding.turns.len());
        if let Some(finding) = first {
            let Some(finding) = self.certain(rules, finding.clone()) else {
                return self.skip(check, findings::OUT_OF_TIME);
            };
            self.decide_against(check, rules, finding);
            self.failed_for.extend(kinds.iter().filter(found));
        } else if let Some(why) = self.why_ended(findings.out_of_time) {
            self.skip(check, &why);
        } else if let Some(why) = findings.incomplete() {
            self.skip_for(&Kind::OF_THE_PROCESS, check, rules, findings, &why);
        } else if kinds
            .iter()
            .any(|kind| found(&kind) && Kind::BLINDING.contains(kind))
        {
            self.skip(check, "cannot be judged before the checks above hold");
        } else if findings.has(Kind::Panicked) {
            // A request that ends in a panic proves nothing else.
            let why = "cannot be judged while requests panic";
            self.skip_for(&[Kind::Panicked], check, rules, findings, why);
        } else {
            self.pass(check);
        }
    }

    /// Notes that a check cannot be judged because of a finding of one of these kinds: some
    /// other check has to fail for it, or this one will.
    fn skip_for(
        &mut self,
        kinds: &[Kind],
        check: &'static str,
        rules: &'static dyn Rules,
        findings: &Findings,
        why: &str,
    ) {
        let finding = kinds.iter().find_map(|kind| findings.by_kind.get(kind));
        if let (None, Some(finding)) = (&self.gate, finding) {
            let finding = finding.clone();
            self.gate = Some(Gate {
                check,
                rules,
                finding,
            });
        }
        self.skip(check, why);
    }

    /// Fails `check`, unless an earlier one failed for the very same reason.
    pub(super) fn decide_against(
        &mut self,
        check: &'static str,
        rules: &dyn Rules,
        finding: Finding,
    ) {
        let new_panicked = format!("`{}` panicked", self.driver.world().constructor());
        let same = |decision: &Decision| {
            let key = decision.schedule.as_ref();
            let process = Kind::OF_THE_PROCESS.contains(&finding.violation.kind);
            let constructor = finding.violation.message.starts_with(&new_panicked);
            let restless = finding.violation.kind == Kind::Restless;
            let panic = borrows::is_same_panic(&decision.message, &finding.violation);
            decision.status == CheckStatus::Failed
                && (panic || decision.message == finding.violation.message)
                && (panic
                    || constructor
                    || restless
                    || process && key.is_none_or(|key| key.turns == finding.turns))
        };
        if let Some((known, _)) = self.decisions.iter().find(|(_, decision)| same(decision)) {
            let why = format!("cannot be judged: see `{known}`");
            return self.skip(check, &why);
        }
        let kind = finding.violation.kind;
        let mut decision = self.failed(check, rules, finding);
        if let (Some(about), Some(key)) = (named::about(check), &mut decision.schedule)
            && !key.turns.iter().any(about)
        {
            // It shows without what this check is about, so another one tells of it, or has told.
            let is_same = |(_, known): &(&&'static str, &Decision)| {
                known.status == CheckStatus::Failed
                    && known.message == decision.message
                    && known
                        .schedule
                        .as_ref()
                        .is_some_and(|it| it.turns == key.turns)
            };
            if let Some((known, _)) = self.decisions.iter().find(is_same) {
                let why = format!("cannot be judged: see `{known}`");
                return self.skip(check, &why);
            }
            if let Some(owner) = self.owner(check, kind) {
                key.check = owner.to_owned();
                self.insert(owner, decision);
                return self.skip(check, &format!("cannot be judged: see `{owner}`"));
            }
        }
        self.insert(check, decision);
    }

    pub(super) fn insert(&mut self, check: &'static str, decision: Decision) {
        let decision = self.unless_switched_off(check, decision);
        let is_required = || self.checks.iter().any(|it| it.id == check && it.required);
        let has_failed = decision.status == CheckStatus::Failed && is_required();
        if has_failed && self.driver.end_by(ENOUGH) {
            self.failed = Some(check);
        }
        self.decisions.insert(check, decision);
    }

    /// Why schedules were not played, if the exam ended early.
    fn why_ended(&self, out_of_time: bool) -> Option<String> {
        let failed = self.failed.filter(|_| out_of_time)?;
        Some(format!(
            "not judged: `{failed}` has failed, and runs of this submission take {ENDED_EARLY}"
        ))
    }

    /// Notes that every check not decided yet cannot be judged.
    pub fn skip_undecided(&mut self, checks: &[Check], why: &str) {
        for check in checks {
            if !self.decisions.contains_key(check.id) {
                self.skip(check.id, why);
            }
        }
    }

    /// Where no run showed anything, nothing was seen that could speak for a submission.
    pub(super) fn take_back_what_nothing_shows(&mut self) {
        if !self.driver.tally().has_shown {
            let why = format!("cannot be judged: {}", self.driver.world().showed_nothing());
            self.take_back(&why);
        }
    }

    /// Notes that what has passed so far cannot be judged after all, and why.
    pub fn take_back(&mut self, why: &str) {
        let passed = |(check, decision): (&&'static str, &Decision)| {
            (decision.status == CheckStatus::Passed).then_some(*check)
        };
        let passed: Vec<&'static str> = self.decisions.iter().filter_map(passed).collect();
        for check in passed {
            self.skip(check, why);
        }
    }

    /// Notes that a check held.
    pub fn pass(&mut self, check: &'static str) {
        self.note(check, CheckStatus::Passed, String::new());
    }

    /// Notes that a check cannot be judged, and why.
    pub fn skip(&mut self, check: &'static str, why: &str) {
        self.note(check, CheckStatus::Skipped, why.to_owned());
    }

    /// Notes that a check did not hold, for a reason that no schedule shows.
    pub fn fail(&mut self, check: &'static str, message: String, timeline: Vec<Line>) {
        self.note(check, CheckStatus::Failed, message);
        if let Some(decision) = self.decisions.get_mut(check) {
            decision.timeline = timeline;
        }
    }

    /// Notes that a worker failed while a check was made without a schedule.
    pub fn fail_by(&mut self, check: &'static str, failure: &Failure) {
        self.crashed |= matches!(failure, Failure::Died(_));
        if matches!(failure, Failure::OutOfTime(_)) {
            self.out_of_time = true;
            let why = self.why_ended(true);
            self.skip(check, &why.unwrap_or_else(|| failure.to_string()));
        } else {
            self.fail(check, failure.to_string(), Vec::new());
            let hint = matches!(failure, Failure::Blocked(_)).then_some(STOPPED);
            if let Some(decision) = self.decisions.get_mut(check) {
                decision.hint = hint.or(decision.hint);
            }
        }
    }

    /// Whether `check` was decided and held.
    pub fn has_passed(&self, check: &str) -> bool {
        self.decisions
            .get(check)
            .is_some_and(|decision| decision.status == CheckStatus::Passed)
    }

    fn note(&mut self, check: &'static str, status: CheckStatus, message: String) {
        let decision = Decision {
            status,
            message,
            schedule: None,
            timeline: Vec::new(),
            hint: None,
        };
        self.insert(check, decision);
    }

    /// The decision that `finding` fails `check`, its schedule made short first.
    pub(super) fn failed(&mut self, check: &str, rules: &dyn Rules, finding: Finding) -> Decision {
        // Where it is enough that it fails, nobody reads why. A shorter schedule may still show
        // whose violation it is.
        let is_read = !self.enough.contains(&check) || named::about(check).is_some();
        let finding = match is_read {
            true => self.shortened(rules, finding),
            false => finding,
        };
        let Finding {
            turns,
            violation,
            evidence,
            ..
        } = finding;
        let with_places = is_read.then(|| self.with_places(rules, &turns, &violation));
        let evidence = with_places.flatten().or(evidence);
        let held = evidence
            .as_ref()
            .and_then(|it| borrows::still_held(it, &violation));
        let mut violation = violation;
        let held_hint = held.is_some().then_some(borrows::HINT);
        violation.message.extend(held);
        let is_polled_anew = |turn: &Turn| {
            let polled = Polled::ByNewWakers;
            turn.action == Action::Poll { polled }
        };
        if violation.kind == Kind::Hang && turns.iter().any(is_polled_anew) {
            violation.message.push_str(ONLY_THE_LAST_WAKER);
        }
        let told =
            |evidence: Evidence| timeline::tell(&evidence.up_to(violation.turn), Some(&violation));
        let key = ReplayKey {
            seed: self.driver.seed(),
            check: check.to_owned(),
            turns,
        };
        Decision {
            status: CheckStatus::Failed,
            timeline: evidence.map(told).unwrap_or_default(),
            hint: held_hint,
            message: violation.message,
            schedule: (!key.turns.is_empty()).then_some(key),
        }
    }
}
