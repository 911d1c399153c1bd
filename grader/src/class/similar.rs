//! Everybody's files in one place, for programs that look for what was copied: JPlag takes
//! a folder of folders, Dolos a table of files.
//!
//! Its main function is [`export`]. Nothing here says what is alike.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use csv::Writer;
use play::text::one_line;
use thiserror::Error;

use super::batch::class::Class;
use super::batch::find::HandIn;
use super::batch::plan::taken;
use super::class_report::Names;
use crate::build::submission::Submission;
use crate::class::class_report::gradebook::safe;
use crate::course::language::Language;
use crate::drills;
use crate::grade::grading::Grader;

/// The table that Dolos reads beside the files.
const TABLE: &str = "info.csv";

/// What nobody wrote themselves, beside the folder of its drill.
const STUB: &str = "stub";

/// Why nothing was exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// There is something that would be mixed with it.
    #[error("`{}` is there already; name a new folder with `--similar`", .0.display())]
    There(PathBuf),
    /// There it would be taken for hand-ins.
    #[error("`{}` lies in the class' own folder, where the next run would take it for hand-ins; name a folder elsewhere with `--similar`", .0.display())]
    Within(PathBuf),
    /// The system says no.
    #[error("cannot write to `{}`: {why}; is there space, and may you write there?", path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// Why not.
        why: io::Error,
    },
}

/// Writes what can be read of `hand_ins`, from the folder `dir`, into the new folder `out`:
/// `DRILL/STUDENT/src/lib.rs` and so on, `DRILL/info.csv`, and the stub in `stub/DRILL`; what
/// is written in another language into `DRILL-LANGUAGE` instead. Returns how many submissions
/// that are.
///
/// # Errors
/// When `out` is there already, or cannot be written.
pub fn export(
    grader: &Grader,
    class: &Class<'_>,
    dir: &Path,
    hand_ins: &[HandIn],
    out: &Path,
) -> Result<usize, ExportError> {
    let failed = |why| ExportError::Io {
        path: out.to_owned(),
        why,
    };
    if out.exists() {
        return Err(ExportError::There(out.to_owned()));
    }
    let names = Names::of(class);
    let mut tables: BTreeMap<(&str, Language), Vec<[String; 6]>> = BTreeMap::new();
    let mut count = 0;
    for hand_in in hand_ins {
        let Some(drill) = drills::find(hand_in.drill) else {
            continue;
        };
        // What could not be read is said elsewhere.
        let Ok(Ok(submission)) = taken(grader, drill, dir, hand_in) else {
            continue;
        };
        let name = names.name(&hand_in.student);
        let language = submission.language();
        let folder = out.join(together(hand_in.drill, language)).join(&name);
        fs::create_dir_all(&folder).map_err(failed)?;
        submission.write_to(&folder).map_err(failed)?;
        let rows = submission.files().keys().map(|file| {
            let student = &hand_in.student;
            let id = student.id().or(student.number()).unwrap_or(&name);
            [
                format!("{name}/{file}"),
                one_line(student.name(), 200),
                one_line(id, 200),
                "handed in".to_owned(),
                hand_in.at.as_deref().unwrap_or_default().to_owned(),
                hand_in.drill.to_owned(),
            ]
        });
        let table = tables.entry((hand_in.drill, language));
        table.or_default().extend(rows);
        count += 1;
    }
    for ((drill, language), rows) in tables {
        let place = together(drill, language);
        table(&out.join(&place).join(TABLE), rows).map_err(failed)?;
        let stub = Submission::read(&grader.course().stub_in(drill, language));
        let stub = stub.map_err(|error| failed(io::Error::other(error)))?;
        let place = out.join(STUB).join(place);
        fs::create_dir_all(&place).map_err(failed)?;
        stub.as_crate().write_to(&place).map_err(failed)?;
    }
    Ok(count)
}

/// The folder of all submissions for a drill that one program can compare.
fn together(drill: &str, language: Language) -> String {
    match language {
        Language::Rust => drill.to_owned(),
        language => format!("{drill}-{}", language.folder()),
    }
}

fn table(path: &Path, rows: Vec<[String; 6]>) -> io::Result<()> {
    let mut table = Writer::from_path(path)?;
    let head = [
        "filename",
        "full_name",
        "id",
        "status",
        "created_at",
        "labels",
    ];
    table.write_record(head)?;
    for row in rows {
        table.write_record(row.map(|cell| safe(&cell)))?;
    }
    table.flush()
}
