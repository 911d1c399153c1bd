//! Gradescope: a folder for each submission, and a list that names its students.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use saphyr::{LoadableYamlNode, Yaml};

use super::super::find::{FindError, Found, Search};
use super::super::hand_in::Hand;
use super::super::student::{Ids, Student};
use super::super::thing::ThingKind;
use super::{entries, over, top};

/// The file name of Gradescope's list.
const METADATA: &str = "submission_metadata.yml";

/// The entry of a submission in the list.
struct Facts {
    students: Vec<Student>,
    /// When it was handed in.
    at: Option<String>,
}

/// There is a folder for each submission, with the uploaded files unpacked in it.
/// A group's submission belongs to each of its members.
pub(in super::super) fn gradescope(
    search: &Search<'_>,
    found: &mut Found,
) -> Result<Vec<Hand>, FindError> {
    // The export unpacks into one folder.
    let all = top(search, Path::new(""), |_| false)?;
    let outer = all.iter().find(|thing| thing.name.ends_with("_export"));
    let base = match outer {
        Some(folder) if !search.dir.join(METADATA).is_file() => folder.path.clone(),
        _ => PathBuf::new(),
    };
    let mut facts = read(&search.dir.join(&base).join(METADATA))?;
    let mut hands = Vec::new();
    for thing in top(search, &base, |_| false)? {
        if thing.name == METADATA {
            continue;
        }
        let known = facts.remove(&thing.name);
        if !thing.is_folder() || !(thing.name.starts_with("submission_") || known.is_some()) {
            let why = "its name is not one that Gradescope gives";
            over(found, &thing, why);
            for student in known.into_iter().flat_map(|it| it.students) {
                let why = "no folder with the submission".to_owned();
                found.pass(&thing.path, why, Some(student));
            }
            continue;
        }
        let (students, at) = match known {
            Some(Facts { students, at }) if !students.is_empty() => (students, at),
            known => (
                vec![Student::named(&thing.name)],
                known.and_then(|it| it.at),
            ),
        };
        let inner = match thing.kind {
            ThingKind::Folder if search.drill.is_none() => entries(search, &thing.path)?,
            _ => vec![thing],
        };
        hands.extend(students.into_iter().map(|student| Hand {
            student,
            late: false,
            at: at.as_deref().map(Box::from),
            drill: search.drill.map(str::to_owned),
            things: inner.clone(),
        }));
    }
    // The list names more submissions than the export has.
    for (name, Facts { students, .. }) in facts {
        for student in students {
            let why = "the list names it, but it is not there".to_owned();
            found.pass(&base.join(&name), why, Some(student));
        }
    }
    Ok(hands)
}

/// Who handed in each submission; empty if there is no list.
fn read(path: &Path) -> Result<BTreeMap<String, Facts>, FindError> {
    let failed = |why: String| FindError::Metadata {
        path: path.to_owned(),
        why,
    };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(failed(error.to_string())),
    };
    let documents = Yaml::load_from_str(&text).map_err(|error| failed(error.to_string()))?;
    let list = documents.first().and_then(Yaml::as_mapping);
    let list = list.ok_or_else(|| failed("it has no list of submissions".to_owned()))?;
    let mut all = BTreeMap::new();
    for (name, facts) in list {
        let students = facts
            .as_mapping_get(":submitters")
            .and_then(Yaml::as_sequence);
        let students = students.into_iter().flatten().filter_map(|student| {
            let text = |key| student.as_mapping_get(key).and_then(words);
            let (id, email) = (text(":sid"), text(":email"));
            let name = text(":name").or_else(|| email.clone())?;
            let student = Student::known(&name, id.as_deref(), email.as_deref());
            Some(student.of(Ids::School))
        });
        if let Some(name) = name.as_str() {
            let facts = Facts {
                students: students.collect(),
                at: facts.as_mapping_get(":created_at").and_then(words),
            };
            all.insert(name.to_owned(), facts);
        }
    }
    Ok(all)
}

/// A value as text; a student's number may be written as either.
fn words(value: &Yaml<'_>) -> Option<String> {
    let number = || value.as_integer().map(|number| number.to_string());
    let text = value.as_str().map(str::to_owned).or_else(number)?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
