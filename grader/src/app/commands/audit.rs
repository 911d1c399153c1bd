//! `audit`: tests the course itself. Every solution passes, every stub fails, and
//! every wrong solution is caught by the check it names.

mod mutants;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::Exit;
use crate::app::cli::{Audit, Format};
use crate::authors::mirror;
use crate::course::language::Language;
use crate::course::{Course, aloud};
use crate::drills::{self, Drill};
use crate::drive::interpreter::Interpreter;
use crate::grade::grading::Grader;
use crate::grade::verdict::{CheckResult, CheckStatus, Status, Verdict};

pub(super) fn run(course: Course, args: &Audit) -> Result<Exit> {
    let slugs = match &args.drill {
        Some(slug) => vec![known(&course, slug)?],
        None => mirror::slugs(&course),
    };
    let mut missing = Vec::new();
    let mut cases = Vec::new();
    let mut drills: Vec<&dyn Drill> = Vec::new();
    for slug in &slugs {
        let lacks = mirror::missing(&course, slug);
        missing.extend(lacks.into_iter().map(|what| (slug, what)));
        // The existing parts are audited all the same.
        if let Some(drill) = drills::find(slug) {
            cases.extend(cases_of(&course, drill)?);
            drills.push(drill);
        }
    }
    for language in Language::interpreted() {
        if let Err(why) = Interpreter::find(language)
            && drills.iter().any(|drill| drills::is_in(*drill, language))
        {
            aloud::say(&format!("what is in {language} is left out: {why}"));
        }
    }
    if args.mutants {
        return mutants::run(
            &Grader::new(course)?.without_pictures().patient(),
            &cases,
            &drills,
            args.seed,
        );
    }
    let mut out = anstream::stdout();
    let root = course.root().to_owned();
    let results = match cases.is_empty() {
        true => Vec::new(),
        false => grade_all(
            &Grader::new(course)?.without_pictures().patient(),
            &cases,
            args,
        ),
    };
    if args.format == Format::Json {
        let outcomes = cases.iter().zip(&results);
        let outcomes: Vec<Outcome> = outcomes
            .map(|(case, result)| Outcome::of(case, result, &root))
            .collect();
        serde_json::to_writer_pretty(&mut out, &outcomes)?;
        writeln!(out)?;
        let ungraded = results.iter().filter(|result| result.is_err()).count();
        let told = outcomes.iter().filter(|outcome| outcome.problem.is_some());
        return Ok(exit(missing.len() + told.count() - ungraded, ungraded));
    }

    for (slug, what) in &missing {
        writeln!(out, "WRONG {slug}: {what}")?;
    }
    let (mut problems, mut ungraded) = (missing.len(), 0);
    for (case, result) in cases.iter().zip(results) {
        let name = case.path.strip_prefix(&root).unwrap_or(&case.path);
        let verdict = match result {
            Ok(verdict) => verdict,
            Err(why) => {
                ungraded += 1;
                writeln!(out, "error {}: not graded: {why}", name.display())?;
                continue;
            }
        };
        match case.problem(&verdict) {
            None => writeln!(
                out,
                "ok    {}: {}",
                name.display(),
                case.expected.describe()
            )?,
            Some(why) => {
                problems += 1;
                writeln!(
                    out,
                    "WRONG {}: {}, but {why}",
                    name.display(),
                    case.expected.describe()
                )?;
            }
        }
    }
    for drill in &drills {
        for check in unneeded(*drill, &cases) {
            problems += 1;
            writeln!(
                out,
                "WRONG {}: no wrong solution needs check `{check}`",
                drill.slug()
            )?;
        }
    }
    for drill in &drills {
        for line in unwritten(*drill, &cases) {
            writeln!(out, "todo  {}: {line}", drill.slug())?;
        }
    }
    write!(out, "\n{} gradings, {problems} problems", cases.len())?;
    if ungraded > 0 {
        write!(out, ", {ungraded} not graded")?;
    }
    writeln!(out)?;
    Ok(exit(problems, ungraded))
}

/// What is not graded says nothing about the course.
fn exit(problems: usize, ungraded: usize) -> Exit {
    match (problems, ungraded) {
        (0, 0) => Exit::Passed,
        (_, 0) => Exit::Failed,
        _ => Exit::CouldNotGrade,
    }
}

/// The slug, if the drill exists in any of its places.
fn known(course: &Course, slug: &str) -> Result<String> {
    match mirror::slugs(course).iter().any(|known| known == slug) {
        true => Ok(slug.to_owned()),
        false => Err(course.exercise(slug).err().context("no such drill")?.into()),
    }
}

/// One of our submissions and its expected result.
struct Case {
    drill: &'static dyn Drill,
    path: PathBuf,
    expected: Expected,
}

