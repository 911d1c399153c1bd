//! `grade` and `replay`: submissions of every kind, and the output.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::courses::{Said, Scratch};
use crate::verdicts::without_bytes;

pub(super) const RIGHT: &str = "solutions/inflight_fix/src/lib.rs";
const WRONG: &str = "solutions/inflight_fix/wrong/python_dict.rs";

/// The verdicts in the JSON output.
pub(super) fn verdicts(said: &Said) -> Vec<Value> {
    serde_json::from_str(&said.out).expect(&said.out)
}

#[test]
fn the_exit_code_says_how_it_went() {
    let course = Scratch::gradable();
    let code = |paths: &[&str]| {
        let arguments: Vec<&str> = ["grade", "inflight_fix"]
            .iter()
            .chain(paths)
            .copied()
            .collect();
        course.run(&arguments).code
    };
    assert_eq!(code(&[RIGHT]), 0);
    assert_eq!(code(&[WRONG]), 1);
    assert_eq!(code(&[RIGHT, WRONG]), 1);
    assert_eq!(code(&[RIGHT, "nowhere.rs"]), 2);
}

#[test]
fn without_a_name_every_drill_that_has_hidden_tests_is_graded() {
    let course = Scratch::gradable();
    for drill in ["cache_race", "inflight_fix"] {
        let from = format!("solutions/{drill}/src/lib.rs");
        course.take(&from, &format!("exercises/{drill}/src/lib.rs"));
    }
    course.take(
        "exercises/cache_race/exercise.toml",
        "exercises/some_day/exercise.toml",
    );
    let said = course.run(&["grade", "--format", "json"]);
    let verdicts = verdicts(&said);
    let status_of = |drill: &str| {
        let verdict = verdicts.iter().find(|verdict| verdict["drill"] == drill);
        verdict.map(|verdict| verdict["status"].clone())
    };
    assert_eq!(status_of("cache_race"), Some("passed".into()));
    assert_eq!(status_of("inflight_fix"), Some("passed".into()));
    assert_eq!(status_of("some_day"), None);
}

/// A submission written here, and the program's human output.
fn said_of(drill: &str, text: &str) -> Said {
    let course = Scratch::gradable();
    course.write("submission.rs", text);
    let mut said = course.run(&["grade", drill, "submission.rs", "--seed", "7"]);
    said.err.clear();
    said
}

#[test]
fn an_empty_crate_is_told_what_it_has_to_offer() {
    insta::assert_snapshot!(said_of("inflight_fix", "").all());
}

#[test]
fn a_crate_without_the_type_is_told_so() {
    let text = "pub struct Cache;\n";
    insta::assert_snapshot!(said_of("inflight_fix", text).all());
}

#[test]
fn a_wrong_signature_is_told_with_both_types() {
    let text = "use kit::{Db, User, UserId};\n\
        pub struct UserCache(Db);\n\
        impl UserCache {\n\
            pub fn new(db: Db) -> Self { Self(db) }\n\
            pub async fn get_user(&self, id: UserId) -> Option<User> { self.0.fetch_user(id).await.ok() }\n\
        }\n";
    insta::assert_snapshot!(said_of("inflight_fix", text).all());
}

#[test]
fn an_unknown_crate_is_answered_with_those_there_are() {
    let text = "use rand::Rng;\npub struct UserCache;\n";
    insta::assert_snapshot!(said_of("inflight_fix", text).all());
}

#[test]
fn a_file_of_fifty_megabytes_is_rejected_unread() {
    let course = Scratch::gradable();
    let file = File::create(course.path("huge.rs")).unwrap();
    file.set_len(50 << 20).unwrap();
    let said = course.run(&["grade", "inflight_fix", "huge.rs"]);
    assert_eq!(said.code, 1);
    insta::assert_snapshot!(said.out);
}

#[test]
fn an_archive_that_holds_a_link_is_rejected() {
    let course = Scratch::gradable();
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Symlink);
    header.set_size(0);
    tar.append_link(&mut header, "src/lib.rs", "/etc/passwd")
        .unwrap();
    let bytes = tar.into_inner().unwrap().finish().unwrap();
    fs::write(course.path("linked.tar.gz"), bytes).unwrap();
    let said = course.run(&["grade", "inflight_fix", "linked.tar.gz"]);
    assert_eq!(said.code, 1);
    insta::assert_snapshot!(said.out);
}

