//! Anything that a teacher hides is in no format that students see.

use std::collections::BTreeMap;

use grader::course::settings::{CheckSettings, Visibility};
use grader::grade::feedback::{Feedback, Level, NOT_GRADED};
use grader::grade::report::{Exercism, Gradescope, Human, Junit, Markdown, PrairieLearn, Report};
use grader::grade::verdict::{CheckStatus, Status, Verdict};

use super::made::{self, verdict};
use super::{github, raw};
use crate::courses::Scratch;

/// Everything that students might read, in one text.
fn everything(verdicts: &[Verdict]) -> String {
    let forms: [Box<dyn Report>; 7] = [
        Box::new(Human),
        Box::new(Gradescope),
        Box::new(PrairieLearn),
        Box::new(Exercism),
        Box::new(Junit),
        Box::new(github(verdicts)),
        Box::new(Markdown::default()),
    ];
    forms
        .iter()
        .map(|report| raw(&**report, verdicts))
        .collect()
}

fn setting(visibility: Visibility) -> CheckSettings {
    CheckSettings { visibility }
}

#[test]
fn at_a_lower_level_no_form_says_what_was_seen() {
    let all = [verdict(Status::Failed), verdict(Status::Crashed)];
    let told = [
        "fetch 2 began",
        "already borrowed",
        "q7.r1",
        "who may run",
        "cache made",
    ];
    let text = everything(&Feedback::at(Level::Full).of_all(&all));
    for words in told {
        assert!(
            text.contains(words),
            "or the test would see nothing: {words}"
        );
    }
    for level in [Level::Checks, Level::Score] {
        let text = everything(&Feedback::at(level).of_all(&all));
        for words in told {
            assert!(!text.contains(words), "{level:?}: {words}\n{text}");
        }
        let titles = text.contains("is not fetched again");
        assert_eq!(titles, level == Level::Checks, "{text}");
        assert!(text.contains("30 of 100 points"), "{text}");
    }
}

#[test]
fn a_hidden_check_is_nowhere_and_its_points_count() {
    let settings = BTreeMap::from([
        ("cached".to_owned(), setting(Visibility::Hidden)),
        ("bounded_state".to_owned(), setting(Visibility::Title)),
    ]);
    let feedback = Feedback::at(Level::Full).with("inflight_fix", settings);
    let before = verdict(Status::Failed);
    let shown = feedback.of(&before);
    assert_eq!((shown.status, shown.score), (before.status, before.score));
    assert_eq!(shown.max_score, 100);
    let ids: Vec<&str> = shown.checks.iter().map(|check| &*check.id).collect();
    assert_eq!(ids, ["one_fetch", "leader_dropped", "bounded_state"]);
    let title = &shown.checks[2];
    assert_eq!(title.status, CheckStatus::Failed);
    assert!(title.message.is_empty() && title.schedule.is_none() && title.timeline.is_empty());

    let text = everything(&[shown]);
    for words in [
        "is not fetched again",
        "fetch 2 began",
        "cache made",
        "q7.r1",
    ] {
        assert!(!text.contains(words), "{words}\n{text}");
    }
    assert!(
        text.contains("40 points are for checks that are not shown"),
        "{text}"
    );
    // The same id in another drill is not hidden.
    let mut other = before;
    "offload".clone_into(&mut other.drill);
    assert_eq!(feedback.of(&other).checks.len(), made::CHECKS);
}

#[test]
fn what_is_said_of_others_does_not_name_a_hidden_check() {
    let mut failed = verdict(Status::Failed);
    let hidden = failed.checks[0].id.clone();
    let why = format!("cannot be judged while every request fetches: see `{hidden}`");
    failed.checks[1].message.clone_from(&why);
    let all = BTreeMap::from([(hidden.clone(), setting(Visibility::Hidden))]);
    let shown = Feedback::default().with("inflight_fix", all).of(&failed);
    let said = &shown.checks[0].message;
    assert_eq!(said, "cannot be judged before another check holds");
    let text = everything(&[shown]);
    assert!(!text.contains(&hidden), "{text}");
    // Its readers see its name.
    assert_eq!(Feedback::default().of(&failed).checks[1].message, why);
}

