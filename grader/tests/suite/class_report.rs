//! Reports for a class, written from records made by hand, so that no grading is
//! needed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use grader::class::batch::record::{RECORD_SCHEMA, Record};
use grader::class::batch::store::{Ids, Settings};
use grader::class::batch::student::Student;
use grader::class::batch::{Class, ClassDrill};
use grader::class::class_report::{KnownShape, Options, Statistics, write_all};
use grader::course::settings::{CheckSettings, Visibility};
use grader::grade::feedback::Level;
use grader::grade::verdict::Status;
use tempfile::TempDir;

use crate::courses::{Scratch, real, root};
use crate::formats::hostile::{HOSTILE, harm, only_text};
use crate::formats::made;

fn drill(slug: &str) -> ClassDrill {
    let exercise = real().exercise(slug).expect("it is a drill");
    ClassDrill {
        slug: slug.to_owned(),
        exercise,
    }
}

fn record(student: Student, drill: &str, status: Status, shape: &str) -> Record {
    let mut verdict = made::verdict(status);
    let path = format!("{}/{drill}.rs", student.name());
    drill.clone_into(&mut verdict.drill);
    path.clone_into(&mut verdict.submission);
    Record {
        schema: RECORD_SCHEMA,
        drill: drill.to_owned(),
        path,
        late: false,
        sha256: format!("{:0>64}", student.name().len()),
        shape: shape.to_owned(),
        seed: 7,
        rules: "rules".to_owned(),
        graded_at: 1_800_000_000,
        attempts: 1,
        doubtful: false,
        same_as: None,
        before: None,
        history: Vec::new(),
        at: None,
        student,
        verdict,
    }
}

/// Seven students, one with every status, and some who handed in nothing for one drill.
pub(crate) fn records() -> Vec<Record> {
    let named = Student::named;
    let numbered = Student::known("Lovelace, Ada", Some("4711"), Some("ada@example.org"));
    let race = "cache_race";
    let fix = "inflight_fix";
    let mut records = vec![
        record(numbered.clone(), race, Status::Passed, "own"),
        record(numbered, fix, Status::Failed, "a"),
        record(named("bob"), race, Status::Failed, "stub"),
        record(named("bob"), fix, Status::Failed, "a"),
        record(named("carol"), race, Status::Failed, "stub"),
        record(named("carol"), fix, Status::CompileError, "b"),
        record(named("dan"), race, Status::Crashed, "c"),
        record(named("dan"), fix, Status::CompileError, "d"),
        record(named("eve"), fix, Status::Rejected, ""),
        record(named("frank"), race, Status::TimedOut, "e"),
        record(named("frank"), fix, Status::InfraError, "f"),
        record(named("grace"), race, Status::Passed, "g"),
        record(named("grace"), fix, Status::Passed, "h"),
    ];
    // Another user in the same schedule, and a schedule of its own.
    records[3].verdict.checks[1].schedule = Some("9:cached:q31.r1+0.q31".to_owned());
    records[3].verdict.checks[3].schedule = Some("9:bounded_state:q31.x1".to_owned());
    records[2].late = true;
    records[6].verdict.metrics.run_ms = 9_000;
    records[10].attempts = 3;
    let mut before = records[11].outcome();
    before.status = Status::Failed;
    before.score = 60;
    let failed = play::check::CheckStatus::Failed;
    before.checks.insert("cached".to_owned(), failed);
    records[11].before = Some(before);
    records
}

/// The drills of that class.
fn drills() -> Vec<ClassDrill> {
    vec![drill("cache_race"), drill("inflight_fix")]
}

fn options() -> Options {
    let known = |shape: &str, what| KnownShape {
        shape: shape.to_owned(),
        what,
    };
    let known = vec![
        known("stub", "the stub, unchanged"),
        known("own", "the course's own solution"),
    ];
    Options {
        ids: Some(Ids::School),
        folder: Some(PathBuf::from("class")),
        known_shapes: BTreeMap::from([("cache_race".to_owned(), known)]),
        ..Options::default()
    }
}

