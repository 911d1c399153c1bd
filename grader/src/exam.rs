//! The exam: one submission goes through one drill's checks.
//!
//! Its main type is [`Exam`], which a drill's `examine` is handed. It plays
//! schedules, lets rules judge them, makes failing ones short and decides checks.

mod alone;
mod borrows;
mod deciding;
mod extent;
mod findings;
mod flood;
mod mutant;
mod named;
mod places;
mod plan;
mod shorten;
pub mod trace;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;

pub use deciding::ENDED_EARLY;
use extent::Extent;
pub use findings::{Finding, Findings, violations};
pub use mutant::{Mutant, Rules as RulesSeen};
use named::Named;
use plan::{Place, Plan};
use tree::Tree;

use crate::course::language::Language;
use crate::drive::driver::{Care, Driver, Run};
use play::check::{Check, CheckStatus, Decision};
use play::explore::{self, Coverage, Follow, Next};
use play::judge::{self, Kind, Rules, Violation};
use play::schedule::{Action, Outcome, Turn};
use play::space::{PATIENCE_MICROS, Paths, Spaces};

/// Time passes: a request that waits only for time need not wait any longer.
const PATIENCE: Turn = Turn::full(Action::Pass {
    micros: PATIENCE_MICROS,
});

/// One submission going through one drill's checks.
pub struct Exam<'a> {
    driver: Driver<'a>,
    decisions: BTreeMap<&'static str, Decision>,
    coverage: Coverage,
    crashed: bool,
    out_of_time: bool,
    /// Schedules after which the process was still there.
    survived: usize,
    /// What ended it, for each time that schedules were played.
    lost: Vec<Finding>,
    /// All checks, if the exam may end early.
    checks: &'static [Check],
    /// The required check whose failure ends it early.
    failed: Option<&'static str>,
    /// The checks of which it is enough that one fails.
    enough: Vec<&'static str>,
    /// What is played for them.
    plan: Plan,
    /// The kinds of violation for which a check has failed already.
    failed_for: BTreeSet<Kind>,
    /// The first check that was skipped because of a finding that it does not judge.
    gate: Option<Gate>,
    /// Something was found that was not seen again: it is to begin anew, with this care.
    wanted: Option<Care>,
    /// The kinds of violation that were seen once more.
    seen_again: BTreeSet<Kind>,
    /// One of them is that a task asks to be polled again and again.
    polls_on: bool,
    /// Which check looks at what is found where.
    named: Named,
    /// The rule that is switched off, to see who needs it.
    mutant: Option<Mutant>,
    /// The rules that took part.
    rules_seen: RulesSeen,
    /// The submission's language.
    language: Language,
}

/// A finding because of which a check was skipped.
struct Gate {
    check: &'static str,
    rules: &'static dyn Rules,
    finding: Finding,
}

/// Where someone waits and something is under way for another key, so many of those are
/// answered to see whether that helps.
const OTHERS: usize = 2;

/// A schedule of more turns is not played where tasks poll for ever: each of its requests
/// would use up all the polls that an honest one may need.
const LONG: usize = 60;

/// How many tries are enough if no schedule at all could be played to its end: each
/// costs processes and waits, and will not be judged.
const TRIES: usize = 8;

impl<'a> Exam<'a> {
    /// An exam of the submission that `driver` drives.
    pub fn new(mut driver: Driver<'a>) -> Exam<'a> {
        driver.try_freeing();
        driver.look_for_threads();
        Exam {
            driver,
            decisions: BTreeMap::new(),
            coverage: Coverage::default(),
            crashed: false,
            out_of_time: false,
            survived: 0,
            lost: Vec::new(),
            checks: &[],
            failed: None,
            enough: Vec::new(),
            plan: Plan::default(),
            failed_for: BTreeSet::new(),
            gate: None,
            wanted: None,
            seen_again: BTreeSet::new(),
            polls_on: false,
            named: Named::default(),
            mutant: None,
            rules_seen: RulesSeen::default(),
            language: Language::default(),
        }
    }

    /// The same exam of a submission in this language.
    #[must_use]
    pub fn speaking(mut self, language: Language) -> Exam<'a> {
        self.language = language;
        self
    }

    /// Whether callers can be dropped in the submission's language.
    pub fn drops(&self) -> bool {
        self.language.drops()
    }

