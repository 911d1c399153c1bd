//! `list`: the drills, the learner's state in each, and where to go on.

use std::io::Write;
use std::time::Duration;

use anyhow::Result;

use super::Exit;
use crate::course::Course;
use crate::course::language::Language;
use crate::drills;
use crate::learn::learner::Learner;
use play::text::count;

pub(super) fn run(course: &Course) -> Result<Exit> {
    let learner = Learner::of(course);
    let mut out = anstream::stdout();
    let slugs = course.slugs()?;
    let width = slugs.iter().map(String::len).max().unwrap_or(0);
    let mut changed = false;
    let mut usable = true;
    for slug in &slugs {
        let exercise = match course.exercise(slug) {
            Ok(exercise) => exercise,
            Err(error) => {
                usable = false;
                writeln!(out, "{slug:width$}  {error}")?;
                continue;
            }
        };
        let passed = learner.has_passed(slug);
        let word = match drills::find(slug) {
            None => "no hidden tests yet",
            Some(_) if passed => "passed",
            Some(_) if learner.has_begun(course, slug) => "not yet",
            Some(_) => "not started",
        };
        let state = match learner.best(slug) {
            Some((score, max)) if score > 0 => format!("{word} {score}/{max}"),
            _ => word.to_owned(),
        };
        let others = in_others(course, &learner, slug);
        let yours = match in_words(learner.worked_in_all(slug)) {
            None => String::new(),
            Some(time) if learner.has_passed_in_any(slug) => format!("; you took {time}"),
            Some(time) => format!("; you have worked {time}"),
        };
        writeln!(
            out,
            "{slug:width$}  {state:<19}  {} ({} minutes{yours}){others}",
            exercise.title, exercise.minutes
        )?;
        changed |= Language::ALL
            .iter()
            .any(|language| learner.is_behind_in(course, slug, *language));
    }
    writeln!(out, "\n{}", way(course, &learner, &slugs)?)?;
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
    Ok(match usable {
        true => Exit::Passed,
        false => Exit::CouldNotGrade,
    })
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

/// How far the learner is, and what is next.
fn way(course: &Course, learner: &Learner, slugs: &[String]) -> Result<String> {
    let graded = || slugs.iter().filter(|slug| drills::find(slug).is_some());
    let left: Vec<&String> = graded()
        .filter(|slug| !learner.has_passed_in_any(slug))
        .collect();
    let passed = graded().count() - left.len();
    let worked = in_words(graded().map(|slug| learner.worked_in_all(slug)).sum());
    let worked = worked.map_or(String::new(), |time| format!(", in {time} of work"));
    let Some(next) = left.first() else {
        return Ok(format!(
            "all {passed} drills passed{worked}; `Your progress` in `cargo learn` has a summary to print"
        ));
    };
    let mut minutes = 0;
    for slug in &left {
        minutes += course.exercise(slug).map_or(0, |it| it.minutes);
    }
    let all = count(graded().count(), "drill", "drills");
    let rest = in_words(Duration::from_secs(u64::from(minutes) * 60)).unwrap_or_default();
    let elsewhere = |slug: &&String| learner.has_passed_in_any(slug) && !learner.has_passed(slug);
    let counts = match graded().any(|slug| elsewhere(&slug)) {
        true => "; a drill counts once it has passed in any language",
        false => "",
    };
    let language = spoken_by(learner, slugs);
    let language = match drills::find(next) {
        Some(drill) if drills::is_in(drill, language) => language,
        _ => Language::Rust,
    };
    let file = course.file_in(next, language);
    Ok(format!(
        "{passed} of {all} passed{worked}{counts}; what is left takes about {rest}\nnext: {next}, in `{file}`"
    ))
}

/// The language that the learner goes on in: the first one in which something has passed.
fn spoken_by(learner: &Learner, slugs: &[String]) -> Language {
    let is_spoken = |language: &Language| {
        let mut slugs = slugs.iter();
        slugs.any(|slug| learner.has_passed_in(slug, *language))
    };
    let mut all = Language::ALL.into_iter();
    all.find(is_spoken).unwrap_or_default()
}

/// Hours and minutes; nothing for less than a minute.
fn in_words(time: Duration) -> Option<String> {
    let minutes = time.as_secs() / 60;
    match (minutes / 60, minutes % 60) {
        (0, 0) => None,
        (0, 1) => Some("1 minute".to_owned()),
        (0, minutes) => Some(format!("{minutes} minutes")),
        (hours, 0) => Some(format!("{hours} h")),
        (hours, minutes) => Some(format!("{hours} h {minutes} min")),
    }
}