#[test]
fn folders_files_and_archives_of_the_same_code_get_the_same_verdict() {
    let course = Scratch::gradable();
    let text = course.read(RIGHT);
    course.write("crate/src/lib.rs", &text);
    course.write("single.rs", &text);
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    tar.append_path_with_name(course.path("single.rs"), "src/lib.rs")
        .unwrap();
    fs::write(
        course.path("a.tar.gz"),
        tar.into_inner().unwrap().finish().unwrap(),
    )
    .unwrap();
    // Unpacked archives, and files without the folder `src`.
    course.write("wrapped/hw/src/lib.rs", &text);
    course.write("wrapped/notes.md", "");
    course.write("course/other/README.md", "");
    course.write("course/exercises/inflight_fix/src/lib.rs", &text);
    course.write("course/exercises/offload/src/lib.rs", "");
    course.write("flat/lib.rs", &text);
    let mut zip = zip::ZipWriter::new(File::create(course.path("a.zip")).unwrap());
    zip.start_file("src/lib.rs", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    zip.finish().unwrap();
    let said = course.run(&[
        "grade",
        "inflight_fix",
        "crate",
        "single.rs",
        "a.tar.gz",
        "a.zip",
        "wrapped",
        "course",
        "flat",
        "--seed",
        "7",
        "--format",
        "json",
    ]);
    assert_eq!(said.code, 0, "{}", said.err);
    let alike: BTreeSet<String> = verdicts(&said)
        .into_iter()
        .map(|mut verdict| {
            verdict["submission"] = Value::Null;
            without_times(&mut verdict);
            verdict.to_string()
        })
        .collect();
    assert_eq!(alike.len(), 1, "{alike:#?}");
}

#[test]
fn a_folder_with_several_submissions_is_refused_by_their_names() {
    let course = Scratch::gradable();
    course.write("two/a.rs", "");
    course.write("two/b.zip", "");
    let said = course.run(&["grade", "inflight_fix", "two", "--format", "json"]);
    assert_eq!(said.code, 1, "{}", said.err);
    let verdict = &verdicts(&said)[0];
    assert_eq!(verdict["status"], "rejected");
    assert_eq!(
        verdict["diagnostics"],
        "`two/` holds several submissions, `a.rs` and `b.zip`; hand in one"
    );
    // Modules beside their root are one.
    course.write("flat/lib.rs", "mod inner;\npub use inner::*;\n");
    course.write("flat/inner.rs", &course.read(RIGHT));
    let said = course.run(&["grade", "inflight_fix", "flat"]);
    assert_eq!(said.code, 0, "{}", said.out);
}

fn without_times(verdict: &mut Value) {
    for time in ["compile_ms", "run_ms"] {
        assert!(verdict["metrics"][time].is_u64());
        verdict["metrics"][time] = Value::Null;
    }
}

/// Bytes left behind differ a little from run to run: a `HashMap` hashes with a
/// seed of the process's own.
fn without_measures(verdict: &mut Value) {
    for check in verdict["checks"].as_array_mut().unwrap() {
        check["message"] = without_bytes(check["message"].as_str().unwrap()).into();
    }
}

#[test]
fn the_same_seed_gives_the_same_verdict_word_for_word() {
    let course = Scratch::gradable();
    let paths = [WRONG, "solutions/inflight_fix/wrong/sleep_polling.rs"];
    let verdict = |seed: &str| {
        let said = course.run(&[
            "grade",
            "inflight_fix",
            paths[0],
            paths[1],
            "--seed",
            seed,
            "--format",
            "json",
        ]);
        assert_eq!(said.code, 1);
        let mut verdicts = verdicts(&said);
        verdicts.iter_mut().for_each(without_times);
        verdicts.iter_mut().for_each(without_measures);
        serde_json::to_string_pretty(&verdicts).unwrap()
    };
    let first = verdict("8");
    assert_eq!(first, verdict("8"));
    assert!(first.contains("\"schedule\": \"8:"));
    assert_ne!(first, verdict("9"), "the seed is in the keys at least");
}

/// The standard library's maps take their order from the system's random bytes.
#[test]
fn what_begins_in_the_order_of_a_map_has_one_verdict() {
    let course = Scratch::gradable();
    let path = "solutions/connection_pool/wrong/begun_in_the_order_of_a_map.rs";
    let verdict = || {
        let command = [
            "grade",
            "connection_pool",
            path,
            "--seed",
            "8",
            "--format",
            "json",
        ];
        let mut verdict = verdicts(&course.run(&command)).remove(0);
        without_times(&mut verdict);
        without_measures(&mut verdict);
        verdict
    };
    let first = verdict();
    assert_eq!(first["status"], "failed");
    for _ in 0..3 {
        assert_eq!(first, verdict());
    }
}

#[test]
fn json_has_the_keys_of_the_contract_and_no_other() {
    let course = Scratch::gradable();
    course.write("empty.rs", "");
    course.write("folder/src/readme.rs", "");
    let said = course.run(&[
        "grade",
        "inflight_fix",
        RIGHT,
        WRONG,
        "empty.rs",
        "folder",
        "--format",
        "json",
        "--seed",
        "7",
    ]);
    assert_eq!(said.code, 1);
    let keys =
        |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
    let verdicts = verdicts(&said);
    let statuses: Vec<&Value> = verdicts.iter().map(|verdict| &verdict["status"]).collect();
    assert_eq!(statuses, ["passed", "failed", "compile_error", "rejected"]);
    for verdict in &verdicts {
        assert_eq!(
            keys(verdict),
            [
                "checks",
                "diagnostics",
                "drill",
                "grader",
                "max_score",
                "metrics",
                "output",
                "sandbox",
                "schema",
                "score",
                "seed",
                "sha256",
                "status",
                "submission"
            ]
        );
        let always = [
            "compile_ms",
            "fetches",
            "loop_stall_max_ms",
            "operations",
            "run_ms",
            "schedules",
            "unexplored",
        ];
        let by_hand = (verdict["status"] == "passed").then_some("by_hand");
        let expected: Vec<&str> = by_hand.into_iter().chain(always).collect();
        assert_eq!(keys(&verdict["metrics"]), expected);
        assert_eq!(verdict["checks"].as_array().unwrap().len(), 13);
        for check in verdict["checks"].as_array().unwrap() {
            let expected = [
                "hint",
                "id",
                "max_points",
                "message",
                "points",
                "required",
                "schedule",
                "status",
                "timeline",
                "title",
            ];
            // If there is a timeline, each line comes with its moment.
            let mut keys = keys(check);
            keys.retain(|key| key != "moments");
            assert_eq!(keys, expected, "{check}");
            let shown = check["status"] == "failed" && check["id"] != "bounded_state";
            assert_eq!(check["schedule"].is_string(), shown, "{check}");
        }
    }
    assert_eq!(verdicts[0]["score"], 100);
    assert_eq!(verdicts[0]["schema"], 2);
    assert_eq!(verdicts[0]["seed"], 7);
    assert_eq!(verdicts[0]["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn verdicts_can_be_written_to_a_file() {
    let course = Scratch::gradable();
    let arguments = [
        "grade",
        "inflight_fix",
        WRONG,
        "--seed",
        "7",
        "--format",
        "json",
    ];
    let shown = verdicts(&course.run(&arguments));
    let said = course.run(&[&arguments[..], &["--out", "v.json"]].concat());
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    let written: Vec<Value> = serde_json::from_str(&course.read("v.json")).unwrap();
    assert_eq!(written[0]["checks"], shown[0]["checks"]);
}

#[test]
fn only_a_terminal_gets_colours() {
    let course = Scratch::gradable();
    let escape = '\u{1b}';
    let arguments = ["grade", "cache_race", "solutions/cache_race/src/lib.rs"];
    assert!(!course.run(&arguments).out.contains(escape));
    let forced = course.said(course.command(&arguments).env("CLICOLOR_FORCE", "1"));
    assert!(forced.out.contains(escape), "or the test would see nothing");
    let mut command = course.command(&arguments);
    let refused = course.said(command.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"));
    assert!(!refused.out.contains(escape));
    let mut command = course.command(&arguments);
    command.args(["--out", "v.txt"]).env("CLICOLOR_FORCE", "1");
    course.said(&mut command);
    assert!(!course.read("v.txt").contains(escape));
    assert!(course.read("v.txt").contains("passed"));
}

#[test]
fn a_key_from_a_verdict_shows_the_same_violation_again() {
    let course = Scratch::gradable();
    let code = "solutions/inflight_fix/wrong/not_coalesced.rs";
    let graded = course.run(&[
        "grade",
        "inflight_fix",
        code,
        "--seed",
        "7",
        "--format",
        "json",
    ]);
    let verdict = &verdicts(&graded)[0];
    let failed: Vec<&Value> = verdict["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["schedule"].is_string())
        .collect();
    assert!(failed.len() > 1, "{failed:?}");
    for check in failed {
        let key = check["schedule"].as_str().unwrap();
        let again = course.run(&["replay", "inflight_fix", code, key]);
        assert_eq!(again.code, 1);
        let told: Vec<&str> = again
            .out
            .lines()
            .filter_map(|line| line.trim_start().split_once("  "))
            .filter(|(number, _)| number.parse::<u32>().is_ok())
            .map(|(_, line)| line)
            .collect();
        assert_eq!(Value::from(told), check["timeline"], "{key}");
    }
}

#[test]
fn a_schedule_that_a_submission_survives_says_so() {
    let course = Scratch::gradable();
    let said = course.run(&[
        "replay",
        "inflight_fix",
        RIGHT,
        "7:leader_dropped:q7.q7.x1.r2",
    ]);
    assert_eq!(said.code, 0);
    insta::assert_snapshot!(said.out);
}

#[test]
fn a_key_that_asks_for_what_cannot_happen_does_no_harm() {
    let course = Scratch::gradable();
    // Fetches and requests that do not exist; the largest numbers.
    let keys = [
        "7:one_fetch:r9.x9.e4294967295.x4294967295.r0.x0.p1",
        "7:one_fetch:q4294967295.q0.r1.n1.x1",
        "7:one_fetch:t100000000000000.q7.t100000000000000.w+4294967295",
        "7:one_fetch:q7*2000",
        "18446744073709551615:one_fetch:q7.q7.r1",
    ];
    for key in keys {
        let said = course.run(&["replay", "inflight_fix", RIGHT, key]);
        assert!(said.code == 0 || said.code == 1, "{key}: {}", said.all());
        assert!(!said.err.contains("panicked"), "{key}: {}", said.err);
    }
}

#[test]
fn a_submission_that_does_not_compile_cannot_be_replayed() {
    let course = Scratch::gradable();
    course.write("broken.rs", "pub struct UserCache {");
    let said = course.run(&["replay", "inflight_fix", "broken.rs", "7:one_fetch:q7"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("unclosed delimiter"), "{}", said.out);
}
