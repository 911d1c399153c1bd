//! Gradescope's autograder: a zip with `setup.sh`, `run_autograder` and the course, and a
//! recipe for an image with the set-up done.

use std::fs;
use std::io::{Read, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::{PackageError, Packing, files};
use crate::course::Course;

const SETUP: &str = include_str!("../../../packages/gradescope/setup.sh");
const RUN: &str = include_str!("../../../packages/gradescope/run_autograder");
const IMAGE: &str = include_str!("../../../packages/gradescope/Containerfile");

/// The name of the program that Gradescope runs.
const RUN_NAME: &str = "run_autograder";

/// The only drill, or a command that asks which drill it is.
fn choice(packing: &Packing) -> String {
    match &*packing.drills {
        [only] => only.clone(),
        _ => "\"$(\"$grader\" --course \"$root/source\" package drill \"$root/submission_metadata.json\")\""
            .to_owned(),
    }
}

/// The line of an existing autograder that says which drill it is for; `None` if the file
/// is not an autograder.
pub fn made_for(archive: impl Read + Seek) -> Option<String> {
    let mut archive = ZipArchive::new(archive).ok()?;
    let mut text = String::new();
    let run = archive.by_name(RUN_NAME).ok()?;
    run.take(1 << 20).read_to_string(&mut text).ok()?;
    let mut lines = text.lines();
    lines
        .find(|line| line.starts_with("drill=") || line.contains(" grade "))
        .map(str::to_owned)
}

/// Writes the zip. The same course makes the same bytes.
///
/// # Errors
/// When the course cannot be read or `out` not written.
pub fn autograder(
    course: &Course,
    packing: &Packing,
    out: impl Write + Seek,
) -> Result<(), PackageError> {
    let mut zip = ZipWriter::new(out);
    let mode = |mode| SimpleFileOptions::default().unix_permissions(mode);
    let run = RUN.replace("@CHOICE@", &choice(packing));
    let scripts = [("setup.sh", SETUP), (RUN_NAME, &*run)];
    for (name, template) in scripts {
        zip.start_file(name, mode(0o755))?;
        write(&mut zip, name, packing.fill(template).as_bytes())?;
    }
    zip.start_file("Containerfile", mode(0o644))?;
    write(&mut zip, "Containerfile", IMAGE.as_bytes())?;
    for (name, path) in files(course)? {
        let bytes = fs::read(&path).map_err(|source| PackageError::Io { path, source })?;
        // Nobody runs a script inside the course there.
        zip.start_file(&name, mode(0o644))?;
        write(&mut zip, &name, &bytes)?;
    }
    zip.finish()?;
    Ok(())
}

fn write(zip: &mut impl Write, name: &str, bytes: &[u8]) -> Result<(), PackageError> {
    zip.write_all(bytes).map_err(|source| PackageError::Io {
        path: name.into(),
        source,
    })
}
