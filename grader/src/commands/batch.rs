//! `batch`: a whole class, graded as far as it is new.

mod list;
mod progress;
mod summary;

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::Exit;
use crate::batch::changes;
use crate::batch::rules::SEEDS;
use crate::batch::{Found, Layout, Pattern, Run, Search, Settings, Store};
use crate::batch::{class, plan, run as grade_all};
use crate::class_report::{Options, write_all};
use crate::cli::batch::{Batch, ExportLayout};
use crate::course::Course;
use crate::drills;
use crate::grading::{GradeError, Grader};
use crate::interrupt;
use crate::sandbox::Tier;
use crate::verdict::Status;

use progress::Progress;

pub(super) fn run(course: Course, args: Batch) -> Result<Exit> {
    let (layout, found) = find(&course, &args)?;
    if args.list {
        list::write(&mut anstream::stdout(), &layout, &found)?;
        return Ok(Exit::Passed);
    }
    if found.hand_ins.is_empty() {
        bail!(
            "nothing in `{}` is named as {layout}; `--list` shows what is there, `--pattern` says how it is named",
            args.dir.display()
        );
    }
    let out = args
        .out
        .as_deref()
        .context("no folder for the results; name one with `--out`")?;
    let grader = Grader::new(course)?
        .without_pictures()
        .allow_degraded(args.allow_degraded);
    let tier = grader.sandbox().tier();
    // Strangers' code, wherever it lies.
    if tier != Tier::Full && !args.allow_degraded {
        return Err(GradeError::Sandbox(tier).into());
    }
    if tier != Tier::Full {
        super::grade::note(tier);
    }
    interrupt::sweep(&grader.course().target().join("grader/jobs"));

    let store = Store::open(out)?;
    let kept = store.settings().map(|settings| settings.seed);
    let seed = args.seed.or(kept).unwrap_or_else(|| fastrand::u64(..SEEDS));
    store.keep_settings(&Settings { schema: 1, seed })?;
    let told = changes::of(&store.all()?);
    let plan = plan(&grader, &store, &args.dir, &found.hand_ins, seed)?;

    let progress = Progress::new(&plan, found.hand_ins.len(), seed);
    interrupt::at_last(progress.last_words());
    let jobs = args.jobs.clamp(1, crate::cli::default_jobs());
    grade_all(
        Run {
            grader: &grader,
            store: &store,
            dir: &args.dir,
            jobs,
            kept: &|record| progress.one(record),
        },
        plan,
    )?;
    progress.end();
    let took = progress.took();

    let class = class(grader.course(), store.all()?)?;
    let options = Options::of_course(grader.course(), args.told.feedback, &class);
    write_all(&class, store.out(), &options).with_context(|| {
        format!(
            "everything was graded, but the reports cannot be written into `{}`; make space and run it again",
            store.out().display()
        )
    })?;
    let new = class.changes.iter().filter(|change| !told.contains(change));
    let new: Vec<_> = new.collect();
    summary::write(
        &mut anstream::stdout(),
        &class,
        &new,
        &found,
        store.out(),
        &took,
    )?;
    let any = |status: fn(Status) -> bool| {
        class
            .records
            .iter()
            .any(|record| status(record.verdict.status))
    };
    Ok(match () {
        () if any(|status| status == Status::InfraError) => Exit::CouldNotGrade,
        () if any(|status| status != Status::Passed) => Exit::Failed,
        () => Exit::Passed,
    })
}

/// What was handed in, and in words how it is named.
fn find(course: &Course, args: &Batch) -> Result<(String, Found)> {
    if let Some(drill) = &args.drill {
        course.drill(drill)?;
    }
    let drills: Vec<&str> = drills::ALL.iter().map(|drill| drill.slug()).collect();
    let (words, layout) = match (args.layout, &args.pattern) {
        (Some(ExportLayout::Canvas), _) => ("Canvas names it".to_owned(), Layout::Canvas),
        (Some(ExportLayout::Moodle), _) => ("Moodle names it".to_owned(), Layout::Moodle),
        (Some(ExportLayout::Gradescope), _) => {
            ("Gradescope names it".to_owned(), Layout::Gradescope)
        }
        (None, pattern) => {
            let usual = match args.drill {
                Some(_) => "{student}",
                None => "{student}/{drill}",
            };
            let pattern = Pattern::parse(pattern.as_deref().unwrap_or(usual), &drills)?;
            if pattern.names_drill() && args.drill.is_some() {
                bail!(
                    "`--drill` and `{{drill}}` in the pattern say the same twice; leave one of them out"
                );
            }
            (format!("`{}`", pattern.text()), Layout::Pattern(pattern))
        }
    };
    let search = Search {
        dir: &args.dir,
        layout,
        drill: args.drill.as_deref(),
        drills: &drills,
        but: args.out.as_deref().and_then(canonical),
    };
    Ok((words, search.run()?))
}

fn canonical(path: &Path) -> Option<std::path::PathBuf> {
    path.canonicalize().ok()
}
