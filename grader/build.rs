//! Makes a mark for each drill and language of the sources that decide its verdicts, so that a batch
//! knows when a record was made by other rules: see `src/class/batch/rules.rs`.

#[path = "src/class/batch/rules/marks.rs"]
mod marks;

use std::fs;
use std::path::Path;

use marks::Source;

fn main() {
    let mut sources = Vec::new();
    for folder in [
        "src",
        "play/src",
        "protocol/src",
        "worker/src",
        "workers",
        "sandbox/src",
        "../exercises/kit",
    ] {
        println!("cargo::rerun-if-changed={folder}");
        collect(Path::new(folder), &mut sources);
    }
    let marks = marks::marks(&sources).into_iter();
    let marks: Vec<String> = marks
        .map(|(drill, mark)| format!("{drill}={mark:016x}"))
        .collect();
    println!("cargo::rustc-env=GRADER_RULES={}", marks.join(" "));
}

fn collect(folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, sources);
            continue;
        }
        let text = fs::read(&path).unwrap_or_default();
        sources.push(Source {
            place: path.to_string_lossy().replace('\\', "/"),
            text: String::from_utf8_lossy(&text).into_owned(),
        });
    }
}
