//! `grade`: verdicts for one drill's submissions, or for every drill.

mod out_file;
mod watched;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Exit, chosen, overseer};
use crate::app::cli::{Grade, VerdictFormat, in_words};
use crate::build::submission::{Caps, Wanted, place_within};
use crate::course::aloud;
use crate::course::{Course, CourseError};
use crate::drills::{self, Drill};
use crate::drive::sandbox::Tier;
use crate::grade::feedback::Feedback;
use crate::grade::grading::{GradeError, Grader, not_graded, read_submission};
use crate::grade::report::{
    Exercism, Github, Gradescope, Human, Json, Junit, Markdown, PrairieLearn, Report, Source,
};
use crate::grade::verdict::Verdict;
use crate::learn::learner::Learner;
use crate::learn::stub::Stub;

use watched::{Line, Said};

/// Seeds are drawn below this limit: short enough to copy, too many for a
/// submission to try while it runs.
const SEEDS: u64 = 1 << 40;

pub(super) fn run(course: Course, args: Grade) -> Result<Exit> {
    let (jobs, all) = jobs(&course, &args)?;
    if let Some((first, seed)) = watched::asked() {
        return serve(course, &args, jobs.get(first..).unwrap_or_default(), seed);
    }
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..SEEDS));
    let report = report(&course, args.format, &jobs);
    let slugs = jobs.iter().map(|job| job.drill.slug());
    let feedback = Feedback::of_course(&course, args.told.feedback, slugs);
    let shown = |verdict: Verdict| match args.format {
        VerdictFormat::Json => verdict,
        _ => feedback.of(&verdict),
    };
    // Checked before anything runs, so that an unwritable place is found now.
    let mut kept = Vec::new();
    let mut out: Box<dyn Write + '_> = match &args.out {
        Some(path) => {
            out_file::check(path)?;
            Box::new(&mut kept)
        }
        None => Box::new(anstream::stdout()),
    };
    let mut failed = false;
    let mut incomplete = !all;
    let mut verdicts = Vec::with_capacity(jobs.len());
    let mut see = |said: Said| -> Result<()> {
        let verdict = match said {
            Said::Graded(verdict) => verdict,
            Said::NotGraded(verdict, why) => {
                aloud::say(&why);
                incomplete = true;
                verdict
            }
        };
        failed |= !verdict.passed();
        let verdict = shown(*verdict);
        report.one(&verdict, &mut out)?;
        verdicts.push(verdict);
        Ok(())
    };
    let cannot = match jobs.iter().all(|job| course.is_own(&job.path)) {
        true => {
            let grader = grader(course, args.allow_degraded, &jobs)?;
            jobs.iter()
                .try_for_each(|job| see(job.graded(&grader, seed)))?;
            None
        }
        false => watched::each(jobs.len(), seed, &mut |number, said| {
            let Job { drill, path } = &jobs[number];
            let ended = |signal| not(*drill, path, seed, GradeError::Ended { signal });
            see(said.unwrap_or_else(ended))
        })?,
    };
    if let Some(why) = cannot {
        aloud::say(&why);
        incomplete = true;
        // A person is told; a program that reads a file is not left with half of one.
        let rest = jobs.get(verdicts.len()..).unwrap_or_default();
        for job in rest.iter().filter(|_| args.format != VerdictFormat::Human) {
            let why = GradeError::Begin(why.clone());
            let verdict = shown(not_graded(job.drill, &job.path, seed, &why));
            report.one(&verdict, &mut out)?;
            verdicts.push(verdict);
        }
    }
    report.all(&verdicts, &mut out)?;
    out.flush()?;
    drop(out);
    if let Some(path) = &args.out {
        out_file::write(path, &kept)?;
    }
    Ok(match (incomplete, failed) {
        (true, _) => Exit::CouldNotGrade,
        (false, true) if !report.says_whether_it_failed() => Exit::Failed,
        (false, _) => Exit::Passed,
    })
}

/// The part of it that deals with strangers' code: grades, and says it to the process that
/// reports.
fn serve(course: Course, args: &Grade, jobs: &[Job], seed: u64) -> Result<Exit> {
    match grader(course, args.allow_degraded, jobs) {
        Ok(grader) => {
            let mut all = jobs.iter().map(|job| job.graded(&grader, seed));
            all.try_for_each(|said| watched::tell(&Line::Said(said)))?;
        }
        Err(error) => watched::tell(&Line::Cannot(in_words(&error)))?,
    }
    Ok(Exit::Passed)
}

