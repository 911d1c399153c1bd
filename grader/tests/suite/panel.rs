//! A drill's page without a grader shows a real verdict.

use std::fs;

use serde_json::{Value, json};

use crate::courses::{Said, program, real, root};

/// A recorded verdict for each drill, and its code: what a reader who has just begun
/// might have.
const SHOWN: &[(&str, &str)] = &[
    ("cache_race", "solutions/cache_race/stub.rs"),
    ("lost_update", "solutions/lost_update/stub.rs"),
    ("transfer", "solutions/transfer/stub.rs"),
    (
        "inflight_fix",
        "solutions/inflight_fix/wrong/not_coalesced.rs",
    ),
    ("offload", "solutions/offload/stub.rs"),
    ("connection_pool", "solutions/connection_pool/stub.rs"),
    ("batch_loader", "solutions/batch_loader/stub.rs"),
    ("in_order", "solutions/in_order/wrong/place_first.rs"),
    ("give_way", "solutions/give_way/stub.rs"),
    (
        "loop_monitor",
        "solutions/loop_monitor/wrong/each_missed_look.rs",
    ),
];

#[test]
fn every_verdict_that_a_page_shows_can_be_recorded_again() {
    for slug in real().slugs().unwrap() {
        assert!(
            SHOWN.iter().any(|(known, _)| *known == slug),
            "the page of {slug} has nothing to show; name some code of it above"
        );
    }
    for (slug, source) in SHOWN {
        let mut verdict = graded(slug, source);
        let walks = recorded_walks(slug, source, &verdict);
        keep_what_lasts(&mut verdict);
        let shown = json!({ "source": source, "walks": walks, "verdict": verdict });
        compare(&format!("{slug}.json"), &format!("{shown:#}\n"));
    }
}

#[test]
fn every_drill_s_page_has_a_place_for_its_verdict_and_the_overview_leads_there() {
    let text = |page: &str| fs::read_to_string(root().join("book").join(page)).unwrap();
    let overview = text("progress.md");
    for slug in real().slugs().unwrap() {
        let place = format!("<drill-panel slug=\"{slug}\">");
        assert_eq!(
            text(&format!("{slug}.md")).matches(&place).count(),
            1,
            "{slug}"
        );
        assert!(overview.contains(&format!("]({slug}.md)")), "{slug}");
    }
}

fn graded(slug: &str, source: &str) -> Value {
    let arguments = ["grade", slug, source, "--format", "json", "--seed", "7"];
    let said = Said::by(program().current_dir(root()).args(arguments));
    assert_eq!(said.code, 1, "{source} is not right\n{}", said.err);
    let mut verdicts: Vec<Value> = serde_json::from_str(&said.out).expect("it is JSON");
    verdicts.pop().expect("one path, one verdict")
}

/// Records the schedules that broke a check, if a figure can walk them, and returns the checks.
fn recorded_walks(slug: &str, source: &str, verdict: &Value) -> Vec<String> {
    let mut walks = Vec::new();
    for check in verdict["checks"].as_array().unwrap() {
        let Some(key) = check["schedule"].as_str().filter(|_| slug != "offload") else {
            continue;
        };
        let arguments = ["trace", slug, source, "--key", key];
        let said = Said::by(program().current_dir(root()).args(arguments));
        assert_eq!(said.code, 0, "{}", said.err);
        let message = check["message"].as_str().unwrap();
        assert!(said.out.contains(message), "{message}\n{}", said.out);
        let id = check["id"].as_str().unwrap();
        compare(&format!("{slug}.{id}.json"), &said.out);
        walks.push(id.to_owned());
    }
    walks
}

/// Takes out what differs between machines or versions.
fn keep_what_lasts(verdict: &mut Value) {
    let fields = verdict.as_object_mut().unwrap();
    for name in ["sha256", "grader", "sandbox"] {
        assert!(fields.remove(name).is_some(), "{name}");
    }
    let counts = ["fetches", "schedules"];
    let metrics = fields["metrics"].as_object_mut().unwrap();
    metrics.retain(|name, _| counts.contains(&&**name));
}

#[track_caller]
fn compare(name: &str, now: &str) {
    let kept = root().join("book/interactive/verdicts").join(name);
    if std::env::var_os("RECORD").is_some() {
        fs::write(&kept, now).unwrap();
    }
    let recorded = fs::read_to_string(&kept).unwrap_or_default();
    assert!(
        recorded == now,
        "{name} is out of date; RECORD=1 writes it anew"
    );
}
