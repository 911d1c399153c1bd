//! A learner's remembered state, whatever happens to the course around it.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use grader::build::submission::Submission;
use grader::course::Course;
use grader::drive::sandbox::Tier;
use grader::grade::verdict::{Metrics, SCHEMA, Status, Verdict};
use grader::learn::learner::Learner;
use serde_json::Value;

use crate::courses::Scratch;

const STATE: &str = ".learner/state.json";

fn find(course: &Scratch) -> Course {
    Course::find(Some(&course.path("")), &course.path("")).unwrap()
}

/// A verdict on the learner's crate as it is now.
fn verdict(course: &Scratch, drill: &str, status: Status, score: u32, grader: &str) -> Verdict {
    let path = course.path("exercises").join(drill);
    Verdict {
        schema: SCHEMA,
        drill: drill.to_owned(),
        submission: path.to_string_lossy().into_owned(),
        sha256: Submission::read(&path).unwrap().sha256().to_owned(),
        status,
        score,
        max_score: 100,
        seed: 7,
        grader: grader.to_owned(),
        language: Default::default(),
        sandbox: Tier::Full,
        checks: Vec::new(),
        metrics: Metrics::default(),
        diagnostics: String::new(),
        output: String::new(),
    }
}

fn state(course: &Scratch) -> Value {
    serde_json::from_str(&course.read(STATE)).unwrap()
}

#[test]
fn a_pass_and_the_best_points_stay_whatever_comes_later() {
    let scratch = Scratch::new();
    let course = find(&scratch);
    let note = |status, score, grader: &str| {
        let verdict = verdict(&scratch, "cache_race", status, score, grader);
        Learner::remember(&course, &verdict);
    };
    note(Status::Failed, 40, "0.1.0");
    note(Status::InfraError, 0, "0.1.0");
    note(Status::Passed, 90, "0.1.0");
    note(Status::Failed, 10, "0.2.0");
    let learner = Learner::read(&course);
    assert!(learner.has_passed("cache_race"));
    assert_eq!(learner.best("cache_race"), Some((90, 100)));
    assert_eq!(learner.best("offload"), None);
    // One row for each text and grader: the newest one of each.
    let results = state(&scratch)["drills"]["cache_race"]["results"].clone();
    let told: Vec<(&str, &str)> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["grader"].as_str().unwrap(),
                it["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(told, [("0.1.0", "passed"), ("0.2.0", "failed")]);
    // Somebody else's code is not the learner's progress.
    let mut other = verdict(&scratch, "offload", Status::Passed, 100, "0.1.0");
    other.submission = scratch
        .path("solutions/offload")
        .to_string_lossy()
        .into_owned();
    Learner::remember(&course, &other);
    assert!(!Learner::read(&course).has_passed("offload"));
}

#[test]
fn the_first_pass_keeps_its_date_and_work_on_any_drill_is_counted() {
    let scratch = Scratch::new();
    let course = find(&scratch);
    // Another drill was graded ten minutes ago.
    let since_1970 = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let before = since_1970.as_secs() - 600;
    let rows = serde_json::json!({ "drills": {
        "cache_race": { "passed": { "sha256": "ab", "grader": "0.0.1" }, "graded_at": before },
    }});
    fs::create_dir(scratch.path(".learner")).unwrap();
    scratch.write(STATE, &rows.to_string());
    let note = |drill: &str| {
        let verdict = verdict(&scratch, drill, Status::Passed, 100, "0.1.0");
        Learner::remember(&course, &verdict);
    };
    note("offload");
    let learner = Learner::read(&course);
    assert!(learner.worked("offload").as_secs() >= 600, "it began then");
    let first = learner.first_passed_at("offload");
    assert!(first.is_some_and(|first| first >= before + 600));

    // Graded again as it is, and a pass of which an older grader did not note the date.
    let worked = learner.worked("offload");
    note("offload");
    note("cache_race");
    let learner = Learner::read(&course);
    assert_eq!(learner.worked("offload"), worked);
    assert_eq!(learner.first_passed_at("offload"), first);
    assert_eq!(learner.first_passed_at("cache_race"), None);
}

#[test]
fn what_an_older_grader_wrote_counts_and_what_a_newer_one_wrote_is_kept() {
    let scratch = Scratch::new();
    let course = find(&scratch);
    scratch.write(
        STATE,
        r#"{"drills": {"cache_race": {"hints_shown": 2, "passed": {"sha256": "ab", "grader": "0.0.1"}}}}"#,
    );
    let learner = Learner::read(&course);
    assert!(learner.has_passed("cache_race") && learner.word().is_none());
    assert_eq!(learner.hints_shown("cache_race"), 2);

    scratch.write(
        STATE,
        r#"{"drills": {"cache_race": {"hints_shown": 1, "stars": [3]}, "of_tomorrow": {"x": 1}}, "friends": ["b"]}"#,
    );
    assert_eq!(scratch.run(&["hint", "cache_race"]).code, 0);
    let state = state(&scratch);
    assert_eq!(state["drills"]["cache_race"]["hints_shown"], 2);
    assert_eq!(state["drills"]["cache_race"]["stars"][0], 3);
    assert_eq!(state["drills"]["of_tomorrow"]["x"], 1);
    assert_eq!(state["friends"][0], "b");
}

#[test]
fn a_drill_that_the_course_renamed_takes_its_record_along() {
    let scratch = Scratch::new();
    let passed = verdict(&scratch, "cache_race", Status::Passed, 100, "0.1.0");
    Learner::remember(&find(&scratch), &passed);
    // The course has renamed the drill, and the folder was moved.
    for folder in ["exercises", "solutions"] {
        let folder = scratch.path(folder);
        fs::rename(folder.join("cache_race"), folder.join("stampede")).unwrap();
    }
    let course = find(&scratch);
    assert!(!Learner::read(&course).has_passed("stampede"));
    Learner::change(&course, |learner| learner.follow_renames(&course)).unwrap();
    assert!(Learner::read(&course).has_passed("stampede"));
    // The same text in another drill inherits nothing.
    scratch.write(
        "exercises/offload/src/lib.rs",
        &scratch.read("exercises/stampede/src/lib.rs"),
    );
    Learner::change(&course, |learner| learner.follow_renames(&course)).unwrap();
    let learner = Learner::read(&course);
    assert!(learner.has_passed("stampede") && !learner.has_passed("offload"));
}

#[test]
fn many_writers_lose_nothing_and_readers_never_see_half_a_file() {
    const EACH: usize = 40;
    let scratch = Scratch::new();
    let course = find(&scratch);
    scratch.write(STATE, r#"{"drills": {}}"#);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut read = 0;
            while !over.load(Ordering::Relaxed) {
                serde_json::from_str::<Value>(&scratch.read(STATE)).expect("it is whole");
                read += 1;
            }
            read
        });
        let writers = ["one", "two", "three"].map(|slug| {
            let course = &course;
            scope.spawn(move || {
                for _ in 0..EACH {
                    Learner::change(course, |learner| learner.show_one_more_hint(slug, EACH))
                        .unwrap();
                }
            })
        });
        for writer in writers {
            writer.join().unwrap();
        }
        over.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
    let learner = Learner::read(&course);
    for slug in ["one", "two", "three"] {
        assert_eq!(learner.hints_shown(slug), EACH, "{slug}");
    }
    let names = fs::read_dir(scratch.path(".learner")).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["lock", "state.json"], "nothing temporary stays");
}