/// A grader that may run all of them.
fn grader(course: Course, allow_degraded: bool, jobs: &[Job]) -> Result<Grader> {
    let grader = Grader::new(course)?.allow_degraded(allow_degraded);
    // Printed once, before any code is touched.
    jobs.iter().try_for_each(|job| grader.may_run(&job.path))?;
    if grader.sandbox().tier() != Tier::Full {
        note(grader.sandbox().tier());
    }
    overseer::limit_memory();
    Ok(grader)
}

fn report(course: &Course, format: VerdictFormat, jobs: &[Job]) -> Box<dyn Report> {
    match format {
        VerdictFormat::Human => Box::new(Human),
        VerdictFormat::Json => Box::new(Json),
        VerdictFormat::Junit => Box::new(Junit),
        VerdictFormat::Gradescope => Box::new(Gradescope),
        VerdictFormat::Prairielearn => Box::new(PrairieLearn),
        VerdictFormat::Exercism => Box::new(Exercism),
        VerdictFormat::Markdown => Box::new(Markdown::default()),
        VerdictFormat::Github => {
            let place = |name| std::env::var_os(name).map(PathBuf::from);
            Box::new(Github {
                token: format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..)),
                workspace: place("GITHUB_WORKSPACE"),
                summary: place("GITHUB_STEP_SUMMARY"),
                sources: jobs.iter().filter_map(|job| source(course, job)).collect(),
            })
        }
    }
}

/// The start of a submission's code, if it can be read at all.
fn source(course: &Course, job: &Job) -> Option<Source> {
    let submission = read_submission(course, job.drill, &job.path, &Caps::default()).ok()?;
    let root = submission.root_file();
    Some(Source {
        submission: job.path.display().to_string(),
        root: root.to_owned(),
        text: submission.files().get(root)?.clone(),
    })
}

struct Job {
    drill: &'static dyn Drill,
    path: PathBuf,
}

impl Job {
    fn graded(&self, grader: &Grader, seed: u64) -> Said {
        match grader.grade(self.drill, &self.path, seed) {
            Ok(verdict) => {
                Learner::remember(grader.course(), &verdict);
                Said::Graded(Box::new(verdict))
            }
            Err(error) => not(self.drill, &self.path, seed, error),
        }
    }
}

/// Nothing is known of the submission, and the verdict says so.
fn not(drill: &dyn Drill, path: &Path, seed: u64, error: GradeError) -> Said {
    let verdict = not_graded(drill, path, seed, &error);
    Said::NotGraded(Box::new(verdict), in_words(&error.into()))
}

/// What is to be graded, and whether that is all that was asked for.
fn jobs(course: &Course, args: &Grade) -> Result<(Vec<Job>, bool)> {
    let Some(name) = &args.drill else {
        let mut jobs = Vec::new();
        let mut all = true;
        for slug in course.slugs()? {
            match course.drill(&slug) {
                Ok(drill) => {
                    let asked = args.language;
                    let language = asked.unwrap_or_else(|| Stub::begun_in(course, &slug));
                    if drills::is_in(drill, language) {
                        let path = nearby(course.exercise_in(&slug, language));
                        jobs.push(Job { drill, path });
                    }
                }
                Err(CourseError::Ungraded(_)) => {}
                // It spoils its own drill, and no other.
                Err(error) => {
                    aloud::say(&error.to_string());
                    all = false;
                }
            }
        }
        return Ok((jobs, all));
    };
    let drill = course.drill(name)?;
    if args.paths.is_empty() {
        let language = chosen(course, name, args.language)?;
        let path = nearby(course.exercise_in(name, language));
        return Ok((vec![Job { drill, path }], true));
    }
    let wanted = Wanted {
        drill: Some(drill.slug()),
        drills: &drills::slugs(),
        shipped: &[],
    };
    // If it is refused, reading it says so.
    let place = |path: &PathBuf| place_within(path, &wanted).unwrap_or_else(|_| path.clone());
    let job = |path| Job {
        drill,
        path: place(path),
    };
    Ok((args.paths.iter().map(job).collect(), true))
}

/// Warns, once, that the code is not fully sandboxed.
pub(super) fn note(tier: Tier) {
    let tier = tier.name();
    aloud::say(&format!(
        "the sandbox is {tier} here; `cargo grader doctor` says what is missing"
    ));
}

/// The same path as it would be typed here.
fn nearby(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let short = here
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(PathBuf::from));
    short
        .filter(|short| !short.as_os_str().is_empty())
        .unwrap_or(path)
}