impl Case {
    /// What grades it: for people, what must fail is graded until it has.
    fn grader<'a>(&self, grader: &'a Grader, args: &Audit) -> Cow<'a, Grader> {
        match (&self.expected, args.format) {
            (Expected::CaughtBy(check), Format::Human) => {
                Cow::Owned(grader.until_one_fails(&[check]))
            }
            (Expected::Fail, Format::Human) => {
                let required = self.drill.checks().iter().filter(|check| check.required);
                let ids: Vec<&str> = required.map(|check| check.id).collect();
                Cow::Owned(grader.until_one_fails(&ids))
            }
            _ => Cow::Borrowed(grader),
        }
    }

    /// The problem, if there is one.
    fn problem(&self, verdict: &Verdict) -> Option<String> {
        match verdict.metrics.unnamed.first() {
            Some(unnamed) => Some(format!("no check names what was found: {unnamed}")),
            None => self.expected.wrong_with(verdict),
        }
    }
}

/// The result of a case, for a program that compares two versions of the grader.
#[derive(Debug, Serialize)]
struct Outcome {
    /// From the course's folder.
    path: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    score: u32,
    /// The ids of the checks that failed.
    failed: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl Outcome {
    fn of(case: &Case, result: &Result<Verdict, String>, root: &Path) -> Outcome {
        let verdict = result.as_ref().ok();
        let failed = |check: &&CheckResult| check.status == CheckStatus::Failed;
        let checks = verdict.into_iter().flat_map(|verdict| &verdict.checks);
        Outcome {
            path: case.path.strip_prefix(root).unwrap_or(&case.path).into(),
            status: verdict.map(|verdict| verdict.status),
            score: verdict.map_or(0, |verdict| verdict.score),
            failed: checks
                .filter(failed)
                .map(|check| check.id.clone())
                .collect(),
            problem: match result {
                Ok(verdict) => case.problem(verdict),
                Err(why) => Some(format!("not graded: {why}")),
            },
        }
    }
}

#[derive(Debug)]
enum Expected {
    /// Every check passes, mastery included.
    FullMarks,
    /// Every required check passes.
    Pass,
    /// It compiles, and does not pass.
    Fail,
    /// This check fails.
    CaughtBy(&'static str),
}

impl Expected {
    fn describe(&self) -> String {
        match self {
            Expected::FullMarks => "passes with all points".to_owned(),
            Expected::Pass => "passes".to_owned(),
            Expected::Fail => "compiles and fails".to_owned(),
            Expected::CaughtBy(check) => format!("caught by `{check}`"),
        }
    }

