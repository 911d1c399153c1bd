//! `batch`: grades a whole class, as far as it is new.

mod best;
mod list;
mod progress;
mod summary;

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Exit, overseer};
use crate::app::cli::batch::{Batch, ExportLayout, Which};
use crate::class::batch::changes;
use crate::class::batch::rules::SEEDS;
use crate::class::batch::store::Ids;
use crate::class::batch::student::Identity;
use crate::class::batch::{Attempt, EmptyHanded, Roster, Sources, Teams, Without};
use crate::class::batch::{Attempts, plan, run as grade_all};
use crate::class::batch::{Class, ClassDrill, Records, Store};
use crate::class::batch::{Found, Layout, Pattern, Policy, Run, Search, Settings};
use crate::class::batch::{choose, choose_by_names};
use crate::class::class_report::{Options, Statistics, write_all};
use crate::class::similar::{self, ExportError};
use crate::course::{Course, Exercise, aloud};
use crate::drills;
use crate::drive::interrupt;
use crate::drive::sandbox::Tier;
use crate::grade::grading::{GradeError, Grader};
use crate::grade::verdict::Status;
use play::text::one_line;

use list::count;
use progress::Progress;
use summary::Summary;

pub(super) fn run(course: Course, args: Batch) -> Result<Exit> {
    let drills: Vec<&'static str> = drills::ALL.iter().map(|drill| drill.slug()).collect();
    let attempt = args.attempt.map(|which| match which {
        Which::Latest => Attempt::Latest,
        Which::First => Attempt::First,
        Which::Best => Attempt::Best,
    });
    let policy = args
        .policy
        .as_deref()
        .map(|path| Policy::read(path, &drills));
    let policy = policy.transpose()?.unwrap_or_default();
    let any_zip = Sources::any_zip(&args.sources, &drills);
    if args.list {
        let unpacked = tempfile::tempdir()?;
        let sources = Sources::open(&args.sources, &drills, unpacked.path())?;
        let (layout, mut found) = find(&course, &args, &sources, &drills)?;
        choose_by_names(&mut found.hand_ins, attempt);
        list::write(&mut anstream::stdout(), &layout, &found)?;
        return Ok(Exit::Passed);
    }
    let out = args
        .out
        .as_deref()
        .context("no folder for the results; name one with `--out`")?;
    let mut store = None;
    if any_zip {
        if let Some(exit) = overseer::oversee(out)? {
            return Ok(exit);
        }
        store = Some(Store::open(out)?);
    }
    let sources = Sources::open(&args.sources, &drills, &out.join("unpacked"))?;
    let (layout, mut found) = find(&course, &args, &sources, &drills)?;
    if let Some(similar) = args.similar.as_ref().filter(|it| it.exists()) {
        return Err(ExportError::There(similar.clone()).into());
    }
    if let Some(similar) = args.similar.as_ref().filter(|it| sources.hold(it)) {
        return Err(ExportError::Within(similar.clone()).into());
    }
    // Students without a hand-in make a class only beside others, or by their roster.
    if found.hand_ins.is_empty() && args.roster.is_none() {
        let dirs: Vec<String> = sources
            .dirs()
            .map(|dir| format!("`{}`", dir.display()))
            .collect();
        bail!(
            "nothing in {} is named as {layout}; `--list` shows what is there, and `--pattern` tells the grader how it is named",
            dirs.join(", ")
        );
    }
    if !any_zip && let Some(exit) = overseer::oversee(out)? {
        return Ok(exit);
    }
    let jobs = args.jobs.clamp(1, crate::app::cli::default_jobs());
    let grader = Grader::new(course)?
        .without_pictures()
        .sharing_with(jobs)
        .allow_degraded(args.allow_degraded);
    let tier = grader.sandbox().tier();
    // This is strangers' code, wherever it lies.
    if tier != Tier::Full && !args.allow_degraded {
        return Err(GradeError::Sandbox(tier).into());
    }
    if tier != Tier::Full {
        super::grade::note(tier);
    }

    overseer::limit_memory();
    let store = match store {
        Some(store) => store,
        None => Store::open(out)?,
    };
    let attempts = Attempts::of(store.out());
    let kept = store.settings();
    if kept.is_none() && args.seed.is_none() && !store.drills()?.is_empty() {
        aloud::say(&format!(
            "`{}` has no `batch.json` that can be read, so that its seed is not known: everything is graded again",
            store.out().display()
        ));
    }
    let seed = args.seed.or(kept.as_ref().map(|kept| kept.seed));
    let seed = seed.unwrap_or_else(|| fastrand::u64(..SEEDS));
    // What is graded from now on is of use to the next run, however this one ends.
    store.keep_settings(&Settings {
        schema: 1,
        seed,
        ids: kept.as_ref().and_then(|kept| kept.ids),
    })?;
    let marks = attempts.clone();
    interrupt::at_last(move || marks.take_back());
    let points = best::points(&store, &attempts, seed);
    choose(
        &grader,
        sources.dir(),
        &mut found.hand_ins,
        attempt,
        &points,
    );
    let mut told = HashSet::new();
    let mut gone = Vec::new();
    let here = found.hand_ins.iter();
    let there: HashSet<(Identity, &str)> =
        here.map(|it| (it.student.identity(), it.drill)).collect();
    // Drills with a record of a student in this class.
    let mut met = HashSet::new();
    store.each(&mut |record| {
        match there.contains(&(record.student.identity(), &*record.drill)) {
            true => drop(met.insert(record.drill.clone())),
            false => gone.push((record.drill.clone(), record.student.clone())),
        }
        told.extend(changes::of(&record).map(|change| change.mark()));
        Ok(())
    })?;
    drop(there);
    gone.sort_by(|one, other| one.1.cmp(&other.1).then_with(|| one.0.cmp(&other.0)));
    // Records that only earlier runs found keep the ids they had then.
    let earlier = gone.iter().any(|(_, student)| student.id().is_some());
    let here = ids(args.layout);
    let ids = (!earlier || kept.and_then(|kept| kept.ids) == Some(here)).then_some(here);
    // If nobody in the class is known, the records belong to another export, and rightly so.
    let of_others = gone.len();
    gone.retain(|(drill, _)| met.contains(drill));
    let of_others = of_others - gone.len();
    store.keep_settings(&Settings {
        schema: 1,
        seed,
        ids,
    })?;
    let Found {
        hand_ins,
        passed_over,
        without,
        mut notes,
    } = found;
    let dir = sources.dir();
    let plan = plan(&grader, &store, dir, &hand_ins, seed)?;

    let progress = Progress::new(&plan, hand_ins.len(), seed);
    let (last_words, marks) = (progress.last_words(), attempts.clone());
    interrupt::at_last(move || {
        marks.take_back();
        last_words();
    });
    grade_all(
        Run {
            grader: &grader,
            store: &store,
            attempts: &attempts,
            dir,
            jobs,
            kept: &|record| progress.one(record),
        },
        plan,
    )?;
    progress.end();
    // The reports need the space.
    let for_export = args.similar.as_deref().map(|similar| (similar, hand_ins));
    let took = progress.took();

    let (class, statistics) = reports(grader.course(), &store, &args, dir, ids, without, policy).with_context(
        || {
            format!(
                "everything was graded, but the reports cannot be written to `{}`; make space and run it again",
                store.out().display()
            )
        },
    )?;
    if let Some((similar, hand_ins)) = for_export {
        similar::export(&grader, &class, dir, &hand_ins, similar)?;
    }
    let unknown = class.unknown().into_iter();
    notes.extend(unknown.map(|name| {
        let name = one_line(name, 80);
        format!("the file of `--class` names `{name}`, and nobody here has that name")
    }));
    let ambiguous = class.ambiguous().into_iter();
    notes.extend(ambiguous.map(|name| {
        let name = one_line(name, 80);
        format!("the file of `--class` names `{name}`, and several here have that name, so it counts for none of them; write an id or an address")
    }));
    notes.extend(undated(&class));
    let summary = Summary {
        class: &class,
        statistics: &statistics,
        passed_over: passed_over.len(),
        notes: &notes,
        gone: &gone,
        of_others,
        told: &told,
    };
    summary.write(&mut anstream::stdout(), store.out(), &took)?;
    let any = |which: fn(Status) -> bool| class.lines.iter().any(|line| which(line.status));
    Ok(match () {
        () if any(|status| status == Status::InfraError) => Exit::CouldNotGrade,
        () if any(|status| status != Status::Passed) => Exit::Failed,
        () if class.empty_handed.iter().any(EmptyHanded::is_unusable) => Exit::Failed,
        () => Exit::Passed,
    })
}

