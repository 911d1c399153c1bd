//! What a class's records say when they are taken together. Counting only: nothing
//! here knows how it is shown.

use std::collections::BTreeMap;

use super::{KnownShape, Options};
use crate::batch::record::{Class, Record, Student};
use crate::verdict::{CheckResult, CheckStatus, Status};

/// Bars of a distribution: ten tenths, and all points.
pub(super) const BARS: usize = 11;

/// The students in their order, each with their records.
pub(super) fn by_student(class: &Class) -> Vec<(&Student, Vec<&Record>)> {
    let mut students: Vec<(&Student, Vec<&Record>)> = Vec::new();
    for record in &class.records {
        match students.last_mut() {
            Some((student, records)) if *student == &record.student => records.push(record),
            _ => students.push((&record.student, vec![record])),
        }
    }
    students
}

/// The records of a drill that were graded: what could not be says nothing.
pub(super) fn graded<'a>(class: &'a Class, drill: &str) -> Vec<&'a Record> {
    let of_it = class.records.iter().filter(|record| record.drill == drill);
    of_it
        .filter(|record| record.verdict.status != Status::InfraError)
        .collect()
}

/// How many reached how much: the first ten bars are a tenth of the points each, the
/// last is all of them.
pub(super) fn distribution(records: &[&Record]) -> [usize; BARS] {
    let mut bars = [0; BARS];
    for record in records {
        let most = u64::from(record.verdict.max_score).max(1);
        let tenth = u64::from(record.verdict.score) * 10 / most;
        let bar = usize::try_from(tenth).unwrap_or(BARS).min(BARS - 1);
        bars[bar] += 1;
    }
    bars
}

/// One check over a class.
#[derive(Debug)]
pub(super) struct CheckOver<'a> {
    pub(super) check: &'a CheckResult,
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
    /// The schedule that most who failed it have in common.
    pub(super) commonest: Option<Commonest<'a>>,
}

/// A failing schedule that several share.
#[derive(Debug)]
pub(super) struct Commonest<'a> {
    pub(super) count: usize,
    pub(super) record: &'a Record,
    pub(super) check: &'a CheckResult,
}

/// Every check of a drill, in its order. Only what ran is counted: of a submission
/// that does not compile nothing is known.
pub(super) fn checks<'a>(records: &[&'a Record]) -> Vec<CheckOver<'a>> {
    let ran: Vec<&Record> = records
        .iter()
        .copied()
        .filter(|record| ran(record))
        .collect();
    let mut checks: Vec<CheckOver<'a>> = Vec::new();
    let mut failures: BTreeMap<(&str, String), Vec<(&'a Record, &'a CheckResult)>> =
        BTreeMap::new();
    for record in ran {
        for check in &record.verdict.checks {
            let place = checks.iter().position(|over| over.check.id == check.id);
            let place = place.unwrap_or_else(|| {
                checks.push(CheckOver {
                    check,
                    passed: 0,
                    failed: 0,
                    skipped: 0,
                    commonest: None,
                });
                checks.len() - 1
            });
            match check.status {
                CheckStatus::Passed => checks[place].passed += 1,
                CheckStatus::Skipped => checks[place].skipped += 1,
                CheckStatus::Failed => {
                    checks[place].failed += 1;
                    let alike = failures.entry((&check.id, form(check))).or_default();
                    alike.push((record, check));
                }
            }
        }
    }
    for ((id, _), alike) in failures {
        let over = checks.iter_mut().find(|over| over.check.id == id);
        let (Some(over), Some((record, check))) = (over, alike.first()) else {
            continue;
        };
        let count = alike.len();
        if over
            .commonest
            .as_ref()
            .is_none_or(|most| most.count < count)
        {
            over.commonest = Some(Commonest {
                count,
                record,
                check,
            });
        }
    }
    checks
}

/// Whether anything of it was run.
pub(super) fn ran(record: &Record) -> bool {
    !matches!(
        record.verdict.status,
        Status::CompileError | Status::Rejected | Status::InfraError
    )
}

/// What two failures of a check have in common when they are the same mistake: the
/// turns of the schedule, whoever the users in it are. Rows and ids come from the seed.
fn form(check: &CheckResult) -> String {
    let Some(key) = &check.schedule else {
        return check
            .message
            .replace(|letter: char| letter.is_ascii_digit(), "#");
    };
    let turns = key.splitn(3, ':').nth(2).unwrap_or(key);
    let mut users: Vec<&str> = Vec::new();
    let mut form = String::new();
    for turn in turns.split('.') {
        let Some(rest) = turn.strip_prefix('q') else {
            form.push_str(&format!(".{turn}"));
            continue;
        };
        let digits = rest.len()
            - rest
                .trim_start_matches(|letter: char| letter.is_ascii_digit())
                .len();
        let (user, rest) = rest.split_at(digits);
        let number = users.iter().position(|known| *known == user);
        let number = number.unwrap_or_else(|| {
            users.push(user);
            users.len() - 1
        });
        form.push_str(&format!(".q#{number}{rest}"));
    }
    form
}