fn written(records: &Vec<Record>, options: &Options) -> TempDir {
    let out = tempfile::tempdir().expect("there is space");
    write(drills(), records, options, out.path());
    out
}

fn write(drills: Vec<ClassDrill>, records: &Vec<Record>, options: &Options, out: &Path) {
    let class = Class::of(drills, records).expect("it is in memory");
    let statistics = Statistics::of(&class, options).expect("it is in memory");
    write_all(&class, &statistics, out, options).expect("it can be written");
}

fn text(out: &TempDir, name: &str) -> String {
    fs::read_to_string(out.path().join(name)).expect(name)
}

#[test]
fn gradebooks_have_the_columns_their_readers_know() {
    let out = written(&records(), &options());
    let all = [
        "gradebook.csv",
        "gradebook-canvas.csv",
        "gradebook-moodle.csv",
    ]
    .map(|name| format!("=== {name} ===\n{}", text(&out, name)));
    insta::assert_snapshot!(all.concat());
}

/// The row of a gradebook that begins with this name, or has it after an identifier:
/// its cells by their column.
fn row(table: &str, name: &str) -> BTreeMap<String, String> {
    let mut table = csv::Reader::from_reader(table.as_bytes());
    let head = table.headers().expect("there is a head").clone();
    let mut rows = table.records().map(|row| row.expect("it is a table"));
    let row = rows.find(|row| row.iter().any(|cell| cell == name));
    let row = row.expect(name);
    let cells = head.iter().zip(&row);
    cells
        .map(|(column, cell)| (column.to_owned(), cell.to_owned()))
        .collect()
}

/// The columns of a gradebook that hold a student's id.
fn columns_of(table: &str, id: &str) -> Vec<String> {
    let cells = row(table, "Lovelace, Ada");
    let mut columns = Vec::new();
    for (column, cell) in cells {
        if cell.contains(id) {
            columns.push(format!("{column}: {cell}"));
        }
    }
    columns
}

#[test]
fn an_id_stands_in_the_column_of_the_system_it_is_from() {
    let expected: [(Option<Ids>, &[&str], &[&str]); 4] = [
        (Some(Ids::Canvas), &["ID: 4711"], &[]),
        (Some(Ids::Moodle), &[], &["Identifier: Participant 4711"]),
        (
            Some(Ids::School),
            &["SIS User ID: 4711"],
            &["ID number: 4711"],
        ),
        (None, &[], &[]),
    ];
    for (ids, canvas, moodle) in expected {
        let options = Options { ids, ..options() };
        let out = written(&records(), &options);
        let columns = |name| columns_of(&text(&out, name), "4711");
        assert_eq!(columns("gradebook-canvas.csv"), canvas, "{ids:?}");
        assert_eq!(columns("gradebook-moodle.csv"), moodle, "{ids:?}");
        assert_eq!(columns("gradebook.csv"), ["id: 4711"], "{ids:?}");
    }
}

#[test]
fn a_moodle_assignment_gets_its_own_worksheet_back() {
    let options = Options {
        ids: Some(Ids::Moodle),
        ..options()
    };
    let mut records = records();
    records.retain(|record| record.drill == "inflight_fix");
    let out = tempfile::tempdir().expect("there is space");
    write(vec![drill("inflight_fix")], &records, &options, out.path());
    insta::assert_snapshot!(text(&out, "gradebook-moodle.csv"));

    // Grades of other students go into the gradebook.
    let options = Options {
        ids: Some(Ids::School),
        ..options
    };
    write(vec![drill("inflight_fix")], &records, &options, out.path());
    let table = text(&out, "gradebook-moodle.csv");
    assert_eq!(row(&table, "grace")["One fetch, however many ask"], "100");
}

#[test]
fn no_grade_is_no_zero_in_moodle() {
    // Moodle makes an empty cell a 0 when it makes a new grade item of a column.
    let out = written(&records(), &options());
    let table = text(&out, "gradebook-moodle.csv");
    let grade = |student, title: &str| row(&table, student)[title].clone();
    assert_eq!(grade("eve", "The cache race"), "-", "not handed in");
    assert_eq!(
        grade("frank", "One fetch, however many ask"),
        "-",
        "not graded"
    );
    assert_eq!(grade("eve", "One fetch, however many ask"), "0", "rejected");
}

