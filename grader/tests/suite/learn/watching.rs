//! Saving, in whatever way an editor does it: the files on the disk are graded.

use std::fs;
use std::path::Path;

use grader::build::submission::Submission;
use grader::course::language::Language;
use grader::drive::interpreter::Interpreter;
use serde_json::Value;

use super::{Learning, with_one_drill};
use crate::courses::Scratch;

/// The hash of the files on the disk.
fn hash(course: &Scratch) -> String {
    let submission = Submission::read(&course.path("exercises/cache_race")).unwrap();
    submission.sha256().to_owned()
}

/// Waits for the verdict on the files on the disk now.
fn await_verdict(learning: &Learning, course: &Scratch) -> Value {
    let wanted = hash(course);
    let drill = learning.await_drill("cache_race", "graded as it is", |drill| {
        drill["phase"] == "graded" && drill["verdict"]["sha256"] == *wanted
    });
    drill["verdict"].clone()
}

/// Writes as most editors do: beside the file, then renamed over it.
fn save_atomically(path: &Path, text: &str) {
    let beside = path.with_extension("rs.swp");
    fs::write(&beside, text).unwrap();
    fs::rename(beside, path).unwrap();
}

#[test]
fn every_way_to_save_ends_in_the_verdict_on_what_is_there() {
    let course = with_one_drill();
    let learning = Learning::begin(&course);
    let file = course.path("exercises/cache_race/src/lib.rs");
    let right = course.read("solutions/cache_race/src/lib.rs");
    let stub = course.read("solutions/cache_race/stub.rs");
    // The files at the beginning.
    assert_eq!(await_verdict(&learning, &course)["status"], "failed");

    save_atomically(&file, &right);
    assert_eq!(await_verdict(&learning, &course)["status"], "passed");
    let drill = learning.await_drill("cache_race", "remembered", |drill| drill["best"] == 100);
    assert_eq!(drill["passed"], true);
    assert!(
        drill["took_ms"].is_u64() && drill["next"].is_string(),
        "{drill}"
    );
    assert_eq!(drill["verdict"]["submission"], "exercises/cache_race");

    // In place, with an error the page can point to.
    fs::write(
        &file,
        format!("{right}\nfn broken() -> u8 {{\n    missing\n}}\n"),
    )
    .unwrap();
    assert_eq!(await_verdict(&learning, &course)["status"], "compile_error");
    let drill = learning.drill("cache_race");
    let place = &drill["errors"][0];
    assert_eq!(place["file"], "src/lib.rs");
    assert_eq!(
        place["line"].as_u64(),
        Some(right.lines().count() as u64 + 3)
    );
    assert!(place["message"].as_str().unwrap().contains("missing"));
    assert_eq!(drill["passed"], true, "a pass stays");

    // Removed with its folder, as between two checkouts.
    fs::remove_dir_all(course.path("exercises/cache_race/src")).unwrap();
    let drill = learning.await_drill("cache_race", "missing", |drill| drill["phase"] == "missing");
    assert!(
        drill["words"]
            .as_str()
            .unwrap()
            .contains("cargo grader reset cache_race")
    );
    let old = course.path("exercises/cache_race");
    fs::rename(&old, course.path("exercises/elsewhere")).unwrap();
    fs::rename(course.path("exercises/elsewhere"), &old).unwrap();
    // And back, another folder of the same name, with a module beside it.
    course.write("exercises/cache_race/src/parts/mod.rs", "// nothing\n");
    course.write(
        "exercises/cache_race/src/lib.rs",
        &format!("{right}\nmod parts;\n"),
    );
    assert_eq!(await_verdict(&learning, &course)["status"], "passed");
    // Changes in the new folders show that they are watched.
    course.write(
        "exercises/cache_race/src/parts/mod.rs",
        "compile_error!(\"here\");\n",
    );
    assert_eq!(await_verdict(&learning, &course)["status"], "compile_error");
    // A change outside the crate's files is not a save.
    let run = learning.drill("cache_race")["run"].clone();
    course.write("exercises/cache_race/notes.txt", "not Rust");
    save_atomically(&file, &stub);
    assert_eq!(await_verdict(&learning, &course)["status"], "failed");
    let after = learning.drill("cache_race")["run"].as_u64().unwrap();
    assert_eq!(after, run.as_u64().unwrap() + 1);
}

