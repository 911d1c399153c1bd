//! `audit`: the course tests itself and reports what does not hold.

use std::fs;
use std::io::Write;

use grader::course::language::Language;
use grader::drills;
use grader::drive::interpreter::Interpreter;

use crate::courses::{Said, Scratch, program, root};

/// The places of a drill's solutions, one for each language: folder, reference, stub, ending.
const PLACES: [[&str; 4]; 3] = [
    ["", "src/lib.rs", "stub.rs", ".rs"],
    ["python/", "reference.py", "stub.py", ".py"],
    ["node/", "reference.mjs", "stub.mjs", "js"],
];

/// The output of `audit` for a drill without problems, made from its files alone.
fn all_is_well(drill: &str) -> String {
    let folder = root().join("solutions").join(drill);
    let is_there = |place: &&[&str; 4]| {
        let language = Language::of_file(place[1]);
        let is_run = || language.is_rust() || Interpreter::find(language).is_ok();
        folder.join(place[0]).is_dir() && is_run()
    };
    let places: Vec<&[&str; 4]> = PLACES.iter().filter(is_there).collect();
    let files = |kind: &str, [place, _, _, ending]: &[&str; 4]| -> Vec<String> {
        let entries = fs::read_dir(folder.join(place).join(kind)).expect(kind);
        let names = entries.map(|entry| entry.expect("it can be read").file_name());
        let mut names: Vec<String> = names
            .map(|name| name.into_string().expect("it is text"))
            .filter(|name| name.ends_with(ending))
            .map(|name| format!("{place}{kind}/{name}"))
            .collect();
        assert!(names.len() > 1, "a drill has several");
        names.sort();
        names
    };
    let caught_by = |name: &str| {
        let text = fs::read_to_string(folder.join(name)).expect(name);
        let first = text.lines().next().unwrap_or_default().to_owned();
        let (_, check) = first.split_once("Caught by: ").expect(name);
        format!("caught by `{}`", check.trim_matches('`'))
    };
    let mut lines = Vec::new();
    let mut ok = |file: &str, how: &str| {
        lines.push(format!("ok    solutions/{drill}/{file}: {how}\n"));
    };
    for [place, reference, stub, _] in &places {
        ok(&format!("{place}{reference}"), "passes with all points");
        ok(&format!("{place}{stub}"), "compiles and fails");
    }
    for place in &places {
        for file in files("right", place) {
            ok(&file, "passes");
        }
    }
    for place in &places {
        for file in files("wrong", place) {
            ok(&file, &caught_by(&file));
        }
    }
    format!("{}\n{} gradings, 0 problems\n", lines.concat(), lines.len())
}

/// Says what is wrong at once, past the harness: its own words come after everybody else's,
/// and a log that is cut short has lost them.
fn say_now(audit: &str) {
    let is_said = |line: &&str| line.starts_with("WRONG") || line.starts_with("todo");
    let problems = audit.lines().filter(is_said);
    for problem in problems {
        let _ = writeln!(std::io::stderr(), "error: the audit found: {problem}");
    }
}

macro_rules! each_drill {
    ($($name:ident: $drill:literal;)*) => {
        $(
            #[test]
            fn $name() {
                let mut audit = program();
                audit.arg("--course").arg(root()).args(["audit", $drill]);
                let said = Said::by(&mut audit);
                say_now(&said.out);
                assert_eq!(said.out, all_is_well($drill), "{}", said.err);
                assert_eq!(said.code, 0, "{}", said.err);
            }
        )*

        #[test]
        fn every_drill_is_audited() {
            let audited = [$($drill),*];
            let all: Vec<&str> = drills::ALL.iter().map(|drill| drill.slug()).collect();
            assert_eq!(all, audited);
        }
    };
}

each_drill! {
    every_solution_of_cache_race_is_judged_as_it_should_be: "cache_race";
    every_solution_of_lost_update_is_judged_as_it_should_be: "lost_update";
    every_solution_of_transfer_is_judged_as_it_should_be: "transfer";
    every_solution_of_inflight_fix_is_judged_as_it_should_be: "inflight_fix";
    every_solution_of_offload_is_judged_as_it_should_be: "offload";
    every_solution_of_loop_monitor_is_judged_as_it_should_be: "loop_monitor";
    every_solution_of_give_way_is_judged_as_it_should_be: "give_way";
    every_solution_of_connection_pool_is_judged_as_it_should_be: "connection_pool";
    every_solution_of_batch_loader_is_judged_as_it_should_be: "batch_loader";
    every_solution_of_in_order_is_judged_as_it_should_be: "in_order";
}