#[test]
fn a_batch_remembers_whose_numbers_the_ids_are() {
    let course = Scratch::gradable();
    let broken = "fn (";
    course.write("canvas/lovelaceada_4711_1_offload.rs", broken);
    course.write(
        "moodle/Lovelace, Ada_4711_assignsubmission_file/offload.rs",
        broken,
    );
    course.write("moodle/Bob_12_assignsubmission_file/offload.rs", broken);
    let run = |folder: &str, layout: &str| {
        let said = course.run(&["batch", folder, "--out", "results", "--layout", layout]);
        assert_eq!(said.code, 1, "{}", said.err);
        let settings: Settings =
            serde_json::from_str(&course.read("results/batch.json")).expect("it is whole");
        settings.ids
    };
    let cell = |name: &str, student: &str, column: &str| {
        row(&course.read(&format!("results/{name}")), student)[column].clone()
    };
    assert_eq!(run("canvas", "canvas"), Some(Ids::Canvas));
    assert_eq!(cell("gradebook-canvas.csv", "lovelaceada", "ID"), "4711");
    assert_eq!(
        cell("gradebook-moodle.csv", "lovelaceada", "Identifier"),
        ""
    );
    assert_eq!(run("canvas", "canvas"), Some(Ids::Canvas));

    // The earlier class is still in the reports, and each id is of its own kind: a
    // Canvas user is not a Moodle participant, and the other way round.
    assert_eq!(run("moodle", "moodle"), None);
    assert_eq!(cell("gradebook-canvas.csv", "lovelaceada", "ID"), "4711");
    assert_eq!(cell("gradebook-canvas.csv", "Bob", "ID"), "");
    assert_eq!(
        cell("gradebook-moodle.csv", "lovelaceada", "Identifier"),
        ""
    );
    assert_eq!(
        cell("gradebook-moodle.csv", "Bob", "Identifier"),
        "Participant 12"
    );

    // Results of an older version say nothing of ids, and are read all the same.
    fs::remove_dir_all(course.path("results/records")).expect("it is there");
    course.write("results/batch.json", "{\"schema\":1,\"seed\":7}");
    assert_eq!(run("moodle", "moodle"), Some(Ids::Moodle));
    assert_eq!(
        cell("gradebook-moodle.csv", "Bob", "Identifier"),
        "Participant 12"
    );
    assert_eq!(cell("gradebook-moodle.csv", "Bob", "Grade"), "0");
    let settings = course.read("results/batch.json");
    assert!(
        settings.contains("\"seed\":7,\"ids\":\"moodle\""),
        "{settings}"
    );
}

