//! What is found is believed once it was seen again with that run alone in a fresh worker,
//! played as patiently as if other threads took part. What is not seen again decides nothing:
//! it may be due to the runs beside it, or to those before it in the same worker. Then the
//! whole exam begins anew, with more care.
//!
//! The first finding of each kind is played again at once, a later one only when a check is
//! about to fail by it.

use super::findings::violations;
use super::{Exam, Finding, Findings};
use play::evidence::Evidence;
use play::failure::Failure;
use play::judge::{Kind, Rules};

/// How often a run is played alone before what it showed is given up, where no more care can
/// be taken.
const TRIES: usize = 3;

impl Exam<'_> {
    /// Leaves of `findings` what is seen again.
    pub(super) fn believe(&mut self, rules: &dyn Rules, findings: &mut Findings) {
        for (kind, finding) in std::mem::take(&mut findings.by_kind) {
            if self.wanted.is_some() {
                return;
            }
            let of_the_process = Kind::OF_THE_PROCESS.contains(&kind);
            // Where no more care can be taken, nothing is put off.
            let can_wait = self.driver.care().more().is_some();
            let is_known = self.seen_again.contains(&kind);
            // It would use as much again.
            let used_up = kind == Kind::Died && self.driver.has_used_its_cpu();
            if is_known && (of_the_process || can_wait) || used_up {
                // Each of these costs a process and a wait, and one is like the other.
                let is_certain = of_the_process;
                let finding = Finding {
                    is_certain,
                    ..finding
                };
                findings.by_kind.insert(kind, finding);
                continue;
            }
            match self.seen_again(rules, &finding) {
                Seen::Again(again) => {
                    self.seen_again.insert(kind);
                    let idle = again.evidence.as_ref().is_none_or(Evidence::is_idle);
                    self.polls_on |= kind == Kind::Polling && !idle;
                    findings.by_kind.insert(kind, *again);
                }
                Seen::Nothing(counted) => {
                    findings.out_of_time = true;
                    findings.by_kind.extend(counted.map(|it| (kind, *it)));
                }
                Seen::Otherwise => self.wanted = self.driver.care().more(),
            }
        }
    }

    /// The finding by which a check is to fail, as it was seen again. `None` if it was not;
    /// then the time is used up, or more care is wanted.
    pub(super) fn certain(&mut self, rules: &dyn Rules, finding: Finding) -> Option<Finding> {
        if finding.is_certain {
            return Some(finding);
        }
        match self.seen_again(rules, &finding) {
            Seen::Again(again) => return Some(*again),
            Seen::Nothing(counted) => {
                self.out_of_time = true;
                return counted.map(|it| *it);
            }
            Seen::Otherwise => self.wanted = self.driver.care().more(),
        }
        None
    }

    /// Whether a finding shows once more, alone in a fresh worker; then it is told as it was
    /// seen there.
    pub(super) fn seen_again(&mut self, rules: &dyn Rules, finding: &Finding) -> Seen {
        let tries = match self.driver.care().more() {
            Some(_) => 1,
            None => TRIES,
        };
        let kind = finding.violation.kind;
        for _ in 0..tries {
            let played = self.driver.play_in_a_fresh_worker(finding.turns.clone());
            if matches!(played.failure, Some(Failure::OutOfTime(_))) {
                // What polls and polls uses up the time in which it would be seen again. Its
                // polls were counted, and out of time it passes in no case: so its author is
                // told why.
                let counted = (kind == Kind::Polling).then(|| Finding {
                    is_certain: true,
                    ..finding.clone()
                });
                return Seen::Nothing(counted.map(Box::new));
            }
            let mut shown = violations(rules, &played).into_iter();
            if let Some(violation) = shown.find(|it| it.kind == kind) {
                let shown_by = (violation.turn + 1).min(finding.turns.len());
                return Seen::Again(Box::new(Finding {
                    turns: finding.turns[..shown_by].to_vec(),
                    violation,
                    evidence: Some(played.run.evidence),
                    is_certain: true,
                }));
            }
        }
        Seen::Otherwise
    }
}

/// What came of a run that was played once more.
pub(super) enum Seen {
    /// The same kind of violation.
    Again(Box<Finding>),
    /// Not that.
    Otherwise,
    /// It could not be played: the time is used up. The finding, if it is believed all the same.
    Nothing(Option<Box<Finding>>),
}
