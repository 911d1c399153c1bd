//! What the terminal shows, drawn as text.

use super::*;
use crate::drive::sandbox::Tier;
use crate::grade::verdict::{CheckResult, CheckStatus, Metrics, SCHEMA, Status, Verdict};
use crate::learn::state::{BookNow, Phase, Prepare};

fn check(id: &str, status: CheckStatus, message: &str) -> CheckResult {
    CheckResult {
        id: id.to_owned(),
        title: format!("what {id} demands"),
        required: id != "bounded",
        status,
        points: if status == CheckStatus::Passed { 10 } else { 0 },
        max_points: 10,
        message: message.to_owned(),
        hint: match status {
            CheckStatus::Failed => "who runs in the gap?".to_owned(),
            _ => String::new(),
        },
        schedule: (status == CheckStatus::Failed).then(|| format!("7:{id}:q7.r1+0.q7")),
        timeline: match status {
            CheckStatus::Failed => vec!["request 1 asks for user 7".to_owned(), message.to_owned()],
            _ => Vec::new(),
        },
        moments: Vec::new(),
    }
}

fn verdict(status: Status, checks: Vec<CheckResult>) -> Verdict {
    Verdict {
        schema: SCHEMA,
        drill: "inflight_fix".to_owned(),
        submission: "exercises/inflight_fix".to_owned(),
        sha256: String::new(),
        status,
        score: checks.iter().map(|check| check.points).sum(),
        max_score: 30,
        seed: 7,
        grader: "0.1.0".to_owned(),
        language: Default::default(),
        sandbox: Tier::Full,
        checks,
        metrics: Metrics::default(),
        diagnostics: String::new(),
        output: String::new(),
    }
}

fn drill(slug: &str, phase: Phase, verdict: Option<Verdict>) -> DrillNow {
    DrillNow {
        id: slug.to_owned(),
        language: Default::default(),
        spoken: "Rust".to_owned(),
        slug: slug.to_owned(),
        title: "One fetch".to_owned(),
        page: format!("{slug}.html"),
        file: format!("exercises/{slug}/src/lib.rs"),
        phase,
        run: 1,
        passed: verdict.as_ref().is_some_and(Verdict::passed),
        best: verdict.as_ref().map_or(0, |verdict| verdict.score),
        verdict,
        words: String::new(),
        hints: vec!["first".to_owned()],
        more_hints: true,
        max: 30,
        started: true,
        first_passed_at: None,
        worked_seconds: 0,
        minutes: 30,
        changed_upstream: false,
        errors: Vec::new(),
        open: None,
        next: Some("offload".to_owned()),
        took_ms: Some(412),
    }
}

fn state(drills: Vec<DrillNow>) -> State {
    State {
        course: "Between Awaits".to_owned(),
        grader: "0.1.0".to_owned(),
        token: String::new(),
        book: BookNow::default(),
        prepare: Prepare {
            phase: PreparePhase::Ready,
            done: 0,
            total: 0,
            words: String::new(),
        },
        drills,
    }
}

fn failed() -> Verdict {
    let checks = vec![
        check("one_fetch", CheckStatus::Passed, ""),
        check(
            "cached",
            CheckStatus::Failed,
            "fetch 2 began for user 7,\u{1b}[31m whose row had already been fetched",
        ),
        check(
            "bounded",
            CheckStatus::Skipped,
            "cannot be judged: see `cached`",
        ),
    ];
    verdict(Status::Failed, checks)
}

/// As text, with a mark where the screen ends.
fn drawn(state: &State, looking: &Looking, width: usize, height: usize) -> String {
    let show = Show {
        address: "http://127.0.0.1:3000/",
        drill: 0,
        looking,
        scrolled: 0,
        word: "",
    };
    let (lines, _) = screen(state, &show, width, height);
    let text = |line: &Line| line.iter().map(|span| &*span.text).collect::<String>();
    let rows: Vec<String> = lines
        .iter()
        .map(|line| text(line).trim_end().to_owned())
        .collect();
    assert_eq!(rows.len(), height);
    let body = height - 2;
    for row in &rows[1..body] {
        assert!(width < 20 || length(row) <= width, "{row}");
    }
    rows.join("\n")
}

#[test]
fn all_of_the_address_is_shown_in_a_narrow_window_too() {
    let state = state(vec![drill("inflight_fix", Phase::Waiting, None)]);
    for width in [1, 9, 19, 38, 39, 40, 80] {
        let drawn = drawn(&state, &Looking::Drill, width, 40);
        let in_one: String = drawn.lines().collect();
        assert!(
            in_one.contains("http://127.0.0.1:3000/"),
            "{width}: {drawn}"
        );
    }
}

#[test]
fn a_failed_verdict_is_compact_and_shows_no_control_character() {
    let state = state(vec![drill("inflight_fix", Phase::Graded, Some(failed()))]);
    insta::assert_snapshot!(drawn(&state, &Looking::Drill, 60, 20));
    insta::assert_snapshot!("schedule", drawn(&state, &Looking::Schedule(0), 60, 14));
}

#[test]
fn a_pass_says_what_comes_next() {
    let checks = vec![check("one_fetch", CheckStatus::Passed, "")];
    let passed = verdict(Status::Passed, checks);
    let state = state(vec![drill("inflight_fix", Phase::Grading, Some(passed))]);
    insta::assert_snapshot!(drawn(&state, &Looking::Drill, 80, 14));
}

