//! The book's page of published crates says what a run of the grader says. Each adapter's first
//! lines hold its verdict, and the page's table is made of those lines. A run takes minutes,
//! because it builds the crates, and is asked for by name:
//! `cargo test --profile grader -p grader --test suite -- --ignored published_crates`.
//! It builds in a copy of the course, below `target/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::courses::{Said, copy, program, root};

const CRATES: &str = "solutions/inflight_fix/crates";

/// Checks whose schedules the page walks in a figure.
const WALKED: &[(&str, &str)] = &[
    ("dataloader", "leader_dropped"),
    ("deduplicate", "error_ends_waiting"),
    ("ultra_batch", "cached"),
];

/// Which keys share a bucket is drawn anew in each process, and with it the schedule.
const VARIES: &str = "cached";

/// An adapter as its first lines describe it.
struct Adapter {
    /// Of its file.
    name: String,
    package: String,
    version: String,
    status: String,
    failed: Vec<String>,
    not_judged: Vec<String>,
}

impl Adapter {
    fn read(path: &Path) -> Adapter {
        let text = fs::read_to_string(path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let mut lines = text.lines();
        let named = lines.next().unwrap().strip_prefix("//! `").expect(&name);
        let (package, rest) = named.split_once("` ").expect(&name);
        let version = rest.split([':', ',']).next().unwrap();
        let verdict = lines.next().unwrap();
        let verdict = verdict.strip_prefix("//! Verdict: ").expect(&name);
        let list = |of: &str| -> Vec<String> {
            let rest = verdict.split_once(of).map(|(_, rest)| rest);
            let ids = rest.and_then(|rest| rest.split('.').next());
            ids.map_or(Vec::new(), |ids| {
                ids.split(", ").map(str::to_owned).collect()
            })
        };
        Adapter {
            package: package.to_owned(),
            version: version.to_owned(),
            status: verdict.split('.').next().unwrap().to_owned(),
            failed: list("Failed checks: "),
            not_judged: list("Not judged: "),
            name,
        }
    }

    fn all() -> Vec<Adapter> {
        let entries = fs::read_dir(root().join(CRATES).join("adapters")).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| Adapter::read(path)).collect()
    }

    fn label(&self) -> String {
        format!("`{}` {}", self.package, self.version)
    }
}

