//! What a policy takes from points, and what it refuses to be.

use super::*;
use crate::grade::verdict::Status;

const DRILLS: [&str; 2] = ["cache_race", "offload"];

const TEXT: &str = r#"
due = 2026-11-20T23:59:00
offset = "+01:00"

[late]
percent_per_day = 10
at_most_percent = 50
days = 7
grace_minutes = 15

[drills.offload]
due = 2026-11-27
weight = 2

[students."Zoë"]
extra_days = 2

[students."b@x.edu"]
extra_days = { offload = 1 }
excused = ["cache_race"]
"#;

fn policy() -> Policy {
    Policy::parse(TEXT, &DRILLS).expect("it is as it should be")
}

fn line(student: Student, at: Option<&str>, late: bool) -> Line {
    Line {
        student,
        drill: 0,
        late,
        at: at.map(Box::from),
        language: Default::default(),
        taken: true,
        status: Status::Failed,
        score: 97,
        max_score: 100,
    }
}

#[test]
fn lateness_costs_for_each_day_that_was_begun() {
    for (at, days, percent, points) in [
        ("2026-11-20 22:59:00 UTC", 0, 0, "97"),
        ("2026-11-20T23:14:00Z", 0, 0, "97"),
        ("2026-11-20T23:14:01Z", 1, 10, "87.3"),
        ("2026-11-21-23-59-00", 1, 10, "87.3"),
        ("2026-11-21 23:59:01 +0100", 2, 20, "77.6"),
        ("2026-11-26 12:00:00 +0100", 6, 50, "48.5"),
        ("2026-11-29 12:00:00 +0100", 9, 100, "0"),
    ] {
        let counted = policy().counted("cache_race", &line(Student::named("ada"), Some(at), false));
        assert_eq!(counted.points.to_string(), points, "{at}");
        assert_eq!((counted.days, counted.percent), (days, percent), "{at}");
    }
    let last = "2026-11-27T22:59:59Z";
    let counted = policy().counted("offload", &line(Student::named("ada"), Some(last), true));
    assert_eq!(
        counted.days, 0,
        "a day alone ends with it, whatever a system says"
    );
}

#[test]
fn what_only_a_system_calls_late_is_a_day_late() {
    let counted = |name: &str, late| {
        policy()
            .counted("offload", &line(Student::named(name), None, late))
            .points
            .to_string()
    };
    assert_eq!(
        (&*counted("ada", true), &*counted("ada", false)),
        ("87.3", "97")
    );
    // Composed otherwise, and with more days.
    assert_eq!(counted("Zoe\u{308}", true), "97");
    let nothing = Policy::default().counted("offload", &line(Student::named("ada"), None, true));
    assert_eq!((nothing.points, nothing.percent), (Points::whole(97), 0));
}

#[test]
fn an_extension_and_an_excuse_are_for_whom_they_name() {
    let bob = Student::known("Bob", Some("17"), Some("B@x.edu"));
    let at = Some("2026-11-28T12:00:00+01:00");
    assert_eq!(
        policy()
            .counted("offload", &line(bob.clone(), at, false))
            .days,
        0
    );
    assert_eq!(
        policy()
            .counted("offload", &line(Student::named("ada"), at, false))
            .days,
        1
    );
    assert!(policy().excuses("cache_race", &bob));
    assert!(!policy().excuses("offload", &bob));
    let policy = policy();
    let policy = policy.among(&[&bob]);
    assert_eq!(policy.unknown(), ["Zoë"]);
    assert_eq!(policy.ambiguous(), [""; 0]);
    assert_eq!(policy.weighed("offload", Points(727)).to_string(), "145.4");
    assert_eq!(Points(727).to_string(), "72.7");
}

#[test]
fn what_is_not_understood_is_named() {
    for (text, words) in [
        ("dew = 1", "unknown field `dew`"),
        (
            "[drills.cash_race]\nweight = 1",
            "there is no drill `cash_race`",
        ),
        (
            "[students.ada]\nexcused = [\"all\"]",
            "there is no drill `all`",
        ),
        (
            "[students.ada]\nextra_days = { x = 1 }",
            "there is no drill `x`",
        ),
        ("offset = \"CET\"", "`CET` is not an offset"),
        ("due = 12:00:00", "is not a moment"),
        ("due = \"tomorrow\"", "line 1, "),
        ("[drills.offload]\nweight = -1", "is not a number from 0"),
        ("[late]\npercent_per_day = 101", "more than 100"),
        ("[late]\ndays = 3", "percent_per_day"),
        (
            "due = 2026-11-20\n\nofset = \"+01:00\"",
            "line 3, `ofset = \"+01:00\"`: unknown field `ofset`",
        ),
        (
            "\n[late]\npercent_per_day = \"3\"",
            "line 3, `percent_per_day = \"3\"`: ",
        ),
        (
            "[students.ada]\nextra_days = -1",
            "line 2, `extra_days = -1`: invalid value: integer `-1`, expected a whole number of days from 0 on, or one for each drill",
        ),
        ("[students.ada]\nextra_days = 1.5", "line 2, "),
        (
            "[students.ada]\nextra_days = { offload = -3 }",
            "integer `-3`",
        ),
        (
            "[students.ada]\nexcused = [\"all\"]",
            "which `ada` under `[students]` has",
        ),
        (
            "[drills.offload]\nweight = nan",
            "`weight` of drill `offload`",
        ),
        ("[drills.offload]\nweight = 1e300", "0 to a million"),
        ("[drills.offload]\nweight = \"2\"", "expected a number"),
        (
            "[late]\npercent_per_day = 10\nat_most_percent = 200",
            "`at_most_percent` under `[late]` is 200",
        ),
        ("late = 3", "expected a table"),
    ] {
        let error = Policy::parse(text, &DRILLS).expect_err(text);
        assert!(error.contains(words), "{text}: {error}");
    }
}

