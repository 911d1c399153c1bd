//! Which check looks at what is found where. A kind of violation that is found in a space, and
//! that no check of that space names, would otherwise count for nothing.

use std::collections::BTreeMap;

use super::{Exam, Finding, Findings};
use play::check::CheckStatus;
use play::judge::{Kind, Rules};
use play::schedule::{Action, Outcome, Turn};

/// What was found in each space, and what was decided by it.
#[derive(Debug, Default)]
pub(super) struct Named {
    spaces: usize,
    unnamed: BTreeMap<(usize, Kind), Finding>,
    /// The checks that were decided by a space.
    checks: BTreeMap<usize, Vec<&'static str>>,
    /// The check that was first decided by a kind of violation.
    owners: BTreeMap<Kind, &'static str>,
    /// What was left to the net, as the audit tells it.
    caught: Vec<String>,
}

impl Named {
    /// What was found in one more space.
    pub(super) fn found(&mut self, findings: &mut Findings) {
        self.spaces += 1;
        findings.spaces.insert(self.spaces);
        for (kind, finding) in &findings.by_kind {
            self.unnamed.insert((self.spaces, *kind), finding.clone());
        }
    }

    /// A check is decided by these kinds, whatever comes of it.
    pub(super) fn decided(&mut self, check: &'static str, findings: &Findings, kinds: &[Kind]) {
        for kind in kinds {
            self.owners.entry(*kind).or_insert(check);
        }
        for space in &findings.spaces {
            for kind in kinds {
                self.unnamed.remove(&(*space, *kind));
            }
            self.checks.entry(*space).or_default().push(check);
        }
    }
}

/// The turns that a check is about, as its name says: those in which a caller is dropped, or
/// something panics. `None` if it is about something else.
pub(super) fn about(check: &str) -> Option<fn(&Turn) -> bool> {
    if check.contains("dropped") {
        Some(|turn| matches!(turn.action, Action::HangUp { .. } | Action::Discard))
    } else if check == "panic_contained" {
        Some(
            |turn| matches!(turn.action, Action::Answer { outcome, .. } if outcome == Outcome::Panic),
        )
    } else {
        None
    }
}

impl Exam<'_> {
    /// The check that a violation belongs to which was found for `check`, but shows without what
    /// that one is about. It holds so far.
    pub(super) fn owner(&self, check: &'static str, kind: Kind) -> Option<&'static str> {
        let owner = *self.named.owners.get(&kind)?;
        (owner != check && self.has_passed(owner)).then_some(owner)
    }

    /// These kinds are not asked for in what was played here: no check is to name them.
    pub fn leave_out(&mut self, findings: &Findings, kinds: &[Kind]) {
        for space in &findings.spaces {
            for kind in kinds {
                self.named.unnamed.remove(&(*space, *kind));
            }
        }
    }

    /// Findings that no check named, for the author who mends the drill.
    pub fn unnamed(&self) -> &[String] {
        &self.named.caught
    }

    /// What was found and named by no check of its space fails the first check that was
    /// decided by that space. Where something has failed anyway, it may be the same mistake.
    pub(super) fn decide_what_none_names(&mut self, rules: &dyn Rules) {
        let has_failed = |it: &play::check::Decision| it.status != CheckStatus::Passed;
        if self.decisions.values().any(has_failed) {
            return;
        }
        for ((space, kind), finding) in std::mem::take(&mut self.named.unnamed) {
            let Some(check) = self
                .named
                .checks
                .get(&space)
                .and_then(|checks| checks.first())
            else {
                continue;
            };
            let check = *check;
            let Some(finding) = self.certain(rules, finding) else {
                continue;
            };
            let told = format!(
                "`{check}` does not name `{kind:?}`: {}",
                finding.violation.message
            );
            self.named.caught.push(told);
            self.decide_against(check, rules, finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_shown(check: &str, key: &str) -> Option<bool> {
        let key = format!("7:{check}:{key}");
        let turns = key.parse::<play::schedule::ReplayKey>().unwrap().turns;
        about(check).map(|it| turns.iter().any(it))
    }

    #[test]
    fn a_check_about_drops_or_panics_is_shown_by_one() {
        assert_eq!(is_shown("leader_dropped", "q7.q7.x1"), Some(true));
        assert_eq!(is_shown("dropped", "q7.q7.r1"), Some(false));
        assert_eq!(is_shown("panic_contained", "q7.p1"), Some(true));
        assert_eq!(is_shown("panic_contained", "q7.q7.x2"), Some(false));
        assert_eq!(is_shown("one_fetch", "q7.x1"), None);
    }
}
