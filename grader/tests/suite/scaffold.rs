//! `new`: a drill that is complete from the start, and `audit`'s report on one
//! that is not.

use std::fs;

use grader::authors::mirror;
use grader::authors::scaffold::{BEGINNINGS, language};
use grader::course::Course;
use grader::course::language::Language;
use grader::drills;
use grader::drive::interpreter::Interpreter;
use serde_json::Value;

use crate::courses::{Said, Scratch, program, real, root};

/// A course with the lists that a new drill is put into.
fn course() -> Scratch {
    let scratch = Scratch::new();
    for file in [
        "Cargo.toml",
        "README.md",
        "book/SUMMARY.md",
        "book/progress.md",
        "grader/src/drills.rs",
    ] {
        scratch.take(file, file);
    }
    for drill in real().slugs().expect("the repository is a course") {
        for place in ["book/SLUG.md", "grader/src/drills/SLUG.rs"] {
            let place = place.replace("SLUG", &drill);
            scratch.take(&place, &place);
        }
    }
    scratch
}

/// The number of the last drill in the list on the progress page.
fn drills_listed(progress: &str) -> usize {
    let number = |line: &str| line.split_once(". [")?.0.parse().ok();
    progress.lines().filter_map(number).max().expect("a list")
}

/// Begins drill `read_through` in a world; returns its course and the output.
#[track_caller]
fn begun_in(world: Option<&str>) -> (Scratch, Said) {
    let course = course();
    let mut words = vec!["new", "read_through", "--title", "Read through"];
    words.extend(world.iter().flat_map(|world| ["--world", world]));
    let said = course.run(&words);
    assert_eq!(said.code, 0, "{}", said.err);
    (course, said)
}

#[test]
fn a_new_drill_is_in_its_four_places_and_in_the_lists_in_every_world() {
    for world in BEGINNINGS.map(|beginning| beginning.world) {
        let (course, said) = begun_in(Some(world));
        let found = Course::find(Some(&course.path("")), &course.path("")).expect("it is one");
        assert_eq!(mirror::missing(&found, "read_through"), [""; 0]);
        let written = said.out.lines();
        let written: Vec<&str> = written.filter_map(|it| it.strip_prefix("wrote ")).collect();
        assert!(written.len() > mirror::PLACES.len(), "{written:?}");
        for line in written {
            let text = course.read(line);
            for mark in [
                "SLUG", "CAMEL", "TITLE", "NUMBER", "GOAL", "HINT", "MISTAKE",
            ] {
                assert!(!text.contains(mark), "{world}: {line} holds {mark}");
            }
        }
        let before = drills_listed(&course.read("book/progress.md")) - 1;
        let was = fs::read_to_string(root().join("book/progress.md")).expect("it is there");
        assert_eq!(before, drills_listed(&was));
        let progress = course.read("book/progress.md");
        let line = format!("\n{}. [Read through](read_through.md): ", before + 1);
        assert!(progress.contains(&line), "{progress}");
        let summary = course.read("book/SUMMARY.md");
        assert!(summary.contains("- [Read through](read_through.md)"));
        let readme = course.read("README.md");
        assert!(readme.contains("| `read_through` | Read through |"));
        let drills = course.read("grader/src/drills.rs");
        assert!(drills.contains("    &read_through::ReadThrough,\n"));
        assert!(drills.contains("mod read_through;\n"));
        let exercise = found
            .exercise("read_through")
            .expect("it is as it should be");
        assert_eq!(
            (exercise.title.as_str(), exercise.hints.len()),
            ("Read through", 1)
        );
    }
}

#[test]
fn a_drill_begins_among_users_where_no_world_is_named() {
    let (course, _) = begun_in(None);
    let drill = course.read("grader/src/drills/read_through.rs");
    assert!(drill.contains("use play::world::users::Users;"), "{drill}");
}

#[test]
fn a_world_that_is_not_there_is_named_with_those_that_are() {
    let course = course();
    let said = course.run(&["new", "read_through", "--world", "user"]);
    assert_eq!(said.code, 2);
    let asked = "no world named `user`; did you mean `users`?";
    assert!(said.err.contains(asked), "{}", said.err);
    let help = course.run(&["new", "--help"]).out;
    let guide = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("it is there");
    for world in BEGINNINGS.map(|beginning| beginning.world) {
        let quoted = format!("`{world}`");
        assert!(said.err.contains(&quoted), "{}", said.err);
        assert!(help.contains(world), "{world}: {help}");
        assert!(guide.contains(&format!("{quoted} (")), "{world}");
    }
    assert!(!course.path("exercises/read_through").exists());
}