#[test]
fn a_file_in_another_encoding_is_refused_with_its_line() {
    let folder = tempfile::tempdir().expect("there is space");
    let path = folder.path().join("class.toml");
    std::fs::write(&path, b"due = 2026-11-20\n[students.\"Andr\xe9\"]\n").expect("it is ours");
    let error = Policy::read(&path, &DRILLS).expect_err("it is Latin-1");
    let error = error.to_string();
    assert!(error.contains("line 2 is not UTF-8"), "{error}");
}

#[test]
fn a_time_without_a_zone_is_read_in_that_of_its_deadline() {
    // Summer time ends between the two.
    let text = "offset = \"+01:00\"\ndue = 2026-11-20T23:59:00\n\
                [late]\npercent_per_day = 10\n\
                [drills.offload]\ndue = 2026-10-20T23:59:00+02:00\n";
    let policy = Policy::parse(text, &DRILLS).expect("it is one");
    for (drill, at, days) in [
        ("offload", "2026-10-20-23-30-00", 0),
        ("offload", "2026-10-20-23-59-30", 1),
        ("offload", "2026-10-20 22:30:00 +0100", 0),
        ("cache_race", "2026-11-20-23-59-00", 0),
        ("cache_race", "2026-11-20-23-59-30", 1),
        ("cache_race", "2026-11-20 22:59:30 UTC", 1),
    ] {
        let line = line(Student::named("ada"), Some(at), false);
        assert_eq!(policy.counted(drill, &line).days, days, "{drill}, {at}");
    }
}

#[test]
fn a_time_that_cannot_be_read_is_told_where_there_is_a_deadline() {
    let undated = |text: &str, at: Option<&str>, late: bool| {
        let policy = Policy::parse(text, &DRILLS).expect("it is one");
        policy.is_undated("offload", &line(Student::named("ada"), at, late))
    };
    let due = "due = 2026-11-20T23:59:00";
    assert!(undated(due, Some("Fri Nov 20 2026 10:00 PM EST"), false));
    assert!(undated(due, None, false));
    // A system that calls it late knows.
    assert!(!undated(due, None, true));
    assert!(!undated(due, Some("2026-11-20 22:00:00 Z"), false));
    assert!(!undated(
        "[drills.cache_race]\ndue = 2026-11-20",
        None,
        false
    ));
    assert!(!undated("", None, false));
}

#[test]
fn nobody_gets_what_is_another_s_by_a_name_of_their_own_choice() {
    let policy = |key: &str| {
        let text = format!("[students.\"{key}\"]\nexcused = [\"offload\"]\n");
        Policy::parse(&text, &["offload"]).expect("it is one")
    };
    let bob = Student::known("Bob", Some("777"), Some("bob@x.edu"));
    let by_number = Student::known("777", Some("1"), None);
    let by_address = Student::known("Bob@X.edu", Some("2"), None);
    let others = [
        Student::known("Grace", Some("3"), None),
        Student::known("grace", Some("4"), None),
    ];
    let all: Vec<&Student> = [&bob, &by_number, &by_address]
        .into_iter()
        .chain(&others)
        .collect();
    for key in ["777", "bob@x.edu", "Bob"] {
        let policy = policy(key).among(&all);
        let excused: Vec<&str> = all
            .iter()
            .filter(|student| policy.excuses("offload", student))
            .map(|student| student.name())
            .collect();
        assert_eq!(excused, ["Bob"], "{key}");
        assert!(policy.unknown().is_empty() && policy.ambiguous().is_empty());
    }
    let policy = policy("Grace").among(&all);
    assert!(!all.iter().any(|student| policy.excuses("offload", student)));
    assert_eq!(policy.ambiguous(), ["Grace"]);
}