#[test]
fn a_save_while_a_grading_runs_ends_it_and_is_never_lost() {
    let course = with_one_drill();
    // Never ends by itself before the time is up.
    let spins = "use kit::{Db, DbError, User, UserId};\npub struct UserCache;\n\
        impl UserCache {\n    pub fn new(_: Db) -> Self { UserCache }\n    \
        pub async fn get_user(&self, _: UserId) -> Result<User, DbError> { loop {} }\n}\n\
        pub struct Stampede { pub fetches: u64, pub elapsed: std::time::Duration }\n\
        pub async fn stampede(_: Db, _: UserId, _: usize) -> Stampede { loop {} }\n";
    let file = course.path("exercises/cache_race/src/lib.rs");
    let learning = Learning::begin(&course);
    let mut tab = learning.listen();
    let right = course.read("solutions/cache_race/src/lib.rs");
    let mut saved_over = Vec::new();
    for round in 0..4 {
        let run = learning.drill("cache_race")["run"].as_u64().unwrap();
        save_atomically(&file, &format!("// {round}\n{spins}"));
        saved_over.push(hash(&course));
        learning.await_drill("cache_race", "begun", |drill| {
            drill["run"].as_u64().unwrap() > run && drill["phase"] == "grading"
        });
    }
    save_atomically(&file, &right);
    assert_eq!(await_verdict(&learning, &course)["status"], "passed");
    // On a slow machine a verdict may come before the next save, but not each time.
    let last = hash(&course);
    let mut told = Vec::new();
    while !told.contains(&last) {
        let drill = tab.next_drill();
        if drill["phase"] == "graded" {
            told.push(drill["verdict"]["sha256"].as_str().unwrap().to_owned());
        }
    }
    assert!(
        !saved_over.iter().all(|hash| told.contains(hash)),
        "{told:?}"
    );
    // Nothing is left of the gradings that were ended.
    drop(learning);
    let left = crate::processes::below(&course.path("target"));
    assert_eq!(left, crate::processes::NONE);
}

#[test]
fn a_failing_schedule_can_be_walked_through_and_none_other() {
    let course = with_one_drill();
    course.take(
        "solutions/cache_race/wrong/result_cached.rs",
        "exercises/cache_race/src/lib.rs",
    );
    let learning = Learning::begin(&course);
    let verdict = await_verdict(&learning, &course);
    let failed = verdict["checks"].as_array().unwrap().iter();
    let failed = failed.clone().find(|check| check["schedule"].is_string());
    let check = failed.expect("a check failed with a schedule");
    let id = check["id"].as_str().unwrap();
    let trace = learning.get(&format!("/learn/drills/cache_race/trace?check={id}"));
    assert_eq!(trace.status, 200, "{}", trace.body);
    let trace = trace.json();
    let key = check["schedule"].as_str().unwrap();
    assert!(key.starts_with(trace["key"].as_str().unwrap()), "{key}");
    assert_eq!(
        (&trace["schedules"], &trace["broken"]),
        (&1.into(), &1.into())
    );
    assert_eq!(trace["source"], "exercises/cache_race");
    let turns = key.rsplit(':').next().unwrap().split('.').count();
    assert_eq!(trace["nodes"].as_array().unwrap().len(), turns + 1);
    for asked in ["", "no_such_check", "7:cached:q7", "../x"] {
        let path = format!("/learn/drills/cache_race/trace?check={asked}");
        assert_eq!(learning.get(&path).status, 404, "{asked}");
    }
    // Asked to, it grades the same text once more.
    let run = learning.drill("cache_race")["run"].as_u64().unwrap();
    assert_eq!(learning.post("/learn/drills/cache_race/grade").status, 202);
    learning.await_drill("cache_race", "graded again", |drill| {
        drill["run"].as_u64().unwrap() > run && drill["phase"] == "graded"
    });
}

#[test]
fn a_drill_whose_folder_comes_back_is_graded() {
    let course = with_one_drill();
    let folder = course.path("exercises/cache_race");
    let whole = course.path("whole");
    fs::rename(&folder, &whole).unwrap();
    // The folder is missing from the beginning.
    let learning = Learning::begin(&course);
    let is_missing = |drill: &Value| drill["phase"] == "missing";
    let drill = learning.await_drill("cache_race", "missing", is_missing);
    let words = "git checkout -- exercises/cache_race";
    assert!(drill["words"].as_str().unwrap().contains(words), "{drill}");
    // A stub alone does not make a drill.
    let answer = learning.post("/learn/drills/cache_race/reset");
    assert!(answer.body.contains(words), "{}", answer.body);
    assert!(!folder.exists());
    fs::rename(&whole, &folder).unwrap();
    assert_eq!(await_verdict(&learning, &course)["status"], "failed");
    let title = &learning.drill("cache_race")["title"];
    assert!(title.as_str().unwrap().contains(' '), "{title}");
    // Its settings come back later than its text.
    let settings = course.read("exercises/cache_race/exercise.toml");
    fs::remove_file(folder.join("exercise.toml")).unwrap();
    learning.await_drill("cache_race", "missing once more", is_missing);
    course.write("exercises/cache_race/exercise.toml", &settings);
    assert_eq!(await_verdict(&learning, &course)["status"], "failed");
}

#[test]
fn a_save_that_changes_nothing_is_graded_too() {
    let course = with_one_drill();
    let learning = Learning::begin(&course);
    await_verdict(&learning, &course);
    let run = learning.drill("cache_race")["run"].as_u64().unwrap();
    let text = course.read("exercises/cache_race/src/lib.rs");
    save_atomically(&course.path("exercises/cache_race/src/lib.rs"), &text);
    learning.await_drill("cache_race", "graded again", |drill| {
        drill["run"].as_u64().unwrap() > run && drill["phase"] == "graded"
    });
}

