//! `grade`: verdicts for one drill's submissions, or for every drill.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Exit;
use crate::cli::{Format, Grade};
use crate::course::{Course, CourseError};
use crate::drills::Drill;
use crate::grading::Grader;
use crate::learner::Learner;
use crate::report::{Human, Json, Report};

pub(super) fn run(course: Course, args: Grade) -> Result<Exit> {
    let jobs = jobs(&course, &args)?;
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..1_000_000));
    let report: &dyn Report = match args.format {
        Format::Human => &Human,
        Format::Json => &Json,
    };
    // Before anything is run: a place that cannot be written is found out now.
    let mut out: Box<dyn Write> = match &args.out {
        Some(path) => {
            let file = File::create(path).with_context(|| {
                format!(
                    "cannot write `{}`; name a file in a folder that exists",
                    path.display()
                )
            })?;
            Box::new(anstream::StripStream::new(
                Box::new(BufWriter::new(file)) as Box<dyn Write>
            ))
        }
        None => Box::new(anstream::stdout()),
    };
    let grader = Grader::new(course)?;
    let mut failed = false;
    let mut not_graded = None;
    let mut verdicts = Vec::with_capacity(jobs.len());
    for Job { drill, path } in jobs {
        match grader.grade(drill, &path, seed) {
            Ok(verdict) => {
                failed |= !verdict.passed();
                Learner::of(grader.course()).remember(grader.course(), &verdict);
                report.one(&verdict, &mut out)?;
                verdicts.push(verdict);
            }
            Err(error) => {
                let error = anyhow::Error::from(error);
                say(&error);
                not_graded.get_or_insert(error);
            }
        }
    }
    report.all(&verdicts, &mut out)?;
    out.flush()?;
    Ok(match (not_graded, failed) {
        (Some(_), _) => Exit::CouldNotGrade,
        (None, true) => Exit::Failed,
        (None, false) => Exit::Passed,
    })
}

struct Job {
    drill: &'static dyn Drill,
    path: PathBuf,
}

fn jobs(course: &Course, args: &Grade) -> Result<Vec<Job>> {
    let Some(name) = &args.drill else {
        let mut jobs = Vec::new();
        for slug in course.slugs()? {
            match course.drill(&slug) {
                Ok(drill) => jobs.push(Job {
                    drill,
                    path: course.exercise_dir(&slug),
                }),
                Err(CourseError::Ungraded(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        return Ok(jobs);
    };
    let drill = course.drill(name)?;
    if args.paths.is_empty() {
        return Ok(vec![Job {
            drill,
            path: course.exercise_dir(name),
        }]);
    }
    let job = |path: &PathBuf| Job {
        drill,
        path: path.clone(),
    };
    Ok(args.paths.iter().map(job).collect())
}

#[expect(
    clippy::print_stderr,
    reason = "the line that says why a path was not graded"
)]
fn say(error: &anyhow::Error) {
    eprintln!("grader: {error:#}");
}