#[test]
fn each_student_gets_a_page_of_their_own_and_no_one_else_s() {
    let out = written(&records(), &options());
    let folder = out.path().join("feedback");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("it is there")
        .map(|entry| {
            entry
                .expect("it can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(names.len(), 7, "{names:?}");
    insta::assert_snapshot!(text(&out, "feedback/bob.md"));
    assert!(!text(&out, "feedback/bob.md").contains("carol"));
    let frank = text(&out, "feedback/frank.md");
    assert!(!frank.contains("/srv/secret"), "{frank}");
}

#[test]
fn a_page_for_a_student_keeps_back_what_the_course_does() {
    let hidden = CheckSettings {
        visibility: Visibility::Hidden,
    };
    let mut drills = drills();
    let checks = &mut drills[1].exercise.checks;
    checks.insert("cached".to_owned(), hidden);
    let out = tempfile::tempdir().expect("there is space");
    write(drills, &records(), &options(), out.path());
    let page = text(&out, "feedback/bob.md");
    let (race, fix) = page.split_once("## inflight_fix").expect(&page);
    assert!(race.contains("is not fetched again"));
    assert!(!fix.contains("is not fetched again"), "{fix}");
    // The teacher's page has everything.
    assert!(text(&out, "report.html").contains("is not fetched again"));

    let options = Options {
        feedback: Level::Score,
        ..options()
    };
    let out = written(&records(), &options);
    let page = text(&out, "feedback/bob.md");
    assert!(
        page.contains("30 of 100 points") && !page.contains("is not fetched again"),
        "{page}"
    );
}

#[test]
fn the_page_says_what_there_is_to_say() {
    let out = written(&records(), &options());
    insta::assert_snapshot!(words_of(&text(&out, "report.html")));
}

/// The replay commands of a page, split as a shell would.
fn replays(page: &str) -> Vec<Vec<String>> {
    let all = page.split("<code>cargo grader replay ").skip(1);
    all.map(|rest| {
        let (words, _) = rest.split_once("</code>").expect("the tag ends");
        let script = format!("printf '%s\\n' {words}");
        let mut shell = std::process::Command::new("sh");
        let said = shell.args(["-c", &script]).output().expect("there is one");
        let said = String::from_utf8(said.stdout).expect("it is text");
        said.lines().map(str::to_owned).collect()
    })
    .collect()
}

#[test]
fn what_is_to_be_seen_again_can_be_wherever_the_class_lies() {
    let wrong = "solutions/cache_race/wrong/coalesced.rs";
    let course = Scratch::gradable();
    course.take(wrong, "classes/of 2026/ada/cache_race.rs");
    let elsewhere = tempfile::tempdir().expect("there is space");
    let elsewhere = elsewhere.path().canonicalize().expect("it is there");
    let source = fs::read_to_string(root().join(wrong)).expect("it is there");
    fs::create_dir(elsewhere.join("ada")).expect("it is ours");
    fs::write(elsewhere.join("ada/cache_race.rs"), source).expect("it is ours");
    let elsewhere = elsewhere.to_str().expect("it is text");

    for (folder, told) in [("classes/of 2026", "classes/of 2026"), (elsewhere, "CLASS")] {
        let _ = fs::remove_dir_all(course.path("results"));
        let said = course.run(&["batch", folder, "--out", "results"]);
        assert_eq!(said.code, 1, "{}", said.err);
        let page = course.read("results/report.html");
        // The folder's path on this machine must not be revealed.
        assert!(!page.contains(elsewhere), "{page}");
        let sentence = "in place of <code>CLASS</code>";
        assert_eq!(page.contains(sentence), told == "CLASS");
        let replays = replays(&page);
        assert!(!replays.is_empty(), "{page}");
        for words in &replays {
            let [drill, path, key] = &**words else {
                panic!("{words:?}");
            };
            assert_eq!(*path, format!("{told}/ada/cache_race.rs"));
            // In the course's folder.
            let said = course.run(&["replay", drill, &path.replacen(told, folder, 1), key]);
            assert_eq!(said.code, 1, "{}", said.err);
        }
    }
}

/// The text of a page, a line for each piece; also checks that it is well formed.
fn words_of(page: &str) -> String {
    let body = page.split_once("</style>").expect("it has one").1;
    let mut words = String::new();
    for piece in body.split('<').skip(1) {
        let (tag, said) = piece.split_once('>').expect(piece);
        let begins = [
            "h1", "h2", "h3", "p", "li", "tr", "summary", "title", "caption", "pre",
        ];
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if begins.contains(&name) {
            words.push('\n');
        } else if !said.trim().is_empty() && !words.ends_with('\n') {
            words.push_str(" · ");
        }
        words.push_str(said.trim());
    }
    words
        .replace("&amp;", "&")
        .replace("&gt;", ">")
        .replace("&lt;", "<")
        .replace("&quot;", "\"")
}

#[test]
fn the_page_asks_for_nothing_and_runs_nothing() {
    let mut records = records();
    for record in &mut records {
        record.verdict = harm(&record.verdict, HOSTILE);
        let id = format!("{}{HOSTILE}", record.student.name());
        record.student = Student::known(HOSTILE, Some(&id), Some(HOSTILE));
        record.path = HOSTILE.to_owned();
    }
    let out = written(&records, &options());
    let page = text(&out, "report.html");
    let before = text(&written(&self::records(), &options()), "report.html");
    let count = |page: &str, what: &str| page.matches(what).count();
    for tag in [
        "<script", "<img", "<link", "<iframe", "src=", "url(", "@import", "onerror=",
    ] {
        assert_eq!(count(&before, tag), 0, "{tag}");
    }
    for tag in ["<script", "<img", "<failure", "<h1>", "<table"] {
        let allowed = count(&before, tag).max(usize::from(tag == "<h1>"));
        assert!(count(&page, tag) <= allowed, "{tag}");
    }
    assert!(page.contains("default-src 'none'"));
    let control =
        |letter: char| (letter.is_control() && !"\n\t".contains(letter)) || letter == '\u{202e}';
    assert!(!page.contains(control));
    for link in page.split("href=\"").skip(1) {
        let link = link.split('"').next().expect(link);
        assert!(
            link.starts_with('#') || link.starts_with("feedback/"),
            "{link}"
        );
        let name = link.trim_start_matches("feedback/");
        assert!(!name.contains(['/', '<', '&']), "{link}");
    }
    for file in fs::read_dir(out.path().join("feedback")).expect("it is there") {
        let file = file.expect("it can be read");
        only_text(&fs::read_to_string(file.path()).expect("it is text"));
        let name = file.file_name();
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.".contains(byte);
        assert!(name.as_encoded_bytes().iter().all(plain), "{name:?}");
    }
}

#[test]
fn no_cell_of_a_gradebook_is_a_formula() {
    let mut records = records();
    let names = [
        "=cmd|' /C calc'!A0",
        "+1",
        "-1",
        "@SUM(1)",
        "\t=1",
        "a,\"b\"\r\nc",
        "＝1",
    ];
    for (record, name) in records.iter_mut().zip(names) {
        record.student = Student::known(name, Some(name), Some(name));
    }
    records.truncate(names.len());
    let mut drills = drills();
    drills[0].exercise.title = "=1+1".to_owned();
    let out = tempfile::tempdir().expect("there is space");
    write(drills, &records, &options(), out.path());
    for name in [
        "gradebook.csv",
        "gradebook-canvas.csv",
        "gradebook-moodle.csv",
    ] {
        let mut table = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_path(out.path().join(name))
            .expect("it is there");
        let mut rows = 0;
        for row in table.records() {
            // Every row has as many cells as the first, or this fails.
            for cell in &row.expect(name) {
                let first = cell.trim_start().chars().next();
                assert!(
                    // Alone it is not a formula: Moodle writes a missing grade like this.
                    cell == "-" || !first.is_some_and(|first| "=+-@＝".contains(first)),
                    "{cell}"
                );
                assert!(!cell.contains(['\n', '\r', '\t']), "{cell}");
            }
            rows += 1;
        }
        assert!(rows > names.len(), "{name}");
    }
}

#[test]
fn writing_again_leaves_the_same_files_and_nothing_else() {
    let out = written(&records(), &options());
    let all = |folder: &Path| -> BTreeMap<String, Vec<u8>> {
        let files = ["", "feedback"].map(|below| folder.join(below));
        let entries = files
            .iter()
            .flat_map(|folder| fs::read_dir(folder).expect("it is there"));
        entries
            .map(|entry| entry.expect("it can be read").path())
            .filter(|path| path.is_file())
            .map(|path| {
                (
                    path.display().to_string(),
                    fs::read(&path).expect("it is ours"),
                )
            })
            .collect()
    };
    let before = all(out.path());
    // A run that was killed while it wrote left these.
    for name in [".unfinished-a1b2c3", "feedback/.unfinished-d4e5f6"] {
        fs::write(out.path().join(name), "half of").expect("it is ours");
    }
    write(drills(), &records(), &options(), out.path());
    assert!(before == all(out.path()));
    assert_eq!(before.len(), 7 + 7);
}

#[test]
fn a_class_in_which_nobody_handed_anything_in_has_a_page_too() {
    let out = written(&Vec::new(), &options());
    assert!(text(&out, "report.html").contains("0 submissions"));
    assert_eq!(text(&out, "gradebook.csv").lines().count(), 1);
}
