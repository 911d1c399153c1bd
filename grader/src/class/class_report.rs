//! Reports for a class, all written from one [`Class`]: feedback for each student,
//! gradebooks, JUnit, and `report.html`.
//!
//! The main function is [`write_all`]. Nothing here grades, and nothing here reads
//! what was handed in. What students get goes through `feedback.rs`; the page and the
//! gradebooks are the teacher's. Records are read one student's at a time, and what is
//! long is written as it is made.

mod gradebook;
mod handout;
mod page;
mod statistics;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::build::submission::Submission;
use crate::class::batch::class::Class;
use crate::class::batch::shape;
use crate::class::batch::store::Ids;
use crate::course::Course;
use crate::grade::feedback::{Feedback, Level};
use crate::grade::report::junit;

pub use statistics::Statistics;

/// What the reports for a class depend on besides the class.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How much students are told in `feedback/`.
    pub feedback: Level,
    /// Whose numbers the students' ids are; without it, no learning system is told them.
    pub ids: Option<Ids>,
    /// Where the hand-ins lie in the course's folder, if they do. Where else they lie
    /// on the teacher's machine, no report says.
    pub folder: Option<PathBuf>,
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
    pub fn of_course(course: &Course, feedback: Level, class: &Class<'_>) -> Options {
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

    /// What a class' folder is called in the course's folder, if it lies there.
    pub fn folder_in(course: &Course, dir: &Path) -> Option<PathBuf> {
        let dir = dir.canonicalize().ok()?;
        dir.strip_prefix(course.root()).ok().map(Path::to_owned)
    }

    fn known(&self, drill: &str) -> &[KnownShape] {
        self.known_shapes.get(drill).map_or(&[], Vec::as_slice)
    }
}

/// Writes everything into `out`: `feedback/STUDENT.md`, `gradebook.csv`,
/// `gradebook-canvas.csv`, `gradebook-moodle.csv`, `junit.xml` and `report.html`.
/// Each file is there whole or as it was before.
///
/// # Errors
/// When a record cannot be read, or `out` cannot be written.
pub fn write_all(
    class: &Class<'_>,
    statistics: &Statistics,
    out: &Path,
    options: &Options,
) -> io::Result<()> {
    let feedback = class
        .drills
        .iter()
        .fold(Feedback::at(options.feedback), |feedback, drill| {
            feedback.with(&drill.slug, drill.exercise.checks.clone())
        });
    fs::create_dir_all(out.join("feedback"))?;
    for (student, lines) in class.by_student() {
        let records = lines.iter().map(|line| class.record(line));
        let records = records.collect::<io::Result<Vec<_>>>()?;
        let path = out
            .join("feedback")
            .join(format!("{}.md", student.file_stem()));
        write(&path, handout::of(student, &records, &feedback).as_bytes())?;
    }
    let gradebooks = [
        ("gradebook.csv", gradebook::plain as gradebook::Form),
        ("gradebook-canvas.csv", gradebook::canvas),
        ("gradebook-moodle.csv", gradebook::moodle),
    ];
    for (name, form) in gradebooks {
        whole(&out.join(name), |file| form(class, options.ids, file))?;
    }
    whole(&out.join("junit.xml"), |file| {
        // As build servers read it; a suite is named after its student.
        let verdicts = class.records().map(|record| {
            let mut record = record?;
            record.verdict.submission = record.student.name().to_owned();
            Ok(record.verdict)
        });
        junit::document(statistics.cases, verdicts, file)
    })?;
    whole(&out.join("report.html"), |file| {
        page::write(class, statistics, options.folder.as_deref(), file)
    })
}

/// All of a file or nothing.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    whole(path, |file| file.write_all(bytes))
}

/// The same for a file that is written bit by bit.
fn whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = BufWriter::new(NamedTempFile::new_in(folder)?);
    write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
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