/// What is to be said of hand-ins whose time is not known, although a deadline is.
fn undated(class: &Class<'_>) -> Option<String> {
    let all: Vec<_> = class.undated().collect();
    let first = all.first()?;
    let name = one_line(first.student.name(), 80);
    let how = match &first.at {
        None => format!("that of `{name}` has none"),
        Some(at) => format!("that of `{name}` says `{}`", one_line(at, 80)),
    };
    let hand_ins = count(all.len(), "hand-in");
    Some(format!(
        "the file of `--class` has a deadline, and the time of {hand_ins} is not known ({how}); they count as in time"
    ))
}

/// Writes the reports for the class whose records `store` keeps.
fn reports<'a>(
    course: &Course,
    store: &'a Store,
    args: &Batch,
    dir: &Path,
    ids: Option<Ids>,
    without: Vec<Without>,
    policy: Policy,
) -> Result<(Class<'a>, Statistics)> {
    let graded = store.drills()?;
    let mut drills = Vec::new();
    for slug in course.slugs()? {
        if graded.contains(&slug) {
            // If it cannot be used, each of its hand-ins says why.
            let exercise = course.exercise(&slug);
            let exercise = exercise.unwrap_or_else(|_| Exercise::unknown(&slug));
            drills.push(ClassDrill { slug, exercise });
        }
    }
    let without = without.into_iter().map(EmptyHanded::of).collect();
    let class = Class::of(drills, store)?.with_empty_handed(without);
    let class = class.with_policy(policy);
    let options = Options {
        ids,
        folder: Options::folder_in(course, dir),
        ..Options::of_course(course, args.told.feedback, &class)
    };
    let statistics = Statistics::of(&class, &options)?;
    write_all(&class, &statistics, store.out(), &options)?;
    Ok((class, statistics))
}

