//! Gradescope's autograder: a zip with `setup.sh`, `run_autograder` and the course.

use std::fs;
use std::io::{Seek, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{PackageError, Packing, files};
use crate::course::Course;

const SETUP: &str = include_str!("../../../packages/gradescope/setup.sh");
const RUN: &str = include_str!("../../../packages/gradescope/run_autograder");

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
    let scripts = [("setup.sh", SETUP), ("run_autograder", RUN)];
    for (name, template) in scripts {
        zip.start_file(name, mode(0o755))?;
        write(&mut zip, name, packing.fill(template).as_bytes())?;
    }
    for (name, path) in files(course)? {
        let bytes = fs::read(&path).map_err(|source| PackageError::Io { path, source })?;
        // A script in it is run by nobody there.
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
