//! Makes a failing schedule short, so that a reader meets nothing that does not
//! matter. Whatever is taken away, the same kind of violation must still show.

use super::alone::Seen;
use super::findings::violations;
use super::{Care, Exam, Finding};
use play::evidence::Evidence;
use play::explore;
use play::judge::{Kind, Rules};
use play::schedule::{Action, Settle, Turn, requests_of};

/// The most smaller schedules tried to shorten one that fails.
const SHRINK_ATTEMPTS: usize = 120;

/// The most turns played to shorten a schedule: some have thousands.
const MOST_TURNS: usize = 12_000;

/// The most turns played to shorten a schedule that takes real time.
const SHRINK_TURNS: usize = 500;

/// A schedule that costs a process and a wait is short enough with this many turns.
const SHORT_ENOUGH: usize = 6;

/// The most smaller schedules tried for a schedule that costs a process.
const COSTLY_ATTEMPTS: usize = 2;

impl Exam<'_> {
    /// The same violation by a shorter schedule, with the evidence of it.
    pub(super) fn shortened(&mut self, rules: &dyn Rules, finding: Finding) -> Finding {
        let kind = finding.violation.kind;
        let is_costly = Kind::OF_THE_PROCESS.contains(&kind);
        let attempts = match (is_costly, self.driver.care()) {
            (true, _) if finding.turns.len() <= SHORT_ENOUGH => 0,
            (true, _) => COSTLY_ATTEMPTS,
            (false, Care::Crowded) => SHRINK_ATTEMPTS,
            (false, Care::Patient | Care::Solitary) => SHRINK_TURNS / finding.turns.len().max(1),
        };
        let driver = &mut self.driver;
        let mut turns_left = MOST_TURNS;
        let again = |finding: &Finding| {
            turns_left = turns_left.checked_sub(finding.turns.len())?;
            if driver.is_out_of_time() {
                return None;
            }
            let played = driver.play_alone(finding.turns.clone());
            let violation = violations(rules, &played)
                .into_iter()
                .find(|it| it.kind == kind)?;
            let evidence = played.run.evidence;
            let turns = finding.turns[..(violation.turn + 1).min(finding.turns.len())].to_vec();
            all_happened(&evidence).then_some(Finding {
                turns,
                violation,
                evidence: Some(evidence),
                is_certain: finding.is_certain,
            })
        };
        let candidates = |finding: &Finding| {
            // The evidence of the longer one is not kept, because there are many candidates.
            let with = |turns| Finding {
                turns,
                violation: finding.violation.clone(),
                evidence: None,
                is_certain: finding.is_certain,
            };
            smaller(&finding.turns).into_iter().map(with).collect()
        };
        let shortest = explore::shrink(finding.clone(), attempts, candidates, again);
        if shortest.turns == finding.turns || is_costly {
            return shortest;
        }
        // A replay key must show what it says, on every machine.
        match self.seen_again(rules, &shortest) {
            Seen::Again(again) => *again,
            Seen::Otherwise | Seen::Nothing(_) => finding,
        }
    }
}

/// Whether every turn did what it says. A fetch that does not exist cannot be
/// answered, and a schedule that pretends otherwise would mislead.
fn all_happened(evidence: &Evidence) -> bool {
    let doing = evidence
        .turns()
        .iter()
        .filter(|turn| !matches!(turn.action, Action::Wait | Action::Poll { .. }))
        .count();
    evidence.grader_facts() == doing
}

/// Schedules that are a little simpler than `turns`.
fn smaller(turns: &[Turn]) -> Vec<Vec<Turn>> {
    let mut candidates = Vec::new();
    // The turns that make the instance and set how callers are polled stay.
    let opens = |turn: &&Turn| matches!(turn.action, Action::Make { .. } | Action::Poll { .. });
    let first = turns.iter().take_while(opens).count();
    // Many turns alike, as in "a hundred requests": halve them before removing single ones.
    if turns.len() > 12 {
        for half in [turns.len() / 2, turns.len() / 4] {
            for at in (first..turns.len() - half).step_by(half.max(1)) {
                candidates.push(without(turns, at, half));
            }
        }
    }
    for at in first..turns.len() {
        candidates.push(without(turns, at, 1));
    }
    for at in 0..turns.len() {
        if turns[at].settle != Settle::Fully {
            let mut simpler = turns.to_vec();
            simpler[at].settle = Settle::Fully;
            candidates.push(simpler);
        }
        if let Action::Start { again: true, .. } = turns[at].action {
            candidates.push(asking_once(turns, at));
        }
    }
    candidates
}

/// `turns` without `count` of them from `at` on; later requests are renumbered.
fn without(turns: &[Turn], at: usize, count: usize) -> Vec<Turn> {
    let requests = |turns: &[Turn]| -> u32 { turns.iter().map(requests_of).sum() };
    let before = requests(&turns[..at]);
    let removed = requests(&turns[at..at + count]);
    let mut kept = turns[..at].to_vec();
    for turn in &turns[at + count..] {
        let mut turn = *turn;
        if let Action::HangUp { request, .. } = &mut turn.action {
            if *request > before + removed {
                *request -= removed;
            } else if *request > before {
                continue;
            }
        }
        kept.push(turn);
    }
    kept
}

/// `turns`, with the request at `at` changed so that it is not made again.
fn asking_once(turns: &[Turn], at: usize) -> Vec<Turn> {
    let mut once = without(turns, at, 1);
    let mut turn = turns[at];
    if let Action::Start { again, .. } = &mut turn.action {
        *again = false;
    }
    // Without it, later requests are numbered as if it had never existed.
    let number: u32 = turns[..at].iter().map(requests_of).sum();
    for later in &mut once[at..] {
        if let Action::HangUp { request, .. } = &mut later.action
            && *request > number
        {
            *request += 1;
        }
    }
    once.insert(at, turn);
    once
}

#[cfg(test)]
mod tests {
    use super::*;
    use play::schedule::ReplayKey;

    fn turns(text: &str) -> Vec<Turn> {
        format!("1:x:{text}").parse::<ReplayKey>().unwrap().turns
    }

    #[test]
    fn taking_a_request_away_renumbers_the_later_ones() {
        assert_eq!(
            without(&turns("q7.q7.q8.x3.x1"), 1, 1),
            turns("q7.q8.x2.x1")
        );
        assert_eq!(without(&turns("q7.q7.q8.x2.x3"), 1, 1), turns("q7.q8.x2"));
    }

    #[test]
    fn smaller_schedules_lose_a_turn_or_a_half_settling() {
        let smaller = smaller(&turns("q7.r1+0"));
        assert_eq!(smaller, [turns("r1+0"), turns("q7"), turns("q7.r1")]);
    }
}