    /// The problem, if there is one.
    fn wrong_with(&self, verdict: &Verdict) -> Option<String> {
        let status = format!("its status is {:?}", verdict.status);
        let compiled = verdict.metrics.schedules > 0;
        let failed = |result: &&CheckResult| result.status == CheckStatus::Failed;
        let ids = || -> Vec<&str> {
            verdict
                .checks
                .iter()
                .filter(failed)
                .map(|result| &*result.id)
                .collect()
        };
        let right = match self {
            Expected::FullMarks => verdict.passed() && verdict.score == verdict.max_score,
            Expected::Pass => verdict.passed(),
            Expected::Fail => !verdict.passed() && compiled,
            Expected::CaughtBy(check) => ids().contains(check),
        };
        let message = || {
            verdict
                .checks
                .iter()
                .find(failed)
                .map(|result| &*result.message)
                .unwrap_or_default()
        };
        (!right).then(|| {
            format!(
                "{status}, score {}, failed checks {:?}: {} {}",
                verdict.score,
                ids(),
                message(),
                verdict.diagnostics
            )
        })
    }
}

fn cases_of(course: &Course, drill: &'static dyn Drill) -> Result<Vec<Case>> {
    let dir = course.solution_dir(drill.slug());
    if !dir.is_dir() {
        return Ok(Vec::new());
    }
    let case = |path: PathBuf, expected| Case {
        drill,
        path,
        expected,
    };
    let mut cases = vec![
        case(dir.join("src/lib.rs"), Expected::FullMarks),
        case(dir.join("stub.rs"), Expected::Fail),
    ];
    let mut wrong = files(&dir.join("wrong"), Language::Rust)?;
    let mut right = files(&dir.join("right"), Language::Rust)?;
    for language in Language::interpreted() {
        let dir = course.solutions_in(drill.slug(), language);
        if !drills::gradable_in(drill, language) || !dir.is_dir() {
            continue;
        }
        let stub = course.stub_in(drill.slug(), language);
        cases.push(case(dir.join(language.reference()), Expected::FullMarks));
        cases.push(case(stub, Expected::Fail));
        right.extend(files(&dir.join("right"), language)?);
        wrong.extend(files(&dir.join("wrong"), language)?);
    }
    for path in right {
        cases.push(case(path, Expected::Pass));
    }
    for path in wrong {
        let check = named_check(&path)?;
        let language = Language::of_file(&path.to_string_lossy());
        let checks = drills::checks_in(drill, language);
        let Some(check) = checks.iter().find(|known| known.id == check) else {
            bail!(
                "`{}` names the check `{check}`, which drill `{}` does not have",
                path.display(),
                drill.slug()
            );
        };
        cases.push(case(path, Expected::CaughtBy(check.id)));
    }
    Ok(cases)
}

fn files(dir: &Path, language: Language) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(dir).with_context(|| {
        format!(
            "cannot read `{}`; every drill has right and wrong solutions",
            dir.display()
        )
    })?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let is_of = |ending: &&'static str| path.extension().is_some_and(|it| it == *ending);
        if language.endings().iter().any(is_of) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The check a wrong solution's first line names: `//! Wrong: … Caught by: ID`, or the same
/// behind what opens a comment there.
fn named_check(path: &Path) -> Result<String> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let first = text.lines().next().unwrap_or_default();
    let opening = Language::of_file(&path.to_string_lossy()).comment();
    let named = first
        .strip_prefix(opening)
        .and_then(|rest| rest.strip_prefix(" Wrong: "))
        .and_then(|rest| rest.split_once("Caught by: "));
    let Some((_, check)) = named else {
        bail!(
            "`{}` must begin with `{opening} Wrong: what is wrong. Caught by: check_id`",
            path.display()
        );
    };
    Ok(check.trim().trim_matches('`').to_owned())
}

/// Checks that no wrong solution names.
fn unneeded(drill: &dyn Drill, cases: &[Case]) -> Vec<&'static str> {
    let needed: BTreeSet<&str> = cases
        .iter()
        .filter(|case| case.drill.slug() == drill.slug())
        .filter_map(|case| match &case.expected {
            Expected::CaughtBy(check) => Some(*check),
            _ => None,
        })
        .collect();
    drill
        .checks()
        .iter()
        .map(|check| check.id)
        .filter(|id| !needed.contains(id))
        .collect()
}

/// What is left to write in other languages: checks that no wrong solution there names. One
/// in another language shows that the check works, so nothing is wrong.
fn unwritten(drill: &dyn Drill, cases: &[Case]) -> Vec<String> {
    let language = |case: &Case| Language::of_file(&case.path.to_string_lossy());
    let mut lines = Vec::new();
    for other in Language::interpreted() {
        let own = || {
            let own = cases
                .iter()
                .filter(|case| case.drill.slug() == drill.slug());
            own.filter(|case| language(case) == other)
        };
        if own().next().is_none() {
            continue;
        }
        let is_named = |id: &str| {
            let is_it = |case: &Case| matches!(case.expected, Expected::CaughtBy(it) if it == id);
            own().any(is_it)
        };
        let checks = drills::checks_in(drill, other);
        let ids = checks.iter().map(|check| check.id);
        let left: Vec<String> = ids
            .filter(|id| !is_named(id))
            .map(|id| format!("`{id}`"))
            .collect();
        if !left.is_empty() {
            let left = left.join(", ");
            lines.push(format!("no wrong solution in {other} is caught by {left}"));
        }
    }
    lines
}

fn grade_all(grader: &Grader, cases: &[Case], args: &Audit) -> Vec<Result<Verdict, String>> {
    let next = AtomicUsize::new(0);
    let done: Vec<Mutex<Option<Result<Verdict, String>>>> =
        cases.iter().map(|_| Mutex::new(None)).collect();
    std::thread::scope(|scope| {
        for _ in 0..args.jobs.clamp(1, cases.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(case), Some(place)) = (cases.get(index), done.get(index)) else {
                        break;
                    };
                    let grader = case.grader(grader, args);
                    let verdict = grader
                        .grade(case.drill, &case.path, args.seed)
                        .map_err(|error| error.to_string());
                    *place
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(verdict);
                }
            });
        }
    });
    let taken = |place: Mutex<Option<_>>| {
        let place = place
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        place.unwrap_or_else(|| Err("it was not graded".to_owned()))
    };
    done.into_iter().map(taken).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_graded_says_nothing_about_the_course() {
        assert_eq!(exit(0, 0), Exit::Passed);
        assert_eq!(exit(2, 0), Exit::Failed);
        assert_eq!(exit(0, 3), Exit::CouldNotGrade);
        assert_eq!(exit(2, 3), Exit::CouldNotGrade);
    }
}
