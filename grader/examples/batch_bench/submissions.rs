//! Submissions of an invented class: the course's own solutions, right and
//! wrong, each with a text of its own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use grader::course::Course;
use grader::drills;

#[derive(Clone)]
pub(crate) struct Variant {
    pub(crate) drill: String,
    pub(crate) text: String,
}

/// `number` submissions, no two the same: the drills take turns, and so do the solutions of each.
pub(crate) fn variants(course: &Course, number: usize) -> Result<Vec<Variant>> {
    let mut all = Vec::new();
    for drill in drills::ALL {
        let folder = course.solution_dir(drill.slug());
        let mut files = vec![folder.join("src/lib.rs"), folder.join("stub.rs")];
        // A class gets about half of its submissions right.
        let (right, wrong) = (
            rust_files(&folder.join("right"))?,
            rust_files(&folder.join("wrong"))?,
        );
        for at in 0..wrong.len().max(right.len()) {
            files.push(right[at % right.len()].clone());
            files.push(wrong[at % wrong.len()].clone());
        }
        all.push((drill.slug(), files));
    }
    (0..number)
        .map(|at| {
            let (drill, files) = &all[at % all.len()];
            let path = &files[at / all.len() % files.len()];
            variant(drill, path, at)
        })
        .collect()
}

/// The right solutions of all drills.
pub(crate) fn right(course: &Course) -> Result<Vec<Variant>> {
    let mut all = Vec::new();
    for drill in drills::ALL {
        let folder = course.solution_dir(drill.slug());
        for (at, path) in rust_files(&folder.join("right"))?.iter().enumerate() {
            all.push(variant(drill.slug(), path, at)?);
        }
    }
    Ok(all)
}

/// As [`variants`], but every third is a stub as it was shipped.
pub(crate) fn third_stubs(course: &Course, number: usize) -> Result<Vec<Variant>> {
    let mut all = variants(course, number)?;
    for (at, variant) in all.iter_mut().enumerate() {
        if (at / drills::ALL.len()).is_multiple_of(3) {
            let stub = course.solution_dir(&variant.drill).join("stub.rs");
            variant.text = fs::read_to_string(stub)?;
        }
    }
    Ok(all)
}

/// `number` submissions that cost little, no two the same: of eight, rustc refuses six at a glance,
/// one is right and one is wrong. So the cost of everything but compiling and running shows.
pub(crate) fn cheap(course: &Course, number: usize) -> Result<Vec<Variant>> {
    let drill = drills::ALL[0].slug();
    let folder = course.solution_dir(drill);
    let mut wrong = rust_files(&folder.join("wrong"))?;
    wrong.truncate(8);
    (0..number)
        .map(|at| match at % 8 {
            0 => variant(drill, &folder.join("src/lib.rs"), at),
            4 => variant(drill, &wrong[at / 8 % wrong.len()], at),
            _ => Ok(Variant {
                drill: drills::ALL[at % drills::ALL.len()].slug().to_owned(),
                text: format!("// student {at}\nfn ("),
            }),
        })
        .collect()
}

/// The same code with a comment and a name of its own.
fn variant(drill: &str, path: &Path, at: usize) -> Result<Variant> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(Variant {
        drill: drill.to_owned(),
        text: format!("{text}\n// Handed in as number {at}.\nmod own_{at} {{}}\n"),
    })
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.retain(|path| path.extension().is_some_and(|it| it == "rs"));
    files.sort();
    Ok(files)
}