#[test]
fn a_stub_that_changed_is_told_and_no_file_of_the_learner_s_is_touched() {
    let scratch = Scratch::new();
    let stub = "solutions/cache_race/stub.rs";
    let file = "exercises/cache_race/src/lib.rs";
    scratch.write(file, "// mine\n");
    assert_eq!(
        scratch.run(&["update-check"]).out,
        "no stub has changed since you began\n"
    );
    assert_eq!(scratch.run(&["hint", "cache_race"]).code, 0);
    let old = scratch.read(stub);
    scratch.write(stub, &format!("{old}// more\n"));
    insta::assert_snapshot!(scratch.run(&["update-check"]).all());
    assert_eq!(scratch.read(".learner/stubs/cache_race.rs"), old);
    let listed = scratch.run(&["list"]).out;
    assert!(listed.contains("a stub has changed since you began; `cargo grader update-check`"));
    assert_eq!(scratch.read(file), "// mine\n");
    // This stays so after another grading or hint.
    assert_eq!(scratch.run(&["hint", "cache_race"]).code, 0);
    assert!(
        scratch
            .run(&["update-check"])
            .out
            .starts_with("cache_race: ")
    );
    insta::assert_snapshot!("accepted", scratch.run(&["update-check", "--accept"]).all());
    assert_eq!(
        scratch.run(&["update-check"]).out,
        "no stub has changed since you began\n"
    );
    assert_eq!(scratch.read(file), "// mine\n");
    // A learner who goes back to the stub begins with the new one.
    scratch.write(stub, &format!("{old}// even more\n"));
    assert!(
        scratch
            .run(&["update-check"])
            .out
            .starts_with("cache_race: ")
    );
    assert_eq!(scratch.run(&["reset", "cache_race"]).code, 0);
    assert_eq!(
        scratch.run(&["update-check"]).out,
        "no stub has changed since you began\n"
    );
}

#[test]
fn a_stub_that_changed_in_python_is_told_likewise() {
    let scratch = Scratch::new();
    let stub = "solutions/cache_race/python/stub.py";
    scratch.write("exercises/cache_race/python/cache_race.py", "# mine\n");
    let hint = ["hint", "cache_race", "--language", "python"];
    assert_eq!(scratch.run(&hint).code, 0);
    let old = scratch.read(stub);
    scratch.write(stub, &format!("{old}# more\n"));
    assert_eq!(
        scratch.run(&["update-check"]).out,
        "cache_race in Python: its stub has changed since you began; your file is unchanged\n  \
         what changed: diff -u .learner/stubs/cache_race.py solutions/cache_race/python/stub.py\n  \
         to start over: cargo grader reset cache_race --language python (your work is kept)\n\n\
         when your files have what they need of it: cargo grader update-check --accept\n"
    );
    assert_eq!(scratch.read(".learner/stubs/cache_race.py"), old);
    let listed = scratch.run(&["list"]).out;
    assert!(
        listed.contains("a stub has changed since you began"),
        "{listed}"
    );
    let accepted = scratch.run(&["update-check", "--accept"]).out;
    assert!(
        accepted.starts_with("accepted as they are now: cache_race in Python;"),
        "{accepted}"
    );
    let said = scratch.run(&["update-check"]).out;
    assert_eq!(said, "no stub has changed since you began\n");
}