/// The crates that are judged, as Cargo.toml names and pins them.
fn pinned() -> BTreeMap<String, toml::Value> {
    let manifest = fs::read_to_string(root().join(CRATES).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let tables = [
        &manifest["dependencies"],
        &manifest["target"]["cfg(any())"]["dependencies"],
    ];
    let all = tables.into_iter().flat_map(|it| it.as_table().unwrap());
    let of_ours = |wanted: &toml::Value| wanted.get("path").is_some();
    // Every submission may use these two.
    all.filter(|(name, wanted)| !of_ours(wanted) && !["tokio", "futures"].contains(&&***name))
        .map(|(name, wanted)| (name.clone(), wanted.clone()))
        .collect()
}

/// Who keeps what: a sentence and a table.
fn table(adapters: &[Adapter]) -> String {
    let shown = root().join("book/interactive/verdicts/inflight_fix.json");
    let shown: Value = serde_json::from_slice(&fs::read(shown).unwrap()).unwrap();
    let checks = shown["verdict"]["checks"].as_array().unwrap();
    let (some, all): (Vec<_>, Vec<_>) = adapters.iter().partition(|it| !it.failed.is_empty());
    let all: Vec<String> = all.into_iter().map(Adapter::label).collect();
    let columns: Vec<String> = some.iter().map(|it| it.label()).collect();
    let mut text = format!(
        "These keep every promise: {}.\n\n| promise | {} |\n|---|{}\n",
        all.join(", "),
        columns.join(" | "),
        "---|".repeat(columns.len())
    );
    for check in checks {
        let id = check["id"].as_str().unwrap();
        let cell = |it: &&Adapter| match () {
            () if it.failed.iter().any(|failed| failed == id) => {
                format!("[broken](#{})", it.package)
            }
            () if it.not_judged.iter().any(|skipped| skipped == id) => "not judged".to_owned(),
            () => "kept".to_owned(),
        };
        let cells: Vec<String> = some.iter().map(cell).collect();
        let title = check["title"].as_str().unwrap();
        text.push_str(&format!("| {title} | {} |\n", cells.join(" | ")));
    }
    text
}

#[track_caller]
fn compare(place: &str, now: &str) {
    let kept = root().join("book").join(place);
    if std::env::var_os("RECORD").is_some() {
        fs::create_dir_all(kept.parent().unwrap()).unwrap();
        fs::write(&kept, now).unwrap();
    }
    let recorded = fs::read_to_string(&kept).unwrap_or_default();
    assert_eq!(
        now, recorded,
        "{place} is out of date; RECORD=1 writes it anew"
    );
}

#[test]
fn the_table_of_published_crates_says_what_the_adapters_say() {
    let adapters = Adapter::all();
    compare("listings/judged/crates.md", &table(&adapters));
    let pinned = pinned();
    assert_eq!(pinned.len(), adapters.len());
    for adapter in &adapters {
        let wanted = &pinned[&adapter.package];
        let version = wanted.get("version").unwrap_or(wanted).as_str().unwrap();
        assert_eq!(version, format!("={}", adapter.version), "{}", adapter.name);
    }
}

/// A copy of the course that allows these crates, at a place where what was built stays.
fn course() -> PathBuf {
    let course = root().join("target/published_crates/course");
    for folder in ["exercises", "solutions", "grader"] {
        let _ = fs::remove_dir_all(course.join(folder));
    }
    for folder in ["exercises", "solutions", "grader"] {
        copy(&root().join(folder), &course.join(folder));
    }
    fs::copy(root().join("Cargo.toml"), course.join("Cargo.toml")).unwrap();
    let lockfile = root().join(CRATES).join("Cargo.lock");
    fs::copy(lockfile, course.join("Cargo.lock")).unwrap();
    let exercise = course.join("exercises/inflight_fix/exercise.toml");
    let text = fs::read_to_string(&exercise).unwrap();
    let wanted = pinned().into_iter();
    let wanted: Vec<String> = wanted
        .map(|(name, wanted)| format!("{name} = {wanted}"))
        .collect();
    let line = format!("\ncrates = {{ {} }}\n", wanted.join(", "));
    let allowing = text.replace("\ncrates = {}\n", &line);
    assert_ne!(text, allowing, "a learner's exercise.toml allows no crates");
    fs::write(&exercise, allowing).unwrap();
    course
}

/// The program, in that course.
fn grader(course: &Path, arguments: &[&str]) -> Said {
    let mut command = program();
    command
        .current_dir(course)
        .env("CARGO_TARGET_DIR", course.join("target"))
        .args(arguments);
    Said::by(&mut command)
}

#[test]
#[ignore = "builds thirteen crates, which takes minutes, and needs the network"]
fn published_crates_get_the_verdicts_that_the_book_shows() {
    let course = course();
    let adapters = Adapter::all();
    let source = |it: &Adapter| format!("{CRATES}/adapters/{}.rs", it.name);
    let sources: Vec<String> = adapters.iter().map(source).collect();
    let mut arguments = vec!["grade", "inflight_fix", "--format", "json", "--seed", "7"];
    arguments.extend(sources.iter().map(String::as_str));
    let said = grader(&course, &arguments);
    let verdicts: Vec<Value> = serde_json::from_str(&said.out).expect(&said.err);
    assert_eq!(verdicts.len(), adapters.len());
    for (adapter, verdict) in adapters.iter().zip(&verdicts) {
        is_as_described(adapter, verdict);
        for check in verdict["checks"].as_array().unwrap() {
            if check["status"] == "failed" && adapter.name != VARIES {
                is_as_recorded(&course, adapter, check);
            }
        }
    }
}

#[track_caller]
fn is_as_described(adapter: &Adapter, verdict: &Value) {
    let name = &adapter.name;
    assert_eq!(verdict["status"], *adapter.status, "{name}: {verdict:#}");
    let of = |status: &str| -> Vec<&str> {
        let checks = verdict["checks"].as_array().unwrap().iter();
        let checks = checks.filter(|check| check["status"] == status);
        checks.map(|check| check["id"].as_str().unwrap()).collect()
    };
    assert_eq!(of("failed"), adapter.failed, "{name}");
    for id in of("skipped") {
        assert!(adapter.not_judged.iter().any(|it| it == id), "{name}: {id}");
    }
}

#[track_caller]
fn is_as_recorded(course: &Path, adapter: &Adapter, check: &Value) {
    let name = &adapter.name;
    let text = |field: &str| check[field].as_str().unwrap_or_default();
    let (id, key) = (text("id"), text("schedule"));
    let mut shown = format!("{}\n\n", text("title"));
    for line in check["timeline"].as_array().unwrap() {
        shown.push_str(&format!("{}\n", line.as_str().unwrap()));
    }
    if key.is_empty() {
        shown.push_str(&format!("=> {}\n", text("message")));
    } else {
        shown.push_str(&format!("\nreplay key {key}\n"));
    }
    compare(&format!("listings/judged/{name}.{id}.txt"), &shown);
    if WALKED.contains(&(&**name, id)) {
        let source = format!("{CRATES}/adapters/{name}.rs");
        let trace = grader(course, &["trace", "inflight_fix", &source, "--key", key]);
        assert_eq!(trace.code, 0, "{}", trace.err);
        compare(&format!("interactive/traces/crate_{name}.json"), &trace.out);
    }
}

#[test]
#[ignore = "builds four crates, and needs the network"]
fn published_crates_do_the_same_without_the_grader() {
    let folder = root().join(CRATES);
    for entry in fs::read_dir(folder.join("src/bin")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let output = Command::new(env!("CARGO"))
            .current_dir(&folder)
            .args(["run", "--quiet", "--locked", "--bin", &name])
            .env("CARGO_TARGET_DIR", root().join("target/published_crates"))
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let complaints = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {complaints}");
        compare(&format!("listings/judged/{name}.txt"), &said);
    }
}
