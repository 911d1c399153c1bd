//! What the tests of interpreted languages share: submissions of one file, and what holds
//! for every language that drills can be written in.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use grader::course::language::Language;
use grader::drills::{self, Drill};
use grader::drive::interpreter::Interpreter;
use grader::grade::verdict::{Status, Verdict};
use tempfile::TempDir;

use crate::courses::root;
use crate::verdicts::{grade, steady, verdict};

/// Whether there is nothing that runs it, so that nothing is tried.
pub(crate) fn is_missing(language: Language) -> bool {
    let found = Interpreter::find(language);
    if let Err(why) = &found {
        // Not by `eprintln!`, which a test that passes does not show.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: nothing in {language} is tried: {why}"
        );
    }
    found.is_err()
}

/// A folder with this text as a file of that name.
pub(crate) fn written(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("there is space");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("it is ours");
    (folder, path)
}

/// The drills that can be written in it.
fn drills_in(language: Language) -> impl Iterator<Item = &'static dyn Drill> {
    let all = drills::ALL.iter().copied();
    all.filter(move |drill| drills::is_in(*drill, language))
}

/// A file of a drill's solutions, from the course's folder.
fn solution(drill: &str, language: Language, name: &str) -> String {
    let (place, ending) = (language.of_drill(drill), language.ending());
    format!("solutions/{place}/{name}.{ending}")
}

#[track_caller]
pub(crate) fn the_reference_has_all_points_and_the_stub_fails(language: Language) {
    if is_missing(language) {
        return;
    }
    for drill in drills_in(language) {
        let of = |name: &str| verdict(drill.slug(), &solution(drill.slug(), language, name));
        let reference = of("reference");
        assert_eq!(reference.score, 100, "{reference:#?}");
        assert_eq!(reference.status, Status::Passed);
        let stub = of("stub");
        assert_eq!(stub.status, Status::Failed, "{stub:#?}");
    }
}

#[track_caller]
pub(crate) fn the_folder_of_an_exercise_is_its_file(language: Language) {
    if is_missing(language) {
        return;
    }
    let folder = root()
        .join("exercises")
        .join(language.of_drill("inflight_fix"));
    let given = grade("inflight_fix", &folder);
    assert_eq!(given.status, Status::Failed);
    let stub = verdict("inflight_fix", &solution("inflight_fix", language, "stub"));
    assert_eq!(given.sha256, stub.sha256);
}

/// The wrong solution of that name gets the same verdict twice, word for word.
#[track_caller]
pub(crate) fn the_same_gets_the_same_verdict(language: Language, wrong: &str) {
    if is_missing(language) {
        return;
    }
    let path = solution("inflight_fix", language, &format!("wrong/{wrong}"));
    let once = steady(&verdict("inflight_fix", &path));
    let twice = steady(&grade("inflight_fix", &root().join(path)));
    let text = |verdict: &Verdict| serde_json::to_string_pretty(verdict).expect("it is plain data");
    assert_eq!(text(&once), text(&twice));
}

/// The public tests of a language: the kit beside them, their file, and what runs them.
pub(crate) struct PublicTests {
    pub(crate) language: Language,
    pub(crate) kit: &'static str,
    pub(crate) file: &'static str,
    pub(crate) arguments: &'static [&'static str],
    /// Whether what was said shows that they ran.
    pub(crate) ran: fn(&str) -> bool,
}

impl PublicTests {
    /// They pass on the reference of every drill and fail on its stub.
    #[track_caller]
    pub(crate) fn pass_on_the_reference_and_fail_on_the_stub(&self) {
        let language = self.language;
        if is_missing(language) {
            return;
        }
        let course = tempfile::tempdir().expect("there is space");
        let copied = |from: &str, to: &Path| {
            let folder = to.parent().expect("it is below the course");
            std::fs::create_dir_all(folder).expect("it is ours");
            std::fs::copy(root().join(from), to).expect("it is there");
        };
        let kit = format!("exercises/{}/{}", language.of_drill("kit"), self.kit);
        copied(&kit, &course.path().join(&kit));
        for drill in drills_in(language) {
            let slug = drill.slug();
            let folder = format!("exercises/{}", language.of_drill(slug));
            let tests = format!("{folder}/{}", self.file);
            copied(&tests, &course.path().join(&tests));
            let folder = course.path().join(folder);
            for (name, passes) in [("reference", true), ("stub", false)] {
                let own = folder.join(format!("{slug}.{}", language.ending()));
                copied(&solution(slug, language, name), &own);
                let interpreter = Interpreter::find(language).expect("it is there");
                let mut tests = Command::new(interpreter.path());
                let ran = tests.args(self.arguments).current_dir(&folder).output();
                let ran = ran.expect("it runs");
                let said = [ran.stdout, ran.stderr].concat();
                let said = String::from_utf8_lossy(&said);
                assert_eq!(ran.status.success(), passes, "{slug} {name}: {said}");
                assert!((self.ran)(&said), "{slug} {name}: {said}");
            }
        }
    }
}
