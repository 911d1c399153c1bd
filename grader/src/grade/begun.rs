//! A new drill is judged as it should be in every world, before anyone has worked on it:
//! what the templates hold is compiled, driven and judged by the templates' own tests.

use std::path::Path;

use crate::authors::scaffold::{BEGINNINGS, Beginning};
use crate::build::compile::{Workshop, compile};
use crate::build::prepared::Prepared;
use crate::build::submission::Submission;
use crate::course::{Course, Exercise};
use crate::drills::{Drill, begun};
use crate::drive::driver::Driver;
use crate::drive::policies::Places;
use crate::drive::sandbox::Sandbox;
use crate::drive::stop::Stop;
use crate::drive::toolchain::Toolchain;
use crate::exam::Exam;
use play::check::CheckStatus;

/// What compiles the files of a drill that is in no list.
struct Shop {
    course: Course,
    prepared: Prepared,
    places: Places,
    sandbox: Sandbox,
}

impl Shop {
    fn open() -> Shop {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let course = Course::find(None, here).expect("the repository is a course");
        let toolchain = Toolchain::find(course.root()).expect("tests are run by a toolchain");
        let prepared = Prepared::get(&course, &toolchain).expect("the crates can be built");
        let grader = course.target().join("grader");
        let root = grader.join("root");
        let places = Places::find(&toolchain, prepared.deps(), prepared.shared(), root)
            .expect("the toolchain is there");
        let sandbox = Sandbox::of_this_machine(prepared.launcher(), &places, &grader);
        Shop {
            course,
            prepared,
            places,
            sandbox,
        }
    }

    /// The status of each check, and what is said of it.
    fn judged(&self, drill: &dyn Drill, beginning: &Beginning, file: &str) -> Vec<(bool, String)> {
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
        let workshop = Workshop {
            course: &self.course,
            prepared: &self.prepared,
            places: &self.places,
            sandbox: &self.sandbox,
            stop: &Stop::new(),
        };
        let compiled = compile(workshop, drill, &exercise, &submission).expect("it compiles");
        let driver = Driver::new(compiled.program(), compiled.limits(), drill.world(), 7);
        let mut exam = Exam::new(driver);
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
}

#[test]
fn what_a_drill_begins_as_is_judged_as_it_should_be_in_every_world() {
    let shop = Shop::open();
    for (drill, beginning) in begun::ALL.into_iter().zip(&BEGINNINGS) {
        let world = beginning.world;
        assert_eq!(drill.world().name(), world);
        let judged = |file| shop.judged(drill, beginning, file);
        for right in [
            "solutions/SLUG/src/lib.rs",
            "solutions/SLUG/right/another_design.rs",
        ] {
            let all = judged(right);
            assert!(all.iter().all(|(passed, _)| *passed), "{world}: {all:?}");
        }
        for (wrong, why) in [
            ("solutions/SLUG/stub.rs", "panicked"),
            ("solutions/SLUG/wrong/MISTAKE.rs", " returned "),
        ] {
            let [(passed, message)] = &judged(wrong)[..] else {
                panic!("a drill begins with one check");
            };
            assert!(!passed && message.contains(why), "{world}: {message}");
        }
    }
}