#[test]
fn a_submission_that_fails_only_where_nobody_may_look_is_still_said_to_fail() {
    let mut failed = verdict(Status::Failed);
    let hidden = |check: &grader::grade::verdict::CheckResult| {
        (check.id.clone(), setting(Visibility::Hidden))
    };
    let settings: BTreeMap<String, CheckSettings> = failed
        .checks
        .iter()
        .filter(|check| check.status != CheckStatus::Passed)
        .map(hidden)
        .collect();
    failed.output.clear();
    let shown = Feedback::default()
        .with("inflight_fix", settings)
        .of_all(&[failed]);
    let exercism = raw(&Exercism, &shown);
    assert!(exercism.contains("\"status\": \"fail\""), "{exercism}");
    let junit = raw(&Junit, &shown);
    assert!(junit.contains("failures=\"1\""), "{junit}");
    let github = raw(&github(&shown), &shown);
    assert!(github.contains("\n::error "), "{github}");
}

#[test]
fn compile_errors_are_told_at_every_level_and_the_machine_s_troubles_at_none() {
    for level in [Level::Full, Level::Checks, Level::Score] {
        let feedback = Feedback::at(level);
        let text = everything(&feedback.of_all(&[verdict(Status::CompileError)]));
        assert!(text.contains("mismatched types"), "{level:?}: {text}");
        let text = everything(&feedback.of_all(&[verdict(Status::InfraError)]));
        assert!(!text.contains("/srv/secret"), "{level:?}: {text}");
        assert!(text.contains(NOT_GRADED), "{level:?}: {text}");
    }
}

#[test]
fn what_an_exercise_file_hides_is_hidden_and_json_stays_whole() {
    let course = Scratch::gradable();
    let file = "exercises/cache_race/exercise.toml";
    let settings = "[checks.race]\nvisibility = \"hidden\"\n\n[limits]";
    let text = course.read(file).replace("[limits]", settings);
    course.write(file, &text);
    let arguments = [
        "grade",
        "cache_race",
        "solutions/cache_race/wrong/coalesced.rs",
        "--format",
    ];
    let said = course.run(&[&arguments[..], &["gradescope"]].concat());
    assert_eq!(said.code, 1, "{}", said.err);
    let tests: serde_json::Value = serde_json::from_str(&said.out).expect(&said.out);
    let names: Vec<&str> = tests["tests"]
        .as_array()
        .expect("it is graded")
        .iter()
        .filter_map(|test| test["name"].as_str())
        .collect();
    let drill = grader::drills::find("cache_race").expect("it is one");
    assert_eq!(names.len(), drill.checks().len() - 1, "{names:?}");
    let hidden = drill.checks().iter().find(|check| check.id == "race");
    let hidden = hidden.expect("it has this check").title;
    assert!(!said.out.contains(hidden), "{}", said.out);
    let whole = course.run(&[&arguments[..], &["json", "--feedback", "score"]].concat());
    assert!(whole.out.contains(hidden), "{}", whole.out);

    // Exercism takes any other exit code for a broken grader.
    let said = course.run(&[&arguments[..], &["exercism"]].concat());
    assert_eq!(said.code, 0, "{}", said.out);
    assert!(said.out.contains("\"status\": \"fail\""), "{}", said.out);

    let slip = text.replace("[checks.race]", "[checks.rase]");
    course.write(file, &slip);
    let said = course.run(&["grade", "cache_race"]);
    assert_eq!(said.code, 2);
    let told = "this drill has no check `rase`, which `[checks.rase]` names; did you mean `race`?";
    assert!(said.err.contains(told), "{}", said.err);
}

#[test]
fn a_submission_that_ran_out_of_time_is_a_failure_though_no_check_is() {
    let shown = Feedback::default().of_all(&[verdict(Status::TimedOut)]);
    let junit = raw(&Junit, &shown);
    assert!(junit.contains("failures=\"1\""), "{junit}");
    let github = raw(&github(&shown), &shown);
    assert!(github.contains("\n::error "), "{github}");
}
