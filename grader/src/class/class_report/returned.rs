//! The zip that goes back into a learning system: every student's page, under the
//! names by which Moodle's "Upload multiple feedback files in a zip" and Canvas'
//! "Upload submissions" recognise students.

use std::io::{self, Seek, Write};

use regex_lite::Regex;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::names::plain;
use crate::class::batch::student::{Ids, Student};

/// The end of a page's name, after the part that identifies the student.
const PAGE: &str = "feedback.md";

/// A page's name for Moodle: the name, the participant's number, and Moodle's own
/// suffix. `None` if Moodle's number is not known.
pub(super) fn for_moodle(student: &Student, ids: Option<Ids>) -> Option<String> {
    let id = id_of(student, ids, Ids::Moodle)?;
    let name = plain(student.name()).replace('_', "-");
    Some(format!("{name}_{id}_assignsubmission_file_{PAGE}"))
}

/// A page's name for Canvas: the name of a file that it exported, up to the file's own name.
pub(super) fn for_canvas(student: &Student, ids: Option<Ids>, path: &str) -> Option<String> {
    let id = id_of(student, ids, Ids::Canvas)?;
    let file = path.rsplit('/').next().unwrap_or(path);
    let named = Regex::new(r"(?s)^(.+?_(?:(?i:late)_)?([0-9]+)_[0-9]+)_.+$");
    let found = named.ok()?.captures(file)?;
    (&found[2] == id).then(|| format!("{}_{PAGE}", &found[1]))
}

fn id_of(student: &Student, ids: Option<Ids>, kind: Ids) -> Option<&str> {
    student
        .id()
        .filter(|_| student.system().or(ids) == Some(kind))
}

/// Writes pages into a zip. The same pages make the same zip.
pub(super) fn zip(pages: &[(String, String)], out: impl Write + Seek) -> io::Result<()> {
    let mut zip = ZipWriter::new(out);
    for (name, text) in pages {
        zip.start_file(name.as_str(), SimpleFileOptions::default())
            .map_err(io::Error::other)?;
        zip.write_all(text.as_bytes())?;
    }
    zip.finish().map(drop).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_called_as_each_system_wants_them() {
        let ada = Student::known("Ada_L", Some("17"), None).of(Ids::Moodle);
        let name = "Ada-L_17_assignsubmission_file_feedback.md";
        assert_eq!(for_moodle(&ada, None).as_deref(), Some(name));
        assert_eq!(for_canvas(&ada, None, "adal_17_9_x.rs"), None);
        let ada = Student::known("adal", Some("17"), None);
        let canvas = |path| for_canvas(&ada, Some(Ids::Canvas), path);
        let name = "adal_17_9_feedback.md";
        assert_eq!(canvas("hw/adal_17_9_x_y.rs").as_deref(), Some(name));
        let late = "adal_LATE_17_9_feedback.md";
        assert_eq!(canvas("adal_LATE_17_9_x.rs").as_deref(), Some(late));
        assert_eq!(canvas("adal_18_9_x.rs"), None);
        assert_eq!(
            for_moodle(&Student::numbered("Team A", "17"), Some(Ids::Moodle)),
            None
        );
    }
}