/// A course that has a single wrong solution for `cache_race`, with this first line.
fn course_with(first_line: &str) -> Scratch {
    let course = Scratch::gradable();
    let wrong = course.read("solutions/cache_race/wrong/never_cached.rs");
    for folder in ["right", "wrong"] {
        let folder = course.path(&format!("solutions/cache_race/{folder}"));
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir(&folder).unwrap();
    }
    only_in_rust(&course);
    let rest = wrong.split_once('\n').unwrap().1;
    course.write(
        "solutions/cache_race/wrong/only.rs",
        &format!("{first_line}\n{rest}"),
    );
    course
}

/// Takes `cache_race` away in the other languages.
fn only_in_rust(course: &Scratch) {
    for language in Language::interpreted() {
        let folder = format!("solutions/{}", language.of_drill("cache_race"));
        fs::remove_dir_all(course.path(&folder)).expect("it is there");
    }
}

#[test]
fn a_wrong_solution_that_its_check_does_not_catch_is_a_problem() {
    let course = course_with("//! Wrong: nothing is kept. Caught by: stampede_elapsed");
    let said = course.run(&["audit", "cache_race"]);
    assert_eq!(said.code, 1);
    let line = |start: &str| said.out.lines().find(|line| line.starts_with(start));
    let problem = line(
        "WRONG solutions/cache_race/wrong/only.rs: caught by `stampede_elapsed`, but its status is",
    );
    assert!(
        problem.is_some_and(|line| line.contains("\"cached\"")),
        "{}",
        said.out
    );
    assert!(
        line("ok    solutions/cache_race/src/lib.rs: passes with all points").is_some(),
        "{}",
        said.out
    );
    assert!(
        line("ok    solutions/cache_race/stub.rs: compiles and fails").is_some(),
        "{}",
        said.out
    );
    // And no wrong solution is left for the other checks.
    assert!(
        line("WRONG cache_race: no wrong solution needs check `cached`").is_some(),
        "{}",
        said.out
    );
}

#[test]
fn a_solution_that_fails_and_a_stub_that_passes_are_problems() {
    let course = course_with("//! Wrong: nothing is kept. Caught by: cached");
    let (solution, stub) = (
        "solutions/cache_race/src/lib.rs",
        "solutions/cache_race/stub.rs",
    );
    let (right, unsolved) = (course.read(solution), course.read(stub));
    course.write(solution, &unsolved);
    course.write(stub, &right);
    let said = course.run(&["audit", "cache_race"]);
    assert_eq!(said.code, 1);
    for path in [solution, stub] {
        let start = format!("WRONG {path}: ");
        assert!(
            said.out.lines().any(|line| line.starts_with(&start)),
            "{}",
            said.out
        );
    }
}

#[test]
fn a_wrong_solution_must_name_a_check_that_there_is() {
    let course = course_with("//! Wrong: nothing is kept. Caught by: cashed");
    let unknown = course.run(&["audit", "cache_race"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    insta::assert_snapshot!("audit_unknown_check", unknown.err);

    let course = course_with("// It keeps nothing.");
    let unnamed = course.run(&["audit", "cache_race"]);
    assert_eq!((unnamed.code, unnamed.out.as_str()), (2, ""));
    insta::assert_snapshot!("audit_unnamed_check", unnamed.err);
}

#[test]
fn a_rule_that_no_wrong_solution_needs_is_told() {
    let course = Scratch::gradable();
    let folder = "solutions/cache_race/wrong";
    let kept = ["coalesced.rs", "row_expires.rs"];
    only_in_rust(&course);
    for entry in fs::read_dir(course.path(folder)).expect("they are there") {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().expect("it has one").to_string_lossy();
        if !kept.contains(&&*name) {
            fs::remove_file(&path).expect("it is ours");
        }
    }
    let said = course.run(&["audit", "cache_race", "--mutants"]);
    assert_eq!(said.code, 1, "{}", said.all());
    for line in [
        format!("ok       cache_race without check `race`: `{folder}/coalesced.rs` goes uncaught"),
        format!(
            "ok       cache_race without check `cached`: `{folder}/row_expires.rs` goes uncaught"
        ),
        format!(
            "ok       cache_race without kind `MissingFetch`: `{folder}/coalesced.rs` goes uncaught"
        ),
        "SURVIVED cache_race without check `two_users`: no wrong solution shows it".to_owned(),
        "SURVIVED cache_race without kind `WrongRow`: no wrong solution shows it".to_owned(),
    ] {
        assert!(
            said.out.lines().any(|told| told == line),
            "{line}\n{}",
            said.out
        );
    }
}
