//! `package`: what another system needs to grade with this course.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use anyhow::{Context, Result};
use clap::ValueEnum;

use super::Exit;
use crate::app::cli::package::{Package, Packed, System};
use crate::authors::package::{Packing, autograder, workflow};
use crate::course::Course;

pub(super) fn run(course: &Course, args: &Package) -> Result<Exit> {
    let (name, bytes, packed) = match &args.system {
        System::Gradescope(packed) => {
            let mut zip = Cursor::new(Vec::new());
            autograder(course, &packing(course, packed)?, &mut zip)?;
            ("autograder.zip", zip.into_inner(), packed)
        }
        System::Github(github) => {
            let packing = packing(course, &github.packed)?;
            let text = workflow(&packing, &github.course_repository, &github.course_ref)?;
            ("grade.yml", text.into_bytes(), &github.packed)
        }
    };
    let path = packed.out.join(name);
    write(&path, &bytes).with_context(|| {
        format!(
            "cannot write `{}`; name a folder with `--out` in which you may write",
            path.display()
        )
    })?;
    let next = match &args.system {
        System::Gradescope(_) => "upload it under \"Configure Autograder\"",
        System::Github(_) => "put it into `.github/workflows/` of the student's repository",
    };
    writeln!(anstream::stdout(), "wrote {}; {next}", path.display())?;
    Ok(Exit::Passed)
}

fn packing(course: &Course, packed: &Packed) -> Result<Packing> {
    // A drill that is known has a plain name.
    let drill = course.drill(&packed.drill)?.slug().to_owned();
    let mut options = Vec::new();
    if let Some(level) = packed.told.feedback.to_possible_value() {
        options.push(format!("--feedback {}", level.get_name()));
    }
    if packed.allow_degraded {
        options.push("--allow-degraded".to_owned());
    }
    Ok(Packing { drill, options })
}

/// All of it or nothing.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    crate::class::class_report::write(path, bytes)
}
