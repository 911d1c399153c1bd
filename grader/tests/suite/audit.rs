//! `audit`: the course tests itself, and says so when it does not hold.

use std::fs;

use crate::courses::{Said, Scratch, program, root};

#[test]
fn every_solution_is_judged_as_it_should_be() {
    let said = Said::by(program().arg("--course").arg(root()).arg("audit"));
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let lines = |start: &str| {
        said.out
            .lines()
            .filter(|line| line.starts_with(start))
            .count()
    };
    assert_eq!(lines("WRONG"), 0, "{}", said.out);
    // Or it may have looked at nothing.
    assert!(lines("ok ") > 80, "{}", said.out);
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
    let rest = wrong.split_once('\n').unwrap().1;
    course.write(
        "solutions/cache_race/wrong/only.rs",
        &format!("{first_line}\n{rest}"),
    );
    course
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
    // And nothing is left that the other checks are for.
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