/// The system whose ids such an export, or a pattern, names.
fn ids(layout: Option<ExportLayout>) -> Ids {
    match layout {
        Some(ExportLayout::Canvas) => Ids::Canvas,
        Some(ExportLayout::Moodle) => Ids::Moodle,
        Some(ExportLayout::Blackboard) => Ids::Blackboard,
        Some(ExportLayout::Gradescope) | None => Ids::School,
    }
}

/// The hand-ins, and their layout in words.
fn find(
    course: &Course,
    args: &Batch,
    sources: &Sources,
    drills: &[&'static str],
) -> Result<(String, Found)> {
    for drill in sources.drills().chain(args.drill.as_deref()) {
        course.drill(drill)?;
    }
    let one_drill = args.drill.is_some() || sources.drills().next().is_some();
    let (words, layout) = match (args.layout, &args.pattern) {
        (Some(ExportLayout::Canvas), _) => ("Canvas names it".to_owned(), Layout::Canvas),
        (Some(ExportLayout::Moodle), _) => ("Moodle names it".to_owned(), Layout::Moodle),
        (Some(ExportLayout::Gradescope), _) => {
            ("Gradescope names it".to_owned(), Layout::Gradescope)
        }
        (Some(ExportLayout::Blackboard), _) => {
            ("Blackboard names it".to_owned(), Layout::Blackboard)
        }
        (None, pattern) => {
            let usual = match one_drill {
                true => "{student}",
                false => "{student}/{drill}",
            };
            let pattern = Pattern::parse(pattern.as_deref().unwrap_or(usual), drills)?;
            if pattern.names_drill() && one_drill {
                bail!(
                    "`--drill` and `{{drill}}` in the pattern say the same twice; leave one of them out"
                );
            }
            (format!("`{}`", pattern.text()), Layout::Pattern(pattern))
        }
    };
    let teams = args.teams.as_deref().map(Teams::read).transpose()?;
    let roster = args.roster.as_deref().map(Roster::read).transpose()?;
    let search = Search {
        dir: sources.dir(),
        layout,
        drill: args.drill.as_deref(),
        drills,
        but: args.out.as_deref().and_then(canonical),
        teams: teams.as_ref(),
        roster: roster.as_ref(),
    };
    Ok((words, sources.search(&search)?))
}

fn canonical(path: &Path) -> Option<std::path::PathBuf> {
    path.canonicalize().ok()
}
