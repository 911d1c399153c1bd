//! `list`: the drills, and the learner's state in each.

use std::io::Write;

use anyhow::Result;

use super::Exit;
use crate::course::Course;
use crate::course::language::Language;
use crate::drills;
use crate::learn::learner::Learner;

pub(super) fn run(course: &Course) -> Result<Exit> {
    let learner = Learner::of(course);
    let mut out = anstream::stdout();
    let slugs = course.slugs()?;
    let width = slugs.iter().map(String::len).max().unwrap_or(0);
    let mut changed = false;
    for slug in slugs {
        let exercise = course.exercise(&slug)?;
        let word = match drills::find(&slug) {
            None => "no hidden tests yet",
            Some(_) if learner.has_passed(&slug) => "passed",
            Some(_) if learner.has_begun(course, &slug) => "not yet",
            Some(_) => "not started",
        };
        let state = match learner.best(&slug) {
            Some((score, max)) if score > 0 => format!("{word} {score}/{max}"),
            _ => word.to_owned(),
        };
        let others = in_others(course, &learner, &slug);
        writeln!(
            out,
            "{slug:width$}  {state:<19}  {} ({} minutes){others}",
            exercise.title, exercise.minutes
        )?;
        changed |= learner.is_behind(course, &slug);
    }
    if changed {
        writeln!(
            out,
            "\na stub has changed since you began; `cargo grader update-check` says which"
        )?;
    }
    writeln!(
        out,
        "\ngrade one with `cargo grade DRILL`; `cargo grader --help` shows what else there is"
    )?;
    Ok(Exit::Passed)
}

/// How far the learner is in other languages, if they have begun there.
fn in_others(course: &Course, learner: &Learner, slug: &str) -> String {
    let mut text = String::new();
    let others = Language::ALL.into_iter().filter(|it| !it.is_rust());
    for language in others.filter(|it| learner.has_begun_in(course, slug, *it)) {
        let word = match learner.has_passed_in(slug, language) {
            true => "passed",
            false => "not yet",
        };
        text += &format!("; in {language}: {word}");
        if let Some((score, max)) = learner.best_in(slug, language).filter(|it| it.0 > 0) {
            text += &format!(" {score}/{max}");
        }
    }
    text
}
