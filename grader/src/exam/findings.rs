//! The findings of an exam: [`Findings`] keeps, for each kind of violation, the
//! shortest schedule known to show it.

use std::collections::{BTreeMap, BTreeSet};

use crate::drive::driver::Driver;
use play::evidence::Evidence;
use play::explore::{Next, Played};
use play::failure::Failure;
use play::judge::{self, Kind, Rules, Violation};
use play::schedule::{Action, Settle, Turn};

/// A violation and the shortest schedule known to show it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The schedule, up to the turn in which the violation shows.
    pub turns: Vec<Turn>,
    /// The violation.
    pub violation: Violation,
    /// The run in which it was seen.
    pub(super) evidence: Option<Evidence>,
    /// Whether that run was played alone, or need not be.
    pub(super) is_certain: bool,
}

/// Why a check is not judged for want of time.
pub(super) const OUT_OF_TIME: &str = "the time limit was reached before everything was seen";

/// Why a check is not judged by runs that were spared.
const SPARED: &str = "cannot be judged while tasks ask to be polled again and again";

/// In so many turns of a run a task asked to be polled again and again: by then it is known, and
/// each more costs as much as a hundred honest turns.
const MOST_SPUN: usize = 3;

/// So many such runs of a space are enough.
const MOST_SPARED: usize = 10;

/// Whether a run is not played on because tasks ask to be polled again and again.
pub(super) fn is_cut(rules: &dyn Rules, evidence: &Evidence) -> bool {
    rules.minds_polling() && evidence.spun() >= MOST_SPUN
}

/// The findings in the schedules of one space: the shortest schedule for each
/// kind of violation.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    pub(super) by_kind: BTreeMap<Kind, Finding>,
    pub(super) out_of_time: bool,
    /// How many runs were not played, or not to their end, because it would have taken long to see
    /// what is known.
    pub(super) spared: usize,
    /// Not all was played, because one schedule shows what the others would, or ended the
    /// process.
    pub(super) stopped: bool,
    /// The numbers of the spaces that they are of.
    pub(super) spaces: BTreeSet<usize>,
    /// Schedules after which the process was still there.
    pub(super) survived: usize,
}

impl Findings {
    /// Whether a violation of this kind was found.
    pub fn has(&self, kind: Kind) -> bool {
        self.by_kind.contains_key(&kind)
    }

    /// Whether a violation of one of these kinds was found.
    pub(super) fn has_one_of(&self, kinds: &BTreeSet<Kind>) -> bool {
        kinds.iter().any(|kind| self.has(*kind))
    }

    /// The findings in a space of which nothing was played.
    pub(super) fn not_played() -> Findings {
        Findings {
            out_of_time: true,
            ..Findings::default()
        }
    }

    /// Adds the findings of other schedules.
    pub fn join(&mut self, other: Findings) {
        self.out_of_time |= other.out_of_time;
        self.spared += other.spared;
        self.survived += other.survived;
        self.spaces.extend(&other.spaces);
        for (kind, finding) in other.by_kind {
            self.keep(kind, finding);
        }
    }

    /// These findings and those of other schedules.
    pub fn with(&self, other: Findings) -> Findings {
        let mut both = self.clone();
        both.join(other);
        both
    }

    /// The findings of all other kinds.
    #[must_use]
    pub fn without(mut self, kinds: &[Kind]) -> Findings {
        self.by_kind.retain(|kind, _| !kinds.contains(kind));
        self
    }

    /// The findings of these kinds.
    pub fn only(&self, kinds: &[Kind]) -> Findings {
        let of_them = |(kind, _): &(&Kind, &Finding)| kinds.contains(kind);
        let by_kind = self.by_kind.iter().filter(of_them);
        Findings {
            by_kind: by_kind.map(|(kind, it)| (*kind, it.clone())).collect(),
            spaces: self.spaces.clone(),
            ..Findings::default()
        }
    }

    /// Why not everything was seen, if something was not.
    pub(super) fn incomplete(&self) -> Option<String> {
        if self.out_of_time {
            return Some(OUT_OF_TIME.to_owned());
        }
        if self.spared > 0 {
            return Some(SPARED.to_owned());
        }
        let ended = Kind::OF_THE_PROCESS
            .iter()
            .find_map(|kind| self.by_kind.get(kind));
        ended.map(|finding| format!("cannot be judged: {}", finding.violation.message))
    }

