//! `package`: makes what another system needs to grade with this course.

use std::fs::{self, File};
use std::io::{Cursor, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use super::Exit;
use crate::app::cli::package::{Gradescope, Package, Packed, System};
use crate::authors::package::{Packing, autograder, drill_of, made_for, workflow};
use crate::course::aloud;
use crate::course::{Course, CourseError};
use crate::drills;

pub(super) fn run(course: &Course, args: &Package) -> Result<Exit> {
    match &args.system {
        System::Gradescope(gradescope) => for_gradescope(course, gradescope),
        System::Github(github) => {
            let drill = course.drill(&github.drill)?;
            if let Some(language) = github.language.filter(|it| !drills::is_in(drill, *it)) {
                bail!(drills::not_in(drill, language));
            }
            let packing = Packing {
                language: github.language,
                ..packing(vec![drill.slug().to_owned()], &github.packed)
            };
            let text = workflow(&packing, &github.course_repository, &github.course_ref)?;
            let path = github.packed.out.join("grade.yml");
            let first = |text: &str| text.lines().next().map(str::to_owned);
            let before = fs::read_to_string(&path);
            if let Ok(before) = before
                && first(&before) != first(&text)
            {
                in_the_way(&path)?;
            }
            let next = "put it into `.github/workflows/` of the student's repository";
            give(&path, text.as_bytes(), next)
        }
        System::Drill(asked) => {
            let path = &asked.metadata;
            let text = fs::read_to_string(path)
                .with_context(|| format!("cannot read `{}`", path.display()))?;
            let mut drills = Vec::new();
            for slug in graded(course)? {
                let title = course.exercise(&slug).map(|it| it.title);
                drills.push((slug, title.unwrap_or_default()));
            }
            writeln!(anstream::stdout(), "{}", drill_of(&text, &drills)?)?;
            Ok(Exit::Passed)
        }
    }
}

fn for_gradescope(course: &Course, args: &Gradescope) -> Result<Exit> {
    let drills = match &args.drill {
        Some(drill) => vec![known(course, drill)?],
        None => graded(course)?,
    };
    let mut zip = Cursor::new(Vec::new());
    autograder(course, &packing(drills, &args.packed), &mut zip)?;
    let path = args.packed.out.join("autograder.zip");
    if let Ok(before) = File::open(&path) {
        zip.set_position(0);
        if made_for(before) != made_for(&mut zip) {
            in_the_way(&path)?;
        }
    }
    let next = match &args.drill {
        Some(_) => "upload it under \"Configure Autograder\"",
        None => {
            "upload it under \"Configure Autograder\" of every assignment whose title names a drill"
        }
    };
    give(&path, &zip.into_inner(), next)
}

/// Refuses to replace a package that was made for something else.
fn in_the_way(path: &Path) -> Result<()> {
    bail!(
        "`{}` is there and was made for something else; name another folder with `--out`, or remove it",
        path.display()
    )
}

fn give(path: &Path, bytes: &[u8], next: &str) -> Result<Exit> {
    write(path, bytes).with_context(|| {
        format!(
            "cannot write `{}`; name a folder with `--out` in which you may write",
            path.display()
        )
    })?;
    writeln!(anstream::stdout(), "wrote {}; {next}", path.display())?;
    Ok(Exit::Passed)
}

/// A known drill has a plain name.
fn known(course: &Course, drill: &str) -> Result<String> {
    Ok(course.drill(drill)?.slug().to_owned())
}

/// Every drill with hidden tests.
fn graded(course: &Course) -> Result<Vec<String>> {
    let mut all = Vec::new();
    for slug in course.slugs()? {
        match course.drill(&slug) {
            Ok(drill) => all.push(drill.slug().to_owned()),
            Err(CourseError::Ungraded(_)) => {}
            // It spoils its own drill, and no other.
            Err(error) => aloud::say(&error.to_string()),
        }
    }
    Ok(all)
}

fn packing(drills: Vec<String>, packed: &Packed) -> Packing {
    let mut options = Vec::new();
    if let Some(level) = packed.told.feedback.to_possible_value() {
        options.push(format!("--feedback {}", level.get_name()));
    }
    if packed.allow_degraded {
        options.push("--allow-degraded".to_owned());
    }
    Packing {
        drills,
        language: None,
        options,
    }
}

/// Written completely or not at all.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    crate::class::class_report::write(path, bytes)
}
