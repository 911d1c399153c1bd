//! The class that the book's pages for teachers show: real verdicts on solutions of this
//! repository, handed in by students who do not exist.
//!
//! `RECORD=1` writes the files in `book/listings/class/` anew.

use std::fs;
use std::path::{Path, PathBuf};

use grader::authors::package::{Packing, workflow};
use grader::build::submission::Submission;
use grader::class::batch::record::{RECORD_SCHEMA, Record};
use grader::class::batch::student::Student;
use grader::class::batch::{Class, ClassDrill, Policy, shape};
use grader::class::class_report::{Options, Statistics, write_all};
use grader::grade::feedback::{Feedback, Level};
use grader::grade::report::{Gradescope, Report};

use crate::courses::{real, root};
use crate::verdicts::{steady, verdict};

/// The students and their hand-ins. Each of these is graded for another test as well.
const HANDED_IN: [(&str, &str, &str); 13] = [
    ("ada", "cache_race", "solutions/cache_race/src/lib.rs"),
    ("ada", "inflight_fix", "solutions/inflight_fix/src/lib.rs"),
    ("bob", "cache_race", "solutions/cache_race/stub.rs"),
    ("bob", "inflight_fix", "solutions/inflight_fix/stub.rs"),
    (
        "carol",
        "cache_race",
        "solutions/cache_race/wrong/coalesced.rs",
    ),
    (
        "carol",
        "inflight_fix",
        "solutions/inflight_fix/wrong/leader_drop_strands.rs",
    ),
    (
        "dan",
        "cache_race",
        "solutions/cache_race/wrong/fetches_hard_coded.rs",
    ),
    (
        "dan",
        "inflight_fix",
        "solutions/inflight_fix/wrong/not_coalesced.rs",
    ),
    (
        "eve",
        "cache_race",
        "solutions/cache_race/wrong/borrow_across_fetch.rs",
    ),
    ("eve", "inflight_fix", "solutions/inflight_fix/stub.rs"),
    (
        "frank",
        "inflight_fix",
        "grader/tests/fixtures/misbehaviour/endless_macro.rs",
    ),
    (
        "grace",
        "inflight_fix",
        "solutions/inflight_fix/wrong/sleep_polling.rs",
    ),
    (
        "heidi",
        "inflight_fix",
        "solutions/inflight_fix/wrong/one_lock_for_all.rs",
    ),
];

fn record((student, drill, source): (&str, &str, &str)) -> Record {
    let given = verdict(drill, source);
    let mut verdict = steady(&given);
    verdict.sha256.clone_from(&given.sha256);
    verdict.grader.clone_from(&given.grader);
    let path = format!("{student}/{drill}.rs");
    // As `batch` names the files of a submission: as those of a crate.
    let name = Path::new(source)
        .file_name()
        .expect("it is a file")
        .to_string_lossy();
    let own = |text: &mut String| *text = text.replace(&*name, "src/lib.rs");
    own(&mut verdict.diagnostics);
    for check in &mut verdict.checks {
        own(&mut check.message);
        check.timeline.iter_mut().for_each(own);
    }
    path.clone_into(&mut verdict.submission);
    let submission = Submission::read(&root().join(source)).expect("it can be read");
    Record {
        schema: RECORD_SCHEMA,
        student: Student::named(student),
        drill: drill.to_owned(),
        path,
        late: false,
        sha256: verdict.sha256.clone(),
        shape: shape::of(&submission),
        seed: verdict.seed,
        rules: String::new(),
        graded_at: 0,
        attempts: 1,
        doubtful: false,
        same_as: None,
        before: None,
        history: Vec::new(),
        at: None,
        verdict,
    }
}

/// The same, handed in when the drills were due, or two days later.
fn timed(mut record: Record) -> Record {
    let day = match (&*record.drill, record.student.name()) {
        (_, "dan" | "grace") => 29,
        ("cache_race", _) => 20,
        _ => 27,
    };
    record.at = Some(format!("2026-11-{day} 18:00:00 +0100"));
    record
}

fn drill(slug: &str) -> ClassDrill {
    ClassDrill {
        slug: slug.to_owned(),
        exercise: real().exercise(slug).expect("it is a drill"),
    }
}

/// A page without its links to files that stay with the class.
fn without_feedback_links(page: &str) -> String {
    let mut parts = page.split("<a href=\"feedback/");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, rest) = part.split_once('>').expect("the tag ends");
        text.push_str(&rest.replacen("</a>", "", 1));
    }
    text
}

#[test]
fn what_the_book_shows_of_a_class_is_what_the_reports_say() {
    let records = HANDED_IN.map(record).to_vec();
    let drills = ["cache_race", "inflight_fix"].map(drill).to_vec();
    let class = Class::of(drills, &records).expect("it is in memory");
    let out = tempfile::tempdir().expect("there is space");
    let options = Options {
        // The place that the book names.
        folder: Some(PathBuf::from("class")),
        ..Options::of_course(&real(), Level::Full, &class)
    };
    let statistics = Statistics::of(&class, &options).expect("it is in memory");
    write_all(&class, &statistics, out.path(), &options).expect("it can be written");
    let read = |name: &str| fs::read_to_string(out.path().join(name)).expect(name);

    // The same class by its `class.toml`.
    let later: Vec<Record> = records.iter().cloned().map(timed).collect();
    let slugs = ["cache_race", "inflight_fix"];
    let policy = root().join("book/listings/class/class.toml");
    let policy = Policy::read(&policy, &slugs).expect("the book's own can be used");
    let counted = Class::of(slugs.map(drill).to_vec(), &later).expect("it is in memory");
    let counted = counted.with_policy(policy);
    assert_eq!(counted.unknown(), [""; 0]);
    let out_counted = tempfile::tempdir().expect("there is space");
    let statistics = Statistics::of(&counted, &options).expect("it is in memory");
    write_all(&counted, &statistics, out_counted.path(), &options).expect("it can be written");
    let read_counted = |name: &str| fs::read_to_string(out_counted.path().join(name)).expect(name);

    let carol = records
        .iter()
        .find(|record| record.path == "carol/inflight_fix.rs");
    let carol = &carol.expect("she handed it in").verdict;
    let mut gradescope = Vec::new();
    Gradescope
        .all(&[Feedback::at(Level::Checks).of(carol)], &mut gradescope)
        .expect("memory can be written");
    let packing = Packing {
        language: None,
        drills: vec!["inflight_fix".to_owned()],
        options: vec!["--feedback full".to_owned()],
    };
    let files = [
        ("report.html", without_feedback_links(&read("report.html"))),
        ("gradebook.csv", read("gradebook.csv")),
        ("gradebook-canvas.csv", read("gradebook-canvas.csv")),
        ("carol.md.txt", read("feedback/carol.md")),
        ("counted-canvas.csv", read_counted("gradebook-canvas.csv")),
        ("counted-dan.md.txt", read_counted("feedback/dan.md")),
        (
            "results.json.txt",
            String::from_utf8(gradescope).expect("it is text"),
        ),
        (
            "grade.yml",
            workflow(&packing, "your-school/between-awaits", "v1").expect("these are names"),
        ),
    ];
    for (name, text) in files {
        let kept = root().join("book/listings/class").join(name);
        if std::env::var_os("RECORD").is_some() {
            fs::create_dir_all(kept.parent().expect("it is below")).expect("it is ours");
            fs::write(&kept, &text).expect("it is ours");
        }
        let recorded = fs::read_to_string(&kept).unwrap_or_default();
        assert!(
            text == recorded,
            "{name} is another now; RECORD=1 writes it anew:\n{text}"
        );
    }
}