/// The drill that is most like a scaffold judges it correctly. Its own hidden tests judge
/// it in the library's unit tests, which compile them.
#[track_caller]
fn is_judged_by(world: &str, drill: &str, checks: [(&str, &str); 3]) {
    let (course, _) = begun_in(Some(world));
    let wrong = fs::read_dir(course.path("solutions/read_through/wrong")).expect("it is there");
    let mut wrong = wrong.map(|entry| entry.expect("it can be read").path());
    let folder = course.path("solutions/read_through");
    let files = [
        folder.join("src/lib.rs"),
        folder.join("right/another_design.rs"),
        wrong.next().expect("there is one"),
    ];
    let mut grade = program();
    grade.arg("--course").arg(root()).args(["grade", drill]);
    grade.args(files).args(["--seed", "7", "--format", "json"]);
    let said = Said::by(&mut grade);
    let verdicts: Vec<Value> = serde_json::from_str(&said.out).expect(&said.err);
    assert_eq!(verdicts.len(), checks.len(), "{}", said.err);
    for (verdict, (id, status)) in verdicts.iter().zip(checks) {
        let all = verdict["checks"].as_array().expect("a list");
        let check = all.iter().find(|check| check["id"] == id).expect(id);
        assert_eq!(check["status"], status, "{world}: {check:#}");
    }
}

/// The reference and the right solution pass this check, and the wrong one does not.
fn caught_by(check: &'static str) -> [(&'static str, &'static str); 3] {
    ["passed", "passed", "failed"].map(|status| (check, status))
}

#[test]
fn what_it_writes_among_users_is_judged_as_it_should_be() {
    // That drill looks at two users in a check of its own.
    is_judged_by(
        "users",
        "inflight_fix",
        [
            ("answered", "passed"),
            ("answered", "passed"),
            ("users_independent", "failed"),
        ],
    );
}

#[test]
fn what_it_writes_among_passwords_is_judged_as_it_should_be() {
    is_judged_by("passwords", "offload", caught_by("right_results"));
}

#[test]
fn what_it_writes_of_an_audit_is_judged_as_it_should_be() {
    // While a record is written, the other design has the amount in no account: that drill says
    // so, and cannot judge what follows from it.
    is_judged_by(
        "audit",
        "transfer",
        [
            ("results", "passed"),
            ("results", "skipped"),
            ("results", "failed"),
        ],
    );
}

#[test]
fn what_it_writes_in_front_of_a_server_is_judged_as_it_should_be() {
    is_judged_by("server", "connection_pool", caught_by("own_answer"));
}

#[test]
fn what_it_writes_for_bulk_is_judged_as_it_should_be() {
    is_judged_by("bulk", "batch_loader", caught_by("own_item"));
}

#[test]
fn what_it_writes_in_front_of_a_sink_is_judged_as_it_should_be() {
    is_judged_by("sink", "in_order", caught_by("own_result"));
}

#[test]
fn what_it_writes_of_work_is_judged_as_it_should_be() {
    is_judged_by("work", "give_way", caught_by("right_result"));
}

#[test]
fn what_it_writes_by_the_clock_is_judged_as_it_should_be() {
    is_judged_by("clock", "loop_monitor", caught_by("longest"));
}

#[test]
fn a_drill_can_begin_in_every_world() {
    let worlds = BEGINNINGS.map(|beginning| beginning.world);
    for drill in drills::ALL {
        let world = drill.world().name();
        assert!(worlds.contains(&world), "{}: {world}", drill.slug());
    }
}

#[test]
fn nothing_is_written_over_what_is_there() {
    let course = course();
    let before = course.read("grader/src/drills.rs");
    course.write("book/read_through.md", "Mine.\n");
    for (name, why) in [
        ("read_through", "`book/read_through.md` exists already"),
        ("offload", "exists already"),
        ("Lost", "cannot be a drill's name"),
        ("../up", "cannot be a drill's name"),
    ] {
        let said = course.run(&["new", name]);
        assert_eq!(said.code, 2, "{name}");
        assert!(said.err.contains(why), "{name}: {}", said.err);
    }
    let said = course.run(&["new", "other", "--title", "a \"quoted\" one"]);
    assert_eq!(said.code, 2);
    assert_eq!(course.read("grader/src/drills.rs"), before);
    assert_eq!(course.read("book/read_through.md"), "Mine.\n");
    assert!(!course.path("exercises/read_through").exists());
}

