//! Reports for a class, all written from one [`Class`]: feedback for each student,
//! gradebooks, JUnit, and `report.html`.
//!
//! The main function is [`write_all`]. Nothing here grades or reads submissions.
//! Everything for students goes through `feedback.rs`; the page and the gradebooks are
//! the teacher's. Records are read one student at a time, and long files are written
//! as they are made.

pub(in crate::class) mod gradebook;
mod handout;
mod history;
mod names;
mod page;
mod returned;
mod statistics;

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::build::submission::Submission;
use crate::class::batch::class::{Class, NOT_HANDED_IN};
use crate::class::batch::shape;
use crate::class::batch::store::Ids;
use crate::course::Course;
use crate::course::language::Language;
use crate::grade::feedback::{Feedback, Level};
use crate::grade::report::junit;

use page::Shown;

pub(super) use names::Names;
pub use statistics::Statistics;

/// What the reports for a class depend on besides the class.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How much students are told in `feedback/`.
    pub feedback: Level,
    /// The system of the students' ids; without it, no learning system is told them.
    pub ids: Option<Ids>,
    /// Where the hand-ins lie in the course's folder, if they do. No report reveals
    /// another place on the teacher's machine.
    pub folder: Option<PathBuf>,
    /// Known shapes, by drill: code that students did not write themselves.
    pub known_shapes: BTreeMap<String, Vec<KnownShape>>,
}

/// The shape of a file of the course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownShape {
    /// As in a record.
    pub shape: String,
    /// Its name, to continue "the same as".
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
            let slug = &drill.slug;
            let own = Language::ALL.into_iter().flat_map(|language| {
                let stub = course.stub_in(slug, language);
                let solution = course.reference_in(slug, language);
                [
                    (stub, "the stub, unchanged"),
                    (solution, "the course's own solution"),
                ]
            });
            let known = own.filter_map(|(path, what)| {
                let shape = shape::of(&Submission::read(&path).ok()?);
                Some(KnownShape { shape, what })
            });
            options
                .known_shapes
                .insert(drill.slug.clone(), known.collect());
        }
        options
    }

    /// The path of a class's folder in the course's folder, if it lies there.
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
/// Each file is replaced whole or stays as it was.
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
    for folder in [out, &out.join(FEEDBACK)] {
        remove_unfinished(folder)?;
    }
    let names = Names::of(class);
    give_back(class, &names, &feedback, out, options.ids)?;
    let gradebooks = [
        ("gradebook.csv", gradebook::plain as gradebook::Form),
        ("gradebook-canvas.csv", gradebook::canvas),
        ("gradebook-moodle.csv", gradebook::moodle),
    ];
    for (name, form) in gradebooks {
        whole(&out.join(name), |file| form(class, options.ids, file))?;
    }
    whole(&out.join("history.csv"), |file| history::write(class, file))?;
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
        let shown = Shown::Teacher {
            names: &names,
            folder: options.folder.as_deref(),
        };
        page::write(class, statistics, shown, file)
    })?;
    whole(&out.join("report-anonymous.html"), |file| {
        page::write(class, statistics, Shown::Class, file)
    })
}

/// How every page of feedback begins, and no other file there.
const BEGINS: &str = "# Feedback for ";

/// The folder of the pages to give back.
const FEEDBACK: &str = "feedback";

/// How the name of a file begins that is not whole yet.
const UNFINISHED: &str = ".unfinished-";

/// Writes the students' pages and, if their system takes them back, a zip of them.
fn give_back(
    class: &Class<'_>,
    names: &Names,
    feedback: &Feedback,
    out: &Path,
    ids: Option<Ids>,
) -> io::Result<()> {
    let folder = out.join(FEEDBACK);
    fs::create_dir_all(&folder)?;
    let mut written = HashSet::new();
    let (mut moodle, mut canvas) = (Vec::new(), Vec::new());
    for (student, lines, why) in class.everybody() {
        let records = lines.iter().map(|line| class.record(line));
        let records = records.collect::<io::Result<Vec<_>>>()?;
        let text = match why {
            "" => handout::of(class, student, lines, &records, feedback),
            NOT_HANDED_IN => continue,
            why => handout::nothing_of(student, why),
        };
        let path = folder.join(format!("{}.md", names.name(student)));
        write(&path, text.as_bytes())?;
        written.insert(path);
        moodle.extend(returned::for_moodle(student, ids).map(|name| (name, text.clone())));
        let mut paths = records.iter().map(|record| &*record.path);
        let name = paths.find_map(|path| returned::for_canvas(student, ids, path));
        canvas.extend(name.map(|name| (name, text)));
    }
    for (name, pages) in [
        ("feedback-moodle.zip", &moodle),
        ("feedback-canvas.zip", &canvas),
    ] {
        let path = out.join(name);
        match pages.is_empty() {
            true => drop(fs::remove_file(&path)),
            false => {
                let mut bytes = io::Cursor::new(Vec::new());
                returned::zip(pages, &mut bytes)?;
                write(&path, bytes.get_ref())?;
            }
        }
    }
    // Pages of students who have another name now, or are gone.
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        let is_ours = || {
            let mut begin = [0; BEGINS.len()];
            let mut file = fs::File::open(&path)?;
            file.read_exact(&mut begin)?;
            io::Result::Ok(begin == *BEGINS.as_bytes())
        };
        if path.extension().is_some_and(|it| it == "md")
            && !written.contains(&path)
            && is_ours().unwrap_or(false)
        {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Writes a file completely or not at all.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    whole(path, |file| file.write_all(bytes))
}

/// A file that is to have another name once it is whole. It is readable like any new file, as
/// the user's `umask` says; a temporary one would be readable by its owner alone.
pub(crate) fn fresh_file_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    tempfile::Builder::new()
        .prefix(UNFINISHED)
        .permissions(mode)
        .tempfile_in(folder)
}

/// Removes what a run left that was killed while it wrote.
fn remove_unfinished(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    for entry in entries {
        let entry = entry?;
        let is_ours = entry.file_name().to_string_lossy().starts_with(UNFINISHED);
        if is_ours && entry.file_type()?.is_file() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The same for a file that is written piece by piece.
fn whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = BufWriter::new(fresh_file_in(folder)?);
    write(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.persist(path)?;
    Ok(())
}
