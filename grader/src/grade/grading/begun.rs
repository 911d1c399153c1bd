//! A new drill is judged correctly in every world before anyone has worked on it: the
//! templates' solutions are compiled, driven and judged by the templates' own tests.

use std::path::Path;

use super::Grader;
use crate::authors::scaffold::{BEGINNINGS, Beginning, begun};
use crate::build::submission::Submission;
use crate::course::{Course, Exercise};
use crate::drills::Drill;
use crate::exam::Exam;
use play::check::CheckStatus;

/// Whether each check passed, and its message.
fn judged(
    grader: &Grader,
    drill: &dyn Drill,
    beginning: &Beginning,
    file: &str,
) -> Vec<(bool, String)> {
    let text = |place: &str| {
        let mut files = beginning.files.iter();
        files.find(|(known, _)| *known == place).expect(place).1
    };
    let folder = tempfile::tempdir().expect("there is space");
    let path = folder.path().join("lib.rs");
    std::fs::write(&path, text(file)).expect("it is ours");
    let submission = Submission::read(&path).expect("it can be read");
    let exercise: Exercise =
        toml::from_str(text("exercises/SLUG/exercise.toml")).expect("it is as it should be");
    let compiled = grader.compile_by(drill, &exercise, &submission);
    let compiled = compiled.expect("the machine is able").expect("it compiles");
    let mut exam = Exam::new(grader.driver(drill, &compiled, 7));
    drill.examine(&mut exam);
    let (driver, decisions, coverage) = exam.finish();
    assert!(driver.broken().is_none(), "{:?}", driver.broken());
    assert_eq!(coverage.unexplored, 0, "the space is small");
    let judged = |id| {
        let decision = decisions.get(id).expect("every check is decided");
        let passed = decision.status == CheckStatus::Passed;
        (passed, decision.message.clone())
    };
    drill.checks().iter().map(|it| judged(it.id)).collect()
}

#[test]
fn what_a_drill_begins_as_is_judged_as_it_should_be_in_every_world() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let course = Course::find(None, here).expect("the repository is a course");
    let grader = Grader::new(course).expect("the course's crates can be built");
    for (drill, beginning) in begun::ALL.into_iter().zip(&BEGINNINGS) {
        let world = beginning.world;
        assert_eq!(drill.world().name(), world);
        let points = drill.checks().iter().map(|check| check.points);
        assert_eq!(points.sum::<u32>(), 100, "{world}");
        let judged = |file| judged(&grader, drill, beginning, file);
        for right in [
            "solutions/SLUG/src/lib.rs",
            "solutions/SLUG/right/another_design.rs",
        ] {
            let all = judged(right);
            assert!(all.iter().all(|(passed, _)| *passed), "{world}: {all:?}");
        }
        let shows = match world {
            "clock" => " reports ",
            _ => " returned ",
        };
        for (wrong, why) in [
            ("solutions/SLUG/stub.rs", "panicked"),
            ("solutions/SLUG/wrong/MISTAKE.rs", shows),
        ] {
            let [(passed, message)] = &judged(wrong)[..] else {
                panic!("a drill begins with one check");
            };
            assert!(!passed && message.contains(why), "{world}: {message}");
        }
    }
}