    /// The same exam, except that it ends soon after a required one of `checks` has
    /// failed. A right solution has all the time there is.
    #[must_use]
    pub fn ending_early(mut self, checks: &'static [Check]) -> Exam<'a> {
        self.checks = checks;
        self
    }

    /// The same exam, except that it ends once one of these checks has failed.
    #[must_use]
    pub fn until_one_fails(mut self, checks: &[&'static str]) -> Exam<'a> {
        self.enough = checks.to_vec();
        self
    }

    /// Has `examine` put the submission through every check, and once more with more care
    /// where something was found that was not seen again by itself.
    pub fn put_through(&mut self, rules: &dyn Rules, examine: impl Fn(&mut Exam<'a>)) {
        self.rehearse(&examine);
        loop {
            examine(self);
            if !self.wants_more_care() {
                self.decide_what_none_names(rules);
            }
            let Some(care) = self.wanted.take() else {
                self.take_back_what_nothing_shows();
                return;
            };
            self.driver.take(care);
            self.begin_anew();
        }
    }

    /// Forgets what was found and decided.
    fn begin_anew(&mut self) {
        self.named = Named::default();
        self.decisions.clear();
        self.coverage = Coverage::default();
        self.lost.clear();
        self.seen_again.clear();
        self.polls_on = false;
        self.failed_for.clear();
        self.gate = None;
        self.survived = 0;
        self.failed = None;
        self.crashed = false;
    }

    /// Whether it is of no use to play on with as little care.
    fn wants_more_care(&self) -> bool {
        self.wanted.is_some()
    }

    /// How much to play of the next spaces.
    fn extent(&self) -> Extent {
        let driver = &self.driver;
        match driver.care() {
            _ if driver.world().uses_threads() => {
                Extent::left_with_threads(self.coverage.schedules)
            }
            Care::Crowded => Extent::left(driver.threads_of_a_run(), self.coverage.schedules),
            Care::Patient => Extent::patient(driver.threads_of_a_run()),
            Care::Solitary => Extent::solitary(driver.threads_of_a_run()),
        }
    }

    /// The seed of the grading.
    pub fn seed(&self) -> u64 {
        self.driver.seed()
    }

    /// Whether no operation has begun in all runs so far, although runs were played.
    pub fn shows_no_operation(&self) -> bool {
        !self.is_rehearsal() && self.driver.tally().operations == 0
    }

    /// Ends the exam: its driver, its decisions and how much was seen.
    pub fn finish(mut self) -> (Driver<'a>, BTreeMap<&'static str, Decision>, Coverage) {
        let is_failed = |decision: &Decision| decision.status == CheckStatus::Failed;
        let fails = self.decisions.values().any(is_failed);
        if let (false, Some(gate)) = (fails, self.gate.take()) {
            // Nothing is skipped for what no check has failed for.
            if let Some(finding) = self.certain(gate.rules, gate.finding) {
                let decision = self.failed(gate.check, gate.rules, finding);
                self.insert(gate.check, decision);
            }
        }
        (self.driver, self.decisions, self.coverage)
    }

    /// Whether the process ended by itself at least once.
    pub fn crashed(&self) -> bool {
        self.crashed
    }

    /// Whether the time ran out before every schedule was played.
    pub fn is_out_of_time(&self) -> bool {
        self.out_of_time
    }

    /// Plays every schedule of `paths` and lets `rules` judge each.
    #[track_caller]
    pub fn explore(&mut self, rules: &dyn Rules, paths: &dyn Paths) -> Findings {
        self.walk(Location::caller(), rules, &[Tree::whole(paths)])
    }

    /// Plays the schedules of these spaces side by side, so that one message to the worker
    /// moves many of them, and lets `rules` judge each.
    #[track_caller]
    pub fn explore_all(&mut self, rules: &dyn Rules, spaces: &Spaces<'_>) -> Findings {
        let place = Location::caller();
        let enough = self.enough_in(place);
        let seed = self.driver.seed();
        let most = self.extent_in(place).of_one();
        let trees = |member| Tree::of(member, seed, most);
        let members = spaces.members();
        let mut findings = Findings::default();
        if self.language.runs_side_by_side() {
            let all: Vec<Tree<'_>> = members.iter().flat_map(trees).collect();
            findings = self.walk(place, rules, &all);
            if !findings.stopped || findings.out_of_time || members.len() < 2 {
                return findings;
            }
            // What ended that is not to hide what the others show.
        }
        for member in members {
            let trees: Vec<Tree<'_>> = trees(member).collect();
            findings.join(self.walk(place, rules, &trees));
            if findings.has_one_of(&enough) {
                break;
            }
        }
        findings
    }

    fn walk(&mut self, place: Place, rules: &dyn Rules, trees: &[Tree<'_>]) -> Findings {
        if let Some(known) = self.only_rehearsed(place).or_else(|| self.hopeless()) {
            return known;
        }
        let enough = self.enough_in(place);
        let mut findings = Findings::default();
        let drops = self.drops();
        let extent = self.extent_in(place);
        let limit = explore::Limit {
            of_a_tree: extent.of_a_space,
            of_all: extent.of_all,
            sample: extent.sample,
            dice: fastrand::Rng::with_seed(self.driver.seed()),
            // Where not all is played, it is to be a fair sample.
            shuffled: extent.samples(),
        };
        let coverage = explore::explore(
            &mut self.driver,
            trees.len(),
            limit,
            |tree, run: &Run| match findings::is_cut(rules, &run.evidence) {
                true => Follow::End,
                false => trees[tree].choices(&run.evidence, drops),
            },
            |played| match findings.note(rules, played) {
                Next::Continue if findings.has_one_of(&enough) => Next::Stop,
                next => next,
            },
        );
        self.after(rules, &mut findings, coverage);
        findings
    }

    /// Plays one given schedule. If a request is left waiting with no fetch under
    /// way, plays it again with time passing at its end.
    #[track_caller]
    pub fn play(&mut self, rules: &dyn Rules, mut turns: Vec<Turn>) -> Findings {
        let rehearsed = self.only_rehearsed(Location::caller());
        if let Some(known) = rehearsed.or_else(|| self.hopeless()) {
            return known;
        }
        if turns.len() > LONG && self.polls_on {
            return Findings {
                spared: 1,
                ..Findings::default()
            };
        }
        let mut findings = Findings::default();
        let mut coverage = Coverage::default();
        let mut others_left: usize = OTHERS;
        loop {
            let played = self.driver.play_alone(turns.clone());
            findings.note(rules, &played);
            coverage.schedules += 1;
            let evidence = &played.run.evidence;
            let stranded = !evidence.unserved().is_empty();
            let has_waited = turns.last() == Some(&PATIENCE);
            // Does it wait for what is under way for another key? Then that is answered.
            let other = evidence.live().next();
            let other = other.filter(|_| evidence.world().serves_each_key_alone());
            let ends = !stranded || played.failure.is_some();
            if let (Some(operation), true, false, 1..) = (other, has_waited, ends, others_left) {
                others_left -= 1;
                let outcome = Outcome::Value;
                turns.push(Turn::full(Action::Answer { operation, outcome }));
                continue;
            }
            if ends || has_waited {
                self.after(rules, &mut findings, coverage);
                return findings;
            }
            turns.push(PATIENCE);
        }
    }

    /// Whether a check has failed that is all that is asked for.
    fn has_seen_enough(&self) -> bool {
        let mut decisions = self.enough.iter().filter_map(|it| self.decisions.get(it));
        decisions.any(|it| it.status == CheckStatus::Failed)
    }

    /// The reason, for a process that was never seen to survive.
    fn hopeless(&self) -> Option<Findings> {
        if self.wants_more_care() {
            return Some(Findings::default());
        }
        if self.has_seen_enough() {
            return Some(Findings::not_played());
        }
        if self.survived > 0 || self.lost.len() < TRIES {
            return None;
        }
        let mut known = Findings::default();
        for finding in &self.lost {
            known.keep(finding.violation.kind, finding.clone());
        }
        Some(known)
    }

    fn after(&mut self, rules: &dyn Rules, findings: &mut Findings, coverage: Coverage) {
        self.switch_off(findings);
        self.believe(rules, findings);
        self.rules_seen.found.extend(findings.by_kind.keys());
        self.named.found(findings);
        self.coverage.schedules += coverage.schedules;
        self.coverage.pruned += coverage.pruned;
        self.coverage.unexplored += coverage.unexplored;
        self.survived += findings.survived;
        if let Some(failure) = self.driver.failed_closing() {
            // It died while it freed what it kept, which is as much its doing as the rest.
            let nothing = self.driver.blank_evidence(0);
            if let Some(mut violation) = judge::violation_of(failure, &nothing) {
                violation
                    .message
                    .push_str(" (while it was being dropped, with a request waiting)");
                let finding = Finding {
                    turns: Vec::new(),
                    violation,
                    evidence: Some(nothing),
                    is_certain: true,
                };
                findings
                    .by_kind
                    .entry(finding.violation.kind)
                    .or_insert(finding);
            }
        }
        if let Some(message) = self.driver.panicked_closing() {
            let message = format!(
                "it panicked while it was being dropped: {}",
                play::text::one_line(message, 200)
            );
            let finding = Finding {
                turns: Vec::new(),
                violation: Violation {
                    kind: Kind::Panicked,
                    turn: 0,
                    message,
                },
                evidence: Some(self.driver.blank_evidence(0)),
                is_certain: true,
            };
            findings.by_kind.entry(Kind::Panicked).or_insert(finding);
        }
        let of_process = |kind: &Kind| findings.by_kind.get(kind).cloned();
        self.lost
            .extend(Kind::OF_THE_PROCESS.iter().find_map(of_process));
        self.crashed |= findings.by_kind.contains_key(&Kind::Died);
        self.out_of_time |= findings.out_of_time;
    }
}
