//! The statistics of a class's records. This only counts; nothing here knows how
//! it is shown.
//!
//! The main type is [`Statistics`], made in one walk over the records. A few
//! numbers of each are kept, never its texts: for an example, the index of the
//! record is kept, and the record is read again.

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

/// How many of the slowest are listed.
const SLOWEST: usize = 10;

/// How many members of a group are listed.
const NAMED: usize = 40;

/// A class in numbers.
#[derive(Debug)]
pub struct Statistics {
    /// The drills, as in the class.
    pub(super) drills: Vec<OfDrill>,
    /// Submissions that were graded themselves, the slowest first.
    pub(super) slowest: Vec<usize>,
    /// The submissions whose verdict has changed.
    pub(super) changed: Vec<usize>,
    /// Versions of the grader that ran something.
    pub(super) graders: BTreeSet<String>,
    /// Sandboxes in which something ran.
    pub(super) sandboxes: BTreeSet<&'static str>,
    /// The totals of all cases in `junit.xml`.
    pub(super) cases: Totals,
}

/// One drill in numbers. Indexes are those of the class's lines.
#[derive(Debug)]
pub(super) struct OfDrill {
    /// How many submissions reached which share: each of the first ten bars is a
    /// tenth of the points, the last is all points.
    pub(super) bars: [usize; BARS],
    /// The checks, in the drill's order.
    pub(super) checks: Vec<CheckOver>,
    /// Why submissions were not run, the commonest reason first.
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
    /// Adds one that is listed, however many there are.
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

    /// Every check that was failed: its drill, id and title, and how many failed it.
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

    /// Indexes of the submissions whose verdict has changed.
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
            // Nothing is known of a submission that does not compile.
            match ran(line.status) {
                true => self.checks.add(place, record),
                false => self.not_run.add(place, record),
            }
        }
        self.alike.add(place, record);
    }
}

/// The bar that a number of points belongs to.
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

/// A hash that stands for a text, which may be long.
type Mark = [u8; 16];

fn mark(text: &str) -> Mark {
    let digest = Sha256::digest(text);
    std::array::from_fn(|at| digest[at])
}
