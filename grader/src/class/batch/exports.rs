//! What learning systems call the files and folders of an export.
//!
//! Each function turns one export into [`Hand`]s. The names are those of Canvas'
//! `content_zipper.rb`, of Moodle's `mod/assign/classes/downloader.php`, and of the
//! `submission_metadata.yml` that Gradescope puts beside the submissions.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex_lite::Regex;
use saphyr::{LoadableYamlNode, Yaml};

use super::find::{FindError, PassedOver, Search};
use super::hand_in::{Hand, Kind, Thing, things};
use super::student::Student;

/// The names that Gradescope gives to an export's folder and its list.
const METADATA: &str = "submission_metadata.yml";

/// Files, all in one folder: name, perhaps `LATE`, the user's number, the file's
/// number, the file's own name. An anonymous user is `anon_` and some letters.
pub(super) fn canvas(
    search: &Search<'_>,
    passed_over: &mut Vec<PassedOver>,
) -> Result<Vec<Hand>, FindError> {
    let named = regex(
        r"^(?:(?<name>.+?)_)??(?<late>LATE_)?(?<id>[0-9]+|anon_[0-9A-Za-z]+)_[0-9]+_(?<file>.+)$",
    );
    let typed = regex(r"^.+_(?:text|link)\.html$");
    let mut hands = Hands::default();
    for mut thing in entries(search, Path::new(""))? {
        let Some(found) = named.captures(&thing.name) else {
            let why = match typed.is_match(&thing.name) {
                true => "a text or a link that was typed in, no file",
                false => "its name is not one that Canvas gives",
            };
            passed_over.push(over(&thing, why));
            continue;
        };
        let text = |part: &str| found.name(part).map(|it| it.as_str().to_owned());
        let id = text("id").unwrap_or_default();
        let late = text("late").is_some();
        let name = text("name").unwrap_or_else(|| id.clone());
        let student = Student::known(&name, Some(&id), None);
        let file = text("file").unwrap_or_default();
        thing.name = file;
        hands.add(student, late, thing);
    }
    Ok(hands.into_list(search))
}

/// A folder for each student, or files that begin with what the folder would be
/// called: the name, the participant's number, `assignsubmission_file`. Older Moodles
/// end it with one more `_`. A group that is nobody's has no number.
pub(super) fn moodle(
    search: &Search<'_>,
    passed_over: &mut Vec<PassedOver>,
) -> Result<Vec<Hand>, FindError> {
    let named = regex(
        r"^(?<name>.+?)(?:_(?<id>[0-9]+))?_assignsubmission_(?<kind>[a-z]+)(?:_(?<file>.*))?$",
    );
    let mut hands = Hands::default();
    for mut thing in entries(search, Path::new(""))? {
        let Some(found) = named.captures(&thing.name) else {
            passed_over.push(over(&thing, "its name is not one that Moodle gives"));
            continue;
        };
        let text = |part: &str| found.name(part).map(|it| it.as_str().to_owned());
        if text("kind").as_deref() != Some("file") {
            passed_over.push(over(&thing, "a text that was typed in, no file"));
            continue;
        }
        let (name, id) = (text("name").unwrap_or_default(), text("id"));
        let student = Student::known(&name, id.as_deref(), None);
        let file = text("file").unwrap_or_default();
        match thing.kind {
            Kind::Folder | Kind::Crate if search.drill.is_none() && thing.kind == Kind::Folder => {
                for inner in entries(search, &thing.path)? {
                    hands.add(student.clone(), false, inner);
                }
            }
            Kind::Folder | Kind::Crate => hands.add(student, false, thing),
            _ => {
                thing.name = file;
                hands.add(student, false, thing);
            }
        }
    }
    Ok(hands.into_list(search))
}