#[test]
fn hints_the_list_and_the_question_fit_a_small_window() {
    let mut behind = drill("offload", Phase::Waiting, None);
    behind.changed_upstream = true;
    let state = state(vec![
        drill("inflight_fix", Phase::Graded, Some(failed())),
        behind,
    ]);
    let looks = [Looking::List(1), Looking::Hints, Looking::Reset];
    let drawn: Vec<String> = looks
        .iter()
        .map(|look| drawn(&state, look, 60, 8))
        .collect();
    insta::assert_snapshot!(drawn.join("\n~~~\n"));
}

#[test]
fn what_does_not_fit_can_be_scrolled_to_and_every_key_is_named() {
    let state = state(vec![drill("inflight_fix", Phase::Graded, Some(failed()))]);
    let fits = drawn(&state, &Looking::Drill, 80, 8);
    for key in KEYS {
        let named = format!("{} {}", key.0, key.1);
        assert!(fits.lines().last().unwrap().contains(&named), "{fits}");
    }
    let wide = drawn(&state, &Looking::Drill, 80, 30);
    assert!(
        !wide.contains("scroll") && wide.contains("q quit"),
        "{wide}"
    );
}

#[test]
fn the_keys_take_one_line_of_any_window_and_the_rest_are_a_key_away() {
    let state = state(vec![drill("inflight_fix", Phase::Graded, Some(failed()))]);
    for width in 36..100 {
        let drawn = drawn(&state, &Looking::Drill, width, 10);
        let keys = drawn.lines().last().unwrap();
        assert!(length(keys) <= width && keys.contains("q quit"), "{keys}");
        let all = KEYS
            .iter()
            .all(|(key, what)| keys.contains(&format!("{key} {what}")));
        assert!(all != keys.contains("? keys"), "{keys}");
        let above = drawn.lines().nth(8).unwrap();
        assert!(
            !above.contains("n next") && !above.contains("h hint"),
            "{drawn}"
        );
    }
    insta::assert_snapshot!("keys", drawn(&state, &Looking::Keys, 60, 18));
    let all = drawn(&state, &Looking::Keys, 60, 18);
    for (key, _) in KEYS.iter().filter(|(key, _)| *key != "↑↓") {
        assert!(
            all.lines().any(|line| line.starts_with(&format!("{key} "))),
            "{key}"
        );
    }
}

#[test]
fn the_drill_that_is_chosen_is_in_the_window() {
    let slugs: Vec<String> = (0..9).map(|number| format!("drill_{number}")).collect();
    let drills = slugs.iter().map(|slug| drill(slug, Phase::Graded, None));
    let state = state(drills.collect());
    for height in 4..14 {
        for (marked, slug) in slugs.iter().enumerate() {
            let drawn = drawn(&state, &Looking::List(marked), 60, height);
            assert!(drawn.contains(&format!("> {slug}")), "{drawn}");
        }
    }
}

#[test]
fn places_are_paths_that_a_terminal_makes_links_of() {
    let place = "exercises/inflight_fix/src/lib.rs:23";
    let mut refused = verdict(Status::CompileError, Vec::new());
    "error: expected `;`\n --> src/lib.rs:23:5\n --> contract.rs:5:3"
        .clone_into(&mut refused.diagnostics);
    let mut failed = failed();
    failed.checks[1].message = "`get_user` panicked: no (src/lib.rs:23)".to_owned();
    failed.checks[1].timeline = vec!["request 1 panics (src/lib.rs:23)".to_owned()];
    "thread 'main' panicked at src/lib.rs:23:5:".clone_into(&mut failed.output);
    for (verdict, looking, places) in [
        (refused, Looking::Drill, 1),
        (failed.clone(), Looking::Drill, 2),
        (failed, Looking::Schedule(0), 1),
    ] {
        let state = state(vec![drill("inflight_fix", Phase::Graded, Some(verdict))]);
        let drawn = drawn(&state, &looking, 90, 30);
        assert_eq!(drawn.matches(place).count(), places, "{drawn}");
        assert_eq!(drawn.matches("src/lib.rs:").count(), places, "{drawn}");
    }
}

#[test]
fn while_the_file_is_missing_nothing_of_an_old_verdict_is_shown() {
    let mut gone = drill("inflight_fix", Phase::Missing, Some(failed()));
    "it is not there".clone_into(&mut gone.words);
    let drawn = drawn(&state(vec![gone]), &Looking::Drill, 80, 20);
    assert!(
        drawn.contains("it is not there") && !drawn.contains("points"),
        "{drawn}"
    );
}

#[test]
fn no_window_is_too_small() {
    let state = state(vec![drill("inflight_fix", Phase::Graded, Some(failed()))]);
    for size in 0..12 {
        let show = Show {
            address: "",
            drill: 0,
            looking: &Looking::Drill,
            scrolled: 1_000,
            word: "",
        };
        let (lines, furthest) = screen(&state, &show, size, size);
        assert!(lines.len() == size && furthest < 100, "{size}");
    }
}

#[test]
fn what_could_not_be_prepared_is_told() {
    let mut state = state(vec![drill("inflight_fix", Phase::Waiting, None)]);
    state.prepare.phase = PreparePhase::Failed;
    "cargo could not build the course's crates (no network)".clone_into(&mut state.prepare.words);
    insta::assert_snapshot!(drawn(&state, &Looking::Drill, 60, 9));
}
