//! `replay`: plays one schedule again and shows its timeline.

use std::io::Write;

use anyhow::{Context, Result, bail};

use super::{Exit, overseer};
use crate::app::cli::Replay;
use crate::build::submission::Caps;
use crate::course::Course;
use crate::exam::violations;
use crate::grade::grading::{GradeError, Grader, read_submission};
use play::schedule::ReplayKey;
use play::text::{closest, one_line};
use play::timeline;

pub(super) fn run(course: Course, args: &Replay) -> Result<Exit> {
    let drill = course.drill(&args.drill)?;
    let key: ReplayKey = args.key.parse()?;
    let ids = || drill.checks().iter().map(|check| check.id);
    let Some(check) = drill.checks().iter().find(|check| check.id == key.check) else {
        let guess = closest(&key.check, ids()).map(|id| format!("; did you mean `{id}`?"));
        bail!(
            "drill `{}` has no check `{}`{}",
            args.drill,
            one_line(&key.check, 40),
            guess.unwrap_or_default()
        );
    };
    if let Some(turn) = key.turns.iter().find(|turn| !drill.world().has(turn)) {
        bail!(
            "`{turn}` is a turn of another drill than `{}`; copy the key as the verdict shows it",
            args.drill
        );
    }
    let submission = read_submission(&course, drill, &args.path, &Caps::default())
        .map_err(GradeError::Submission)?;
    let grader = Grader::new(course)?.allow_degraded(args.allow_degraded);
    overseer::limit_memory();
    let mut out = anstream::stdout();
    let compiled = match grader.compile(drill, &submission)? {
        Ok(compiled) => compiled,
        Err(text) => {
            writeln!(out, "{text}")?;
            return Ok(Exit::Failed);
        }
    };
    let mut driver = grader.driver(drill, &compiled, key.seed);
    driver.look_for_threads();
    driver.ask_where_tasks_are(true);
    let played = driver.play_in_a_fresh_worker(key.turns);
    if let Some(error) = driver.broken() {
        return Err(std::io::Error::new(error.kind(), error.to_string()))
            .context("cannot run the submission");
    }
    let found = violations(drill.rules(), &played);
    let language = submission.language();
    writeln!(out, "{}: {}\n", check.id, language.says(check.title))?;
    let told = timeline::tell(&played.run.evidence, found.first());
    for (number, line) in (1..).zip(timeline::in_words(&told)) {
        writeln!(out, "{number:>4}  {}", language.says(&line))?;
    }
    if found.is_empty() {
        writeln!(out, "\nnothing is wrong with this schedule any more")?;
        return Ok(Exit::Passed);
    }
    Ok(Exit::Failed)
}