/// A folder for each submission, with what was uploaded unpacked in it, and a list
/// that says whose it is. A group's submission is one of each of its members.
pub(super) fn gradescope(
    search: &Search<'_>,
    passed_over: &mut Vec<PassedOver>,
) -> Result<Vec<Hand>, FindError> {
    // The export unpacks to one folder.
    let all = entries(search, Path::new(""))?;
    let outer = all.iter().find(|thing| thing.name.ends_with("_export"));
    let base = match outer {
        Some(folder) if !search.dir.join(METADATA).is_file() => folder.path.clone(),
        _ => PathBuf::new(),
    };
    let submitters = submitters(&search.dir.join(&base).join(METADATA))?;
    let mut hands = Vec::new();
    for thing in entries(search, &base)? {
        if thing.name == METADATA {
            continue;
        }
        let is_folder = matches!(thing.kind, Kind::Folder | Kind::Crate);
        if !is_folder || !thing.name.starts_with("submission_") {
            passed_over.push(over(&thing, "its name is not one that Gradescope gives"));
            continue;
        }
        let students = match submitters.get(&thing.name) {
            Some(students) if !students.is_empty() => students.clone(),
            _ => vec![Student::named(&thing.name)],
        };
        let inner = match thing.kind {
            Kind::Folder if search.drill.is_none() => entries(search, &thing.path)?,
            _ => vec![thing],
        };
        hands.extend(students.into_iter().map(|student| Hand {
            student,
            late: false,
            drill: search.drill.map(str::to_owned),
            things: inner.clone(),
        }));
    }
    Ok(hands)
}

/// Who handed in each submission; nobody where there is no list.
fn submitters(path: &Path) -> Result<BTreeMap<String, Vec<Student>>, FindError> {
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
    let list = list.ok_or_else(|| failed("it holds no list of submissions".to_owned()))?;
    let mut all = BTreeMap::new();
    for (name, facts) in list {
        let students = facts
            .as_mapping_get(":submitters")
            .and_then(Yaml::as_sequence);
        let students = students.into_iter().flatten().filter_map(|student| {
            let text = |key| student.as_mapping_get(key).and_then(words);
            let (id, email) = (text(":sid"), text(":email"));
            let name = text(":name").or_else(|| email.clone())?;
            Some(Student::known(&name, id.as_deref(), email.as_deref()))
        });
        if let Some(name) = name.as_str() {
            all.insert(name.to_owned(), students.collect());
        }
    }
    Ok(all)
}

/// A value as text; a student's number may be written as either.
fn words(value: &Yaml<'_>) -> Option<String> {
    let number = || value.as_integer().map(|number| number.to_string());
    let text = value.as_str().map(str::to_owned).or_else(number)?;
    (!text.is_empty()).then_some(text)
}

/// What was handed in, by student.
#[derive(Default)]
struct Hands(BTreeMap<Student, (bool, Vec<Thing>)>);

impl Hands {
    fn add(&mut self, student: Student, late: bool, thing: Thing) {
        let (is_late, things) = self.0.entry(student).or_default();
        *is_late |= late;
        things.push(thing);
    }

    fn into_list(self, search: &Search<'_>) -> Vec<Hand> {
        let hand = |(student, (late, things))| Hand {
            student,
            late,
            drill: search.drill.map(str::to_owned),
            things,
        };
        self.0.into_iter().map(hand).collect()
    }
}

fn entries(search: &Search<'_>, folder: &Path) -> Result<Vec<Thing>, FindError> {
    let all = things(search.dir, folder).map_err(|why| search.unreadable(why))?;
    let is_results = |thing: &Thing| {
        let here = search.dir.join(&thing.path).canonicalize();
        here.is_ok_and(|here| Some(&*here) == search.but.as_deref())
    };
    Ok(all.into_iter().filter(|thing| !is_results(thing)).collect())
}

fn over(thing: &Thing, why: &str) -> PassedOver {
    PassedOver {
        path: thing.path.clone(),
        why: why.to_owned(),
    }
}

fn regex(source: &str) -> Regex {
    Regex::new(&format!("(?s){source}")).expect("it is written above")
}