#[test]
fn what_is_not_remembered_is_said_with_its_reason() {
    let course = with_one_drill();
    course.write(".learner/state.json/in_the_way", "");
    let mut learning = Learning::begin(&course);
    let word = "cache_race: your result is not remembered: cannot read `";
    let mut lines = Vec::new();
    while !lines.iter().any(|line: &String| line.starts_with(word)) {
        lines.push(learning.line());
        assert_ne!(lines.last().unwrap(), "", "{lines:?}");
    }
    assert!(
        lines.iter().any(|line| line.contains("points")),
        "{lines:?}"
    );
    let words = learning.drill("cache_race")["words"].clone();
    assert!(
        words
            .as_str()
            .unwrap()
            .starts_with("your result is not remembered")
    );
}

#[test]
fn a_damaged_memory_is_told_with_the_first_verdict() {
    let course = with_one_drill();
    course.write(".learner/state.json", "not JSON");
    let mut learning = Learning::begin(&course);
    let mut lines = Vec::new();
    while !lines
        .iter()
        .any(|line: &String| line.contains(" was damaged and is now `"))
    {
        lines.push(learning.line());
        assert_ne!(lines.last().unwrap(), "", "{lines:?}");
    }
    let aside = course.read(".learner/state.damaged-1.json");
    assert_eq!(aside, "not JSON");
    // Reading alone changes nothing; every writer reports.
    course.write(".learner/state.json", "again");
    assert_eq!(
        learning.get("/learn/drills/cache_race/solution").status,
        403
    );
    assert_eq!(course.read(".learner/state.json"), "again");
}

#[test]
fn a_save_in_another_language_is_graded_there_and_counts_there() {
    if Interpreter::find(Language::Python).is_err() {
        return;
    }
    let course = with_one_drill();
    let learning = Learning::begin(&course);
    // Nobody has begun it there, so nothing is graded before a save.
    await_verdict(&learning, &course);
    let drill = learning.drill("cache_race/python");
    assert_eq!(
        (&drill["phase"], &drill["run"]),
        (&"waiting".into(), &0.into())
    );
    assert_eq!(drill["file"], "exercises/cache_race/python/cache_race.py");

    let file = course.path("exercises/cache_race/python/cache_race.py");
    let right = course.read("solutions/cache_race/python/reference.py");
    let stub = course.read("solutions/cache_race/python/stub.py");
    save_atomically(&file, &right);
    let is_at = |status: &'static str| {
        move |drill: &Value| drill["phase"] == "graded" && drill["verdict"]["status"] == status
    };
    let drill = learning.await_drill("cache_race/python", "passed", is_at("passed"));
    assert_eq!(drill["verdict"]["language"], "python");
    assert_eq!(
        drill["verdict"]["submission"],
        "exercises/cache_race/python"
    );
    assert!(drill["took_ms"].is_u64(), "{drill}");
    learning.await_drill("cache_race/python", "remembered", |drill| {
        drill["passed"] == true && drill["best"] == 100
    });
    let rust = learning.drill("cache_race");
    assert_eq!((&rust["passed"], &rust["run"]), (&false.into(), &1.into()));

    // A mistake is shown at its line.
    save_atomically(&file, &format!("{right}\n\nimport sqlite3\n"));
    let drill = learning.await_drill("cache_race/python", "refused", is_at("compile_error"));
    let place = &drill["errors"][0];
    assert_eq!(place["file"], "cache_race.py");
    assert_eq!(place["line"], right.lines().count() + 3);
    let message = place["message"].as_str().expect("it is text");
    assert!(
        message.contains("`sqlite3` cannot be imported"),
        "{message}"
    );

    // Hints, the reference and the stub are the language's.
    let hint = learning.post("/learn/drills/cache_race/python/hint").json();
    let hints = course.read("exercises/cache_race/python/hints.toml");
    assert!(hints.contains(hint["hints"][0].as_str().expect("it is text")));
    assert_eq!(
        learning.drill("cache_race")["hints"],
        Value::Array(Vec::new())
    );
    let both = learning
        .get("/learn/drills/cache_race/python/solution")
        .json();
    assert_eq!(both["reference"], *right);
    assert_eq!(
        learning.get("/learn/drills/cache_race/solution").status,
        403
    );
    let reset = learning
        .post("/learn/drills/cache_race/python/reset")
        .json();
    assert_eq!(reset["backup"], ".learner/backups/cache_race/python/1");
    assert_eq!(
        course.read("exercises/cache_race/python/cache_race.py"),
        stub
    );
    learning.await_drill("cache_race/python", "the stub's", is_at("failed"));

    fs::remove_file(&file).expect("it is ours");
    let drill = learning.await_drill("cache_race/python", "missing", |it| {
        it["phase"] == "missing"
    });
    let words = drill["words"].as_str().expect("it is text");
    assert!(
        words.contains("reset cache_race --language python"),
        "{words}"
    );
    assert_eq!(
        learning.get("/learn/drills/cache_race/go/solution").status,
        404
    );
}
