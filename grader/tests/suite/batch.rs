//! `batch`: a whole class.

mod everybody;
mod finding;
mod going_on;
mod grading;
mod people;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use grader::class::batch::Record;

use crate::courses::Scratch;

/// Refused by rustc at a glance, so that a grading costs next to nothing.
fn broken(who: &str) -> String {
    format!("// {who}\nfn (")
}

/// The records in a results folder, by their paths.
fn records(results: &Path) -> BTreeMap<String, Record> {
    let mut all = BTreeMap::new();
    for drill in fs::read_dir(results.join("records")).into_iter().flatten() {
        let drill = drill.expect("it can be read").path();
        for file in fs::read_dir(&drill).expect("it can be read") {
            let path = file.expect("it can be read").path();
            let text = fs::read(&path).expect("it can be read");
            let record = serde_json::from_slice(&text).expect("every record is whole");
            let name = path
                .strip_prefix(results.join("records"))
                .expect("it lies there");
            all.insert(name.display().to_string(), record);
        }
    }
    all
}

/// A course with a class in it.
fn class(files: &[(&str, &str)]) -> Scratch {
    let course = Scratch::gradable();
    for (name, text) in files {
        course.write(&format!("class/{name}"), text);
    }
    course
}