/// Submissions that were graded themselves, the slowest first.
pub(super) fn slowest(class: &Class, most: usize) -> Vec<&Record> {
    let mut records: Vec<&Record> = class
        .records
        .iter()
        .filter(|record| record.same_as.is_none() && millis(record) > 0)
        .collect();
    records.sort_by_key(|record| std::cmp::Reverse(millis(record)));
    records.truncate(most);
    records
}

/// How long it took to compile and run.
pub(super) fn millis(record: &Record) -> u64 {
    record.verdict.metrics.compile_ms + record.verdict.metrics.run_ms
}

/// Submissions that are the same but for names, comments and layout.
#[derive(Debug)]
pub(super) struct Alike<'a> {
    pub(super) records: Vec<&'a Record>,
    /// Whether they are the same byte for byte.
    pub(super) identical: bool,
    /// What of the course's own they are.
    pub(super) known: Option<&'static str>,
}

/// The groups of a drill, the largest first. What is the course's own counts from one
/// on, everything else from two.
pub(super) fn alike<'a>(class: &'a Class, drill: &str, options: &Options) -> Vec<Alike<'a>> {
    let mut groups: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
    let records = class.records.iter().filter(|record| record.drill == drill);
    for record in records.filter(|record| !record.shape.is_empty()) {
        groups.entry(&record.shape).or_default().push(record);
    }
    let no_shapes = Vec::new();
    let known: &Vec<KnownShape> = options.known_shapes.get(drill).unwrap_or(&no_shapes);
    let mut alike: Vec<Alike<'_>> = groups
        .into_iter()
        .map(|(shape, records)| Alike {
            identical: records
                .iter()
                .all(|record| record.sha256 == records[0].sha256),
            known: known
                .iter()
                .find(|known| known.shape == shape)
                .map(|known| known.what),
            records,
        })
        .filter(|group| group.known.is_some() || group.records.len() > 1)
        .collect();
    alike.sort_by_key(|group| std::cmp::Reverse(group.records.len()));
    alike
}

/// Why something was not run, and everyone it happened to, the commonest first.
pub(super) fn not_run<'a>(records: &[&'a Record]) -> Vec<(String, Vec<&'a Record>)> {
    let mut reasons: BTreeMap<String, Vec<&Record>> = BTreeMap::new();
    for record in records.iter().filter(|record| !ran(record)) {
        reasons.entry(why(record)).or_default().push(record);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, records)| std::cmp::Reverse(records.len()));
    reasons
}

/// The first error, without what is one submission's alone.
fn why(record: &Record) -> String {
    let text = &record.verdict.diagnostics;
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let error = lines.clone().find(|line| line.starts_with("error"));
    let line = error.or_else(|| lines.next()).unwrap_or_default();
    // The path of what was handed in differs from one to the next.
    let line = line.replace(&record.verdict.submission, "…");
    match record.verdict.status {
        Status::Rejected => format!("rejected: {line}"),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(key: Option<&str>, message: &str) -> CheckResult {
        CheckResult {
            id: "cached".to_owned(),
            title: String::new(),
            required: true,
            status: CheckStatus::Failed,
            points: 0,
            max_points: 10,
            message: message.to_owned(),
            hint: String::new(),
            schedule: key.map(str::to_owned),
            timeline: Vec::new(),
        }
    }

    #[test]
    fn a_schedule_is_the_same_whoever_the_users_are() {
        let form_of = |key| form(&failure(Some(key), ""));
        assert_eq!(
            form_of("7:cached:q42.q42.x1.q9+2"),
            form_of("8:cached:q5.q5.x1.q7+2")
        );
        assert_ne!(form_of("7:cached:q42.q42"), form_of("7:cached:q42.q43"));
        assert_ne!(form_of("7:cached:q42.r1"), form_of("7:cached:q42.r2"));
        let bytes = |message| form(&failure(None, message));
        assert_eq!(bytes("left 12 bytes"), bytes("left 13 bytes"));
        assert_ne!(bytes("left 12 bytes"), bytes("hung"));
    }
}
