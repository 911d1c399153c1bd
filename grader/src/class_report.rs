//! Reports for a class, all written from one [`Class`]: feedback for each student,
//! gradebooks, JUnit, and `report.html`.
//!
//! The main function is [`write_all`]. Nothing here grades, and nothing here reads
//! what was handed in. What students get goes through `feedback.rs`; the page and the
//! gradebooks are the teacher's.

mod gradebook;
mod handout;
mod page;
mod statistics;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::batch::record::Class;
use crate::batch::shape;
use crate::course::Course;
use crate::feedback::{Feedback, Level};
use crate::report::{Junit, Report};
use crate::submission::Submission;

/// What the reports for a class depend on besides the class.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How much students are told in `feedback/`.
    pub feedback: Level,
    /// Shapes that mean something, by drill: what nobody wrote themselves.
    pub known_shapes: BTreeMap<String, Vec<KnownShape>>,
}

/// A shape that is the course's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownShape {
    /// As in a record.
    pub shape: String,
    /// What it is, after "the same as".
    pub what: &'static str,
}

impl Options {
    /// These options for a course: its stubs and its solutions are known.
    pub fn of_course(course: &Course, feedback: Level, class: &Class) -> Options {
        let mut options = Options {
            feedback,
            ..Options::default()
        };
        for drill in &class.drills {
            let folder = course.solution_dir(&drill.slug);
            let own = [
                (folder.join("stub.rs"), "the stub, unchanged"),
                (folder.join("src/lib.rs"), "the course's own solution"),
            ];
            let known = own.into_iter().filter_map(|(path, what)| {
                let shape = shape::of(&Submission::read(&path).ok()?);
                Some(KnownShape { shape, what })
            });
            options
                .known_shapes
                .insert(drill.slug.clone(), known.collect());
        }
        options
    }
}

/// Writes everything into `out`: `feedback/STUDENT.md`, `gradebook.csv`,
/// `gradebook-canvas.csv`, `gradebook-moodle.csv`, `junit.xml` and `report.html`.
/// Each file is there whole or as it was before.
///
/// # Errors
/// When `out` cannot be written.
pub fn write_all(class: &Class, out: &Path, options: &Options) -> io::Result<()> {
    let feedback = class
        .drills
        .iter()
        .fold(Feedback::at(options.feedback), |feedback, drill| {
            feedback.with(&drill.slug, drill.exercise.checks.clone())
        });
    fs::create_dir_all(out.join("feedback"))?;
    for (student, records) in statistics::by_student(class) {
        let path = out
            .join("feedback")
            .join(format!("{}.md", student.file_stem()));
        write(&path, handout::of(student, &records, &feedback).as_bytes())?;
    }
    write(&out.join("gradebook.csv"), &gradebook::plain(class)?)?;
    write(
        &out.join("gradebook-canvas.csv"),
        &gradebook::canvas(class)?,
    )?;
    write(
        &out.join("gradebook-moodle.csv"),
        &gradebook::moodle(class)?,
    )?;
    write(&out.join("junit.xml"), &junit(class)?)?;
    let page = page::of(class, options);
    write(&out.join("report.html"), page.as_bytes())
}

/// The whole class as build servers read it; a suite is named after its student.
fn junit(class: &Class) -> io::Result<Vec<u8>> {
    let verdicts: Vec<_> = class
        .records
        .iter()
        .map(|record| {
            let mut verdict = record.verdict.clone();
            verdict.submission.clone_from(&record.student.name);
            verdict
        })
        .collect();
    let mut text = Vec::new();
    Junit.all(&verdicts, &mut text)?;
    Ok(text)
}

/// All of a file or nothing.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    #[cfg(unix)]
    {
        // Readable as any file that one writes; a temporary one is its owner's alone.
        use std::os::unix::fs::PermissionsExt;
        file.as_file()
            .set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path)?;
    Ok(())
}