#[test]
fn what_a_drill_lacks_is_named() {
    let course = course();
    assert_eq!(course.run(&["new", "read_through"]).code, 0);
    fs::remove_file(course.path("book/read_through.md")).expect("it is there");
    fs::remove_dir_all(course.path("solutions/read_through/right")).expect("it is there");
    let summary = course
        .read("book/SUMMARY.md")
        .replace("(read_through.md)", "()");
    course.write("book/SUMMARY.md", &summary);
    let said = course.run(&["audit", "read_through"]);
    assert_eq!(said.code, 1, "{}", said.err);
    for what in [
        "`book/read_through.md` is missing",
        "`solutions/read_through/right` is missing",
        "`book/SUMMARY.md` does not list it: no `(read_through.md)`",
    ] {
        assert!(said.out.contains(what), "{}", said.out);
    }
    let said = course.run(&["audit", "read_throug"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("did you mean `read_through`?"),
        "{}",
        said.err
    );
}

/// What is in Python of drill `read_through`.
const IN_PYTHON: [&str; 8] = [
    "exercises/read_through/python/read_through.py",
    "exercises/read_through/python/test_public.py",
    "exercises/read_through/python/hints.toml",
    "solutions/read_through/python/reference.py",
    "solutions/read_through/python/stub.py",
    "solutions/read_through/python/right/another_design.py",
    "grader/src/drills/read_through/contract.py",
    "grader/src/drills/read_through.rs",
];

#[test]
fn a_drill_begins_in_python_at_once_or_later() {
    for world in language::PARTS.iter().map(|part| part.world) {
        let course = course();
        let in_python = [
            "new",
            "read_through",
            "--world",
            world,
            "--language",
            "python",
        ];
        let said = course.run(&in_python);
        assert_eq!(said.code, 0, "{}", said.err);
        let later = self::course();
        assert_eq!(later.run(&in_python[..4]).code, 0);
        let said = later.run(&in_python);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(
            !said.out.contains("src/lib.rs"),
            "only that part: {}",
            said.out
        );
        for file in IN_PYTHON {
            let text = course.read(file);
            for mark in ["SLUG", "CAMEL", "HINT", "MISTAKE"] {
                assert!(!text.contains(mark), "{world}: {file} holds {mark}");
            }
            assert_eq!(text, later.read(file), "{world}: {file}");
        }
        let drill = course.read("grader/src/drills/read_through.rs");
        assert!(
            drill.contains("include_str!(\"read_through/contract.py\")"),
            "{drill}"
        );
        let found = Course::find(Some(&course.path("")), &course.path("")).expect("it is one");
        assert_eq!(mirror::missing(&found, "read_through"), [""; 0]);
        fs::remove_file(course.path(IN_PYTHON[3])).expect("it is ours");
        let missing = mirror::missing(&found, "read_through");
        assert_eq!(missing, [format!("`{}` is missing", IN_PYTHON[3])]);
        // Nothing is overwritten.
        let again = later.run(&in_python);
        assert_eq!(again.code, 2);
        assert!(again.err.contains("exists already"), "{}", again.err);
    }
}

#[test]
fn a_world_without_python_says_which_have_it_and_writes_nothing() {
    let course = course();
    let said = course.run(&[
        "new",
        "read_through",
        "--world",
        "passwords",
        "--language",
        "python",
    ]);
    assert_eq!(said.code, 2);
    let words =
        "drills of `passwords` cannot be begun in Python yet; in Python there are `users`, `bank`";
    assert!(said.err.contains(words), "{}", said.err);
    assert!(!course.path("exercises/read_through").exists());
    // A drill that is there has a world of its own, whatever is asked for.
    let said = course.run(&["new", "transfer", "--language", "node"]);
    assert_eq!(said.code, 2);
    let words = "drills of `audit` cannot be begun in JavaScript yet";
    assert!(said.err.contains(words), "{}", said.err);
}

#[test]
fn what_it_writes_in_python_is_judged_as_it_should_be() {
    what_it_writes_is_judged_as_it_should_be(Language::Python);
}

#[test]
fn what_it_writes_in_javascript_is_judged_as_it_should_be() {
    what_it_writes_is_judged_as_it_should_be(Language::Node);
}

fn what_it_writes_is_judged_as_it_should_be(language: Language) {
    if Interpreter::find(language).is_err() {
        return;
    }
    let (name, ending) = (language.folder(), language.ending());
    for (world, drill) in [("users", "inflight_fix"), ("bank", "lost_update")] {
        let course = course();
        let said = course.run(&["new", "read_through", "--world", world, "--language", name]);
        assert_eq!(said.code, 0, "{}", said.err);
        let folder = course.path(&format!("solutions/read_through/{name}"));
        let mut wrong = fs::read_dir(folder.join("wrong")).expect("it is there");
        let wrong = wrong.next().expect("there is one").expect("it can be read");
        let files = [
            folder.join(format!("reference.{ending}")),
            folder.join(format!("right/another_design.{ending}")),
            wrong.path(),
            folder.join(format!("stub.{ending}")),
        ];
        let mut grade = program();
        grade.arg("--course").arg(root()).args(["grade", drill]);
        grade.args(files).args(["--seed", "7", "--format", "json"]);
        let said = Said::by(&mut grade);
        let verdicts: Vec<Value> = serde_json::from_str(&said.out).expect(&said.err);
        assert_eq!(verdicts.len(), 4, "{}", said.err);
        let held = |verdict: &Value| -> Vec<String> {
            let checks = verdict["checks"].as_array().expect("a list").iter();
            let held = checks.filter(|check| check["status"] == "passed");
            held.map(|check| check["id"].to_string()).collect()
        };
        let [reference, right, wrong, stub] = [0, 1, 2, 3].map(|at| held(&verdicts[at]));
        assert!(
            reference.contains(&"\"answered\"".to_owned()),
            "{verdicts:#?}"
        );
        assert!(right.contains(&"\"answered\"".to_owned()), "{verdicts:#?}");
        let caught = |held: &[String]| reference.iter().any(|id| !held.contains(id));
        assert!(caught(&wrong) && caught(&stub), "{verdicts:#?}");
        assert!(verdicts.iter().all(|verdict| verdict["language"] == name));
    }
}
