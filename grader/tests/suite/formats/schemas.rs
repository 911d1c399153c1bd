//! What each reader accepts, field by field, and nothing else: a file with an extra
//! or a missing field is refused here too.

use grader::grade::feedback::{Feedback, Level};
use grader::grade::report::{
    Exercism as ExercismReport, Gradescope as GradescopeReport, Junit,
    PrairieLearn as PrairieLearnReport, Report,
};
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::made::{self, STATUSES};
use super::raw;
use grader::grade::verdict::{Status, Verdict};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gradescope {
    pub(super) score: Option<f64>,
    execution_time: f64,
    output: String,
    output_format: GradescopeText,
    visibility: GradescopeVisibility,
    stdout_visibility: GradescopeVisibility,
    #[expect(dead_code, reason = "anything may stand in it")]
    extra_data: serde_json::Value,
    #[serde(default)]
    pub(super) tests: Vec<GradescopeTest>,
    #[serde(default)]
    leaderboard: Vec<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GradescopeTest {
    score: f64,
    max_score: f64,
    status: GradescopeStatus,
    name: String,
    number: String,
    output: String,
    output_format: GradescopeText,
    #[expect(dead_code, reason = "any will do")]
    tags: Vec<String>,
    visibility: GradescopeVisibility,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum GradescopeStatus {
    Passed,
    Failed,
}

/// The Gradescope formats that show text as it is.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum GradescopeText {
    Text,
    SimpleFormat,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum GradescopeVisibility {
    Hidden,
    AfterDueDate,
    AfterPublished,
    Visible,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PrairieLearn {
    pub(super) gradable: bool,
    pub(super) score: f64,
    message: String,
    output: String,
    pub(super) tests: Vec<PrairieLearnTest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PrairieLearnTest {
    name: String,
    description: String,
    points: f64,
    max_points: f64,
    message: String,
    output: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exercism {
    version: u32,
    status: ExercismStatus,
    message: Option<String>,
    pub(super) tests: Vec<ExercismTest>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum ExercismStatus {
    Pass,
    Fail,
    Error,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExercismTest {
    name: String,
    status: ExercismStatus,
    message: Option<String>,
    output: Option<String>,
    #[expect(dead_code, reason = "it may be left out")]
    test_code: Option<String>,
    #[expect(dead_code, reason = "it may be left out")]
    task_id: Option<u32>,
}

fn read<T: DeserializeOwned>(report: &dyn Report, verdicts: &[Verdict]) -> T {
    let text = raw(report, verdicts);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

pub(super) fn gradescope(verdicts: &[Verdict]) -> Gradescope {
    let results: Gradescope = read(&GradescopeReport, verdicts);
    let shown = GradescopeVisibility::Visible;
    assert!(results.visibility == shown, "or students see nothing");
    assert!(results.stdout_visibility == GradescopeVisibility::Hidden);
    assert!(results.execution_time >= 0.0 && results.leaderboard.is_empty());
    let _ = results.output_format;
    assert!(!results.output.is_empty());
    for test in &results.tests {
        assert!((0.0..=test.max_score).contains(&test.score));
        assert!(test.visibility == shown, "a hidden test hides the total");
        assert!(!test.number.is_empty() && !test.name.is_empty());
        let silent = test.status == GradescopeStatus::Passed;
        assert_eq!(test.output.is_empty(), silent, "{}", test.name);
        let _ = &test.output_format;
    }
    results
}

pub(super) fn prairielearn(verdicts: &[Verdict]) -> PrairieLearn {
    let results: PrairieLearn = read(&PrairieLearnReport, verdicts);
    assert!((0.0..=1.0).contains(&results.score), "{}", results.score);
    assert!(!results.message.is_empty());
    assert!(results.gradable || !results.output.is_empty());
    for test in &results.tests {
        assert!((0.0..=test.max_points).contains(&test.points));
        assert!(test.max_points > 0.0 && !test.description.is_empty());
        assert!(!test.name.is_empty());
        assert_eq!(test.message.is_empty(), test.output.is_empty());
    }
    results
}

pub(super) fn exercism(verdicts: &[Verdict]) -> Exercism {
    let results: Exercism = read(&ExercismReport, verdicts);
    assert_eq!(results.version, 3);
    let is_error = results.status == ExercismStatus::Error;
    assert_eq!(is_error, results.message.is_some());
    assert_eq!(is_error, results.tests.is_empty());
    let all_pass = results
        .tests
        .iter()
        .all(|test| test.status == ExercismStatus::Pass);
    assert!(is_error || all_pass == (results.status == ExercismStatus::Pass));
    for test in &results.tests {
        assert!(!test.name.is_empty());
        let told = test.message.as_ref().is_some_and(|text| !text.is_empty());
        assert_eq!(told, test.status != ExercismStatus::Pass, "{}", test.name);
        let length = test.output.as_ref().map_or(0, |text| text.chars().count());
        assert!(length <= 500, "{length} characters");
    }
    results
}

/// The names of a document's elements, each below its parent's, and the numbers its
/// suites state, which must be those of its cases.
pub(super) fn junit(verdicts: &[Verdict]) -> Vec<String> {
    let text = raw(&Junit, verdicts);
    let forbidden = |letter: char| !matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(!text.contains(forbidden), "a character that XML forbids");
    let mut reader = Reader::from_str(&text);
    let mut open: Vec<String> = Vec::new();
    let mut paths = Vec::new();
    let mut stated = Vec::new();
    loop {
        let event = reader.read_event().expect("it is well formed");
        let (tag, closes) = match event {
            Event::Start(tag) => (tag, false),
            Event::Empty(tag) => (tag, true),
            Event::End(_) => {
                open.pop();
                continue;
            }
            Event::Eof => break,
            Event::Decl(_) | Event::Text(_) | Event::GeneralRef(_) => continue,
            other => panic!("nothing else is written: {other:?}"),
        };
        let name: &str = tag.name().into_inner();
        open.push(name.to_owned());
        paths.push(open.join("/"));
        for attribute in tag.attributes() {
            let attribute = attribute.expect("it is well formed");
            if open.len() == 1 && attribute.key.into_inner() != "name" {
                stated.push(attribute.value.parse::<usize>().expect("a number"));
            }
        }
        if closes {
            open.pop();
        }
    }
    assert!(open.is_empty());
    let count = |end: &str| paths.iter().filter(|path| path.ends_with(end)).count();
    let counted = ["/testcase", "/failure", "/error", "/skipped"].map(count);
    assert_eq!(stated, counted, "{text}");
    for path in &paths {
        let known = [
            "testsuites",
            "testsuites/testsuite",
            "testsuites/testsuite/testcase",
            "testsuites/testsuite/testcase/failure",
            "testsuites/testsuite/testcase/error",
            "testsuites/testsuite/testcase/skipped",
            "testsuites/testsuite/system-out",
        ];
        assert!(known.contains(&&**path), "{path}");
    }
    paths
}

#[test]
fn every_status_at_every_level_is_a_file_its_reader_takes() {
    for level in [Level::Full, Level::Checks, Level::Score] {
        for status in STATUSES {
            let one = Feedback::at(level).of_all(&[made::verdict(status)]);
            let two = Feedback::at(level)
                .of_all(&[made::verdict(status), made::passed_without_mastery()]);
            for verdicts in [&one[..], &two[..]] {
                gradescope(verdicts);
                prairielearn(verdicts);
                exercism(verdicts);
                junit(verdicts);
            }
        }
    }
}

#[test]
fn the_points_are_the_same_in_every_form() {
    for status in [
        Status::Passed,
        Status::Failed,
        Status::Crashed,
        Status::TimedOut,
    ] {
        let verdicts = [made::verdict(status)];
        let score = f64::from(verdicts[0].score);
        assert_eq!(gradescope(&verdicts).score, Some(score));
        let share = prairielearn(&verdicts).score;
        assert!((share - score / 100.0).abs() < 1e-9, "{share}");
    }
}

#[test]
fn what_could_not_be_graded_is_no_student_s_failure() {
    let shown = Feedback::default().of_all(&[made::verdict(Status::InfraError)]);
    let results = gradescope(&shown);
    assert!(results.score.is_none() && results.tests.is_empty());
    assert!(!prairielearn(&shown).gradable);
    assert_eq!(exercism(&shown).status, ExercismStatus::Error);
    let paths = junit(&shown);
    assert!(
        paths.iter().any(|path| path.ends_with("/error")),
        "{paths:?}"
    );
    assert!(
        !paths.iter().any(|path| path.ends_with("/failure")),
        "{paths:?}"
    );
}

#[test]
fn a_mastery_check_that_is_not_reached_fails_nothing() {
    let verdicts = [made::passed_without_mastery()];
    assert_eq!(exercism(&verdicts).status, ExercismStatus::Pass);
    let paths = junit(&verdicts);
    assert!(
        !paths.iter().any(|path| path.ends_with("/failure")),
        "{paths:?}"
    );
}
