//! What a class's records say when they are taken together. Counting only: nothing
//! here knows how it is shown.
//!
//! The main type is [`Statistics`], made in one walk over the records. What is kept
//! of each is a few numbers, never a text of its own: where one is shown as an
//! example, its place is kept, and it is read again.

mod alike;
mod checks;
mod not_run;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io;

use sha2::{Digest, Sha256};

use super::Options;
use crate::class::batch::changes;
use crate::class::batch::class::{Class, Line};
use crate::class::batch::record::Record;
use crate::grade::report::junit::Totals;
use crate::grade::verdict::Status;
use play::text::one_line;

pub(super) use alike::Alike;
pub(super) use checks::{CheckOver, Commonest, schedule_form};
pub(super) use not_run::{NotRun, why};

/// Bars of a distribution: ten tenths, and all points.
pub(super) const BARS: usize = 11;

/// The slowest that are told apart.
const SLOWEST: usize = 10;

/// Members of a group that are told apart.
const NAMED: usize = 40;

/// A class in numbers.
#[derive(Debug)]
pub struct Statistics {
    /// As the class has them.
    pub(super) drills: Vec<OfDrill>,
    /// Submissions that were graded themselves, the slowest first.
    pub(super) slowest: Vec<usize>,
    /// Those that are said something else of than before.
    pub(super) changed: Vec<usize>,
    /// Versions of the grader that ran something.
    pub(super) graders: BTreeSet<String>,
    /// Sandboxes in which something ran.
    pub(super) sandboxes: BTreeSet<&'static str>,
    /// Of all cases in `junit.xml`.
    pub(super) cases: Totals,
}

/// One drill in numbers. Places are those of the class's lines.
#[derive(Debug)]
pub(super) struct OfDrill {
    /// How many reached how much: the first ten bars are a tenth of the points each,
    /// the last is all of them.
    pub(super) bars: [usize; BARS],
    /// In the drill's order.
    pub(super) checks: Vec<CheckOver>,
    /// Why something was not run, the commonest reason first.
    pub(super) not_run: Vec<NotRun>,
    /// The largest group first.
    pub(super) alike: Vec<Alike>,
}

/// Some submissions: how many, and the first of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) count: usize,
    pub(super) first: Vec<usize>,
}

impl Group {
    /// Adds one that is told apart, however many there are.
    fn add_all(&mut self, place: usize) {
        self.count += 1;
        self.first.push(place);
    }

    fn add(&mut self, place: usize) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(place);
        }
    }
}

impl Statistics {
    /// Reads every record of a class once.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn of(class: &Class<'_>, options: &Options) -> io::Result<Statistics> {
        let mut drills: Vec<Counting> = class.drills.iter().map(|_| Counting::default()).collect();
        let mut slowest = BTreeSet::new();
        let mut statistics = Statistics {
            drills: Vec::new(),
            slowest: Vec::new(),
            changed: Vec::new(),
            graders: BTreeSet::new(),
            sandboxes: BTreeSet::new(),
            cases: Totals::default(),
        };
        for (place, line) in class.lines.iter().enumerate() {
            let record = class.record(line)?;
            statistics.cases.add(&record.verdict);
            if changes::of(&record).is_some() {
                statistics.changed.push(place);
            }
            if ran(record.verdict.status) {
                let grader = one_line(&record.verdict.grader, 60);
                statistics.graders.insert(grader);
                statistics.sandboxes.insert(record.verdict.sandbox.name());
            }
            if record.same_as.is_none() && millis(&record) > 0 {
                slowest.insert((Reverse(millis(&record)), place));
                if slowest.len() > SLOWEST {
                    slowest.pop_last();
                }
            }
            drills[line.drill].add(place, line, &record);
        }
        statistics.slowest = slowest.into_iter().map(|(_, place)| place).collect();
        statistics.drills = drills
            .into_iter()
            .zip(&class.drills)
            .map(|(counting, drill)| OfDrill {
                bars: counting.bars,
                checks: counting.checks.into_list(),
                not_run: counting.not_run.into_list(),
                alike: counting.alike.into_list(options.known(&drill.slug)),
            })
            .collect();
        Ok(statistics)
    }

    /// Every check that somebody failed: its drill, id and title, and by how many.
    pub fn failed_checks<'a>(
        &'a self,
        class: &'a Class<'_>,
    ) -> impl Iterator<Item = (&'a str, &'a str, &'a str, usize)> {
        let drills = class.drills.iter().zip(&self.drills);
        drills.flat_map(|(drill, numbers)| {
            let failed = numbers.checks.iter().filter(|check| check.failed > 0);
            failed.map(|over| {
                (
                    &*drill.slug,
                    &*over.check.id,
                    &*over.check.title,
                    over.failed,
                )
            })
        })
    }

    /// Places of those that are said something else of than before.
    pub fn changed(&self) -> &[usize] {
        &self.changed
    }
}

/// One drill while it is counted.
#[derive(Default)]
struct Counting {
    bars: [usize; BARS],
    checks: checks::Counting,
    not_run: not_run::Counting,
    alike: alike::Counting,
}

impl Counting {
    fn add(&mut self, place: usize, line: &Line, record: &Record) {
        if line.is_graded() {
            self.bars[bar(line)] += 1;
        }
        if !line.machine_failed() {
            // Of a submission that does not compile nothing is known.
            match ran(line.status) {
                true => self.checks.add(place, record),
                false => self.not_run.add(place, record),
            }
        }
        self.alike.add(place, record);
    }
}

/// The bar that somebody's points belong to.
fn bar(line: &Line) -> usize {
    let most = u64::from(line.max_score).max(1);
    let tenth = u64::from(line.score) * 10 / most;
    usize::try_from(tenth).unwrap_or(BARS).min(BARS - 1)
}

/// Whether anything of it was run.
fn ran(status: Status) -> bool {
    !matches!(
        status,
        Status::CompileError | Status::Rejected | Status::InfraError
    )
}

/// How long it took to compile and run.
fn millis(record: &Record) -> u64 {
    record.verdict.metrics.compile_ms + record.verdict.metrics.run_ms
}

/// Stands for a text that may be long, in little room.
type Mark = [u8; 16];

fn mark(text: &str) -> Mark {
    let digest = Sha256::digest(text);
    std::array::from_fn(|at| digest[at])
}