    pub(super) fn keep(&mut self, kind: Kind, finding: Finding) {
        let is_better = |known: &Finding| is_simpler(&finding.turns, &known.turns);
        if self.by_kind.get(&kind).is_none_or(is_better) {
            self.by_kind.insert(kind, finding);
        }
    }

    pub(super) fn note(&mut self, rules: &dyn Rules, played: &Played<Driver<'_>>) -> Next {
        let turns = played.run.evidence.turns();
        let mut restless = false;
        self.spared += usize::from(is_cut(rules, &played.run.evidence));
        for violation in violations(rules, played) {
            let turns = turns[..(violation.turn + 1).min(turns.len())].to_vec();
            restless |= violation.kind == Kind::Restless;
            let of_process = Kind::OF_THE_PROCESS.contains(&violation.kind);
            let costly = of_process && played.failure.is_some();
            let evidence = costly.then(|| played.run.evidence.clone());
            self.keep(
                violation.kind,
                Finding {
                    turns,
                    violation,
                    evidence,
                    is_certain: false,
                },
            );
        }
        let next = match played.failure {
            // One is enough: all of them are long and would be cut in the same place.
            None if restless => Next::Stop,
            None => {
                self.survived += 1;
                Next::Continue
            }
            Some(Failure::OutOfTime(_)) => {
                self.out_of_time = true;
                Next::Stop
            }
            Some(Failure::NotPlayed) => Next::Unplayed,
            // One is enough: each costs a process and a wait.
            Some(_) => Next::Stop,
        };
        self.stopped |= next == Next::Stop;
        match self.spared < MOST_SPARED {
            true => next,
            false => Next::Stop,
        }
    }
}

/// Whether a schedule is shorter than another, or as long and more easily followed: operations
/// are answered in the order they began, and before the next request starts. So what is told
/// depends on no order in which schedules are played.
fn is_simpler(turns: &[Turn], than: &[Turn]) -> bool {
    let rank = |turn: &Turn| {
        let (what, number) = match turn.action {
            Action::Answer { operation, .. } => (0, operation),
            Action::HangUp { request, .. } => (1, request),
            Action::Start { .. } => (3, 0),
            _ => (2, 0),
        };
        (turn.settle != Settle::Fully, what, number)
    };
    let by_rank = || turns.iter().map(rank).cmp(than.iter().map(rank));
    turns.len().cmp(&than.len()).then_with(by_rank).is_lt()
}

/// Every violation of a run, its worker's failure included.
pub fn violations(rules: &dyn Rules, played: &Played<Driver<'_>>) -> Vec<Violation> {
    let evidence = &played.run.evidence;
    let mut violations = rules.judge(evidence);
    let failure = played.failure.as_ref();
    if is_cut(rules, evidence) {
        // Where it was cut, it may look as if nothing came of what had begun. What had shown by
        // then stands.
        let last = evidence.turns().len().saturating_sub(1);
        violations.retain(|it| it.kind == Kind::Polling || it.turn < last);
    }
    violations.extend(evidence.restless().map(|message| Violation {
        kind: Kind::Restless,
        turn: evidence.turns().len().saturating_sub(1),
        message,
    }));
    violations.extend(evidence.ended_by().map(|(turn, message)| Violation {
        kind: Kind::Panicked,
        turn,
        message: message.to_owned(),
    }));
    let of_process = failure.and_then(|failure| judge::violation_of(failure, evidence));
    violations.extend(of_process.map(|mut violation| {
        rules.describe(&mut violation, evidence);
        violation
    }));
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turns(key: &str) -> Vec<Turn> {
        let key = format!("7:kept:{key}");
        key.parse::<play::schedule::ReplayKey>().unwrap().turns
    }

    #[test]
    fn the_shorter_schedule_is_told_and_of_two_as_long_the_one_more_easily_followed() {
        for (told, other) in [
            ("q7.q7.r1", "q7.r1.q7.r2"),
            ("q7.r1.q7.r2", "q7.q7.r1.r2"),
            ("q7.q7.r1.r2", "q7.q7.r2.r1"),
            ("q7.r1.q7", "q7.x1.q7"),
            ("q7.q7.r2", "q7.q7+0.r1"),
        ] {
            assert!(is_simpler(&turns(told), &turns(other)), "{told}");
            assert!(!is_simpler(&turns(other), &turns(told)), "{other}");
        }
        assert!(!is_simpler(&turns("q7.r1"), &turns("q7.r1")));
    }
}
