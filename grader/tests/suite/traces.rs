//! The recordings behind the book's figures are what the code really does.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::courses::{Said, program, root};

/// Every recorded trace: its name, the drill and the code it was recorded from, and with
/// how much freedom.
const TRACES: &[(&str, &str, &str, &[&str])] = &[
    (
        "naive_cache",
        "inflight_fix",
        "solutions/cache_race/src/lib.rs",
        &["--mark", "fetch=.fetch_user(id)"],
    ),
    (
        "seed_fix",
        "inflight_fix",
        "solutions/inflight_fix/wrong/promise_never_kept.rs",
        &[
            "--mark",
            "fetch=.fetch_user(id)",
            "--mark",
            "other=.notified().await",
        ],
    ),
    (
        "real_fix",
        "inflight_fix",
        "solutions/inflight_fix/src/lib.rs",
        &[
            "--mark",
            "fetch=get_or_try_init(fetch)",
            "--mark",
            "other=get_or_try_init(fetch)",
        ],
    ),
    (
        "lost_update",
        "lost_update",
        "solutions/lost_update/stub.rs",
        &[
            "--callers",
            "2",
            "--drops",
            "0",
            "--errors",
            "0",
            "--mark",
            "read=.read(account)",
            "--mark",
            "write=.write(account",
        ],
    ),
    (
        "connection_pool",
        "connection_pool",
        "solutions/connection_pool/wrong/guard_always_gives_back.rs",
        &[
            "--callers",
            "2",
            "--errors",
            "0",
            "--holds",
            "0",
            "--mark",
            "connect=.connect().await",
            "--mark",
            "ask=.await;",
            "--mark",
            "other=.acquire().await",
        ],
    ),
    (
        "batch_loader",
        "batch_loader",
        "solutions/batch_loader/wrong/sent_by_the_first.rs",
        &[
            "--callers",
            "2",
            "--errors",
            "0",
            "--mark",
            "call=send_all(bulk,",
            "--mark",
            "other=answered.await",
        ],
    ),
    (
        "in_order",
        "in_order",
        "solutions/in_order/wrong/turn_handed_to_nobody.rs",
        &[
            "--errors",
            "0",
            "--mark",
            "store=.store(event)",
            "--mark",
            "other=turn.await",
        ],
    ),
    (
        "give_way",
        "give_way",
        "solutions/give_way/wrong/one_at_a_time.rs",
        &[
            "--key",
            "7:side_by_side:s9+0.q200+0.q200+0.w+1.w+1.w+1.w+1.w+1.w+1.w+1.w+1.w+1",
            "--mark",
            "start=.lock().await",
            "--mark",
            "pause=yield_now().await",
        ],
    ),
    (
        "loop_monitor",
        "loop_monitor",
        "solutions/loop_monitor/wrong/each_missed_look.rs",
        &[
            "--key",
            "7:counted:m10_50.t30000.b300000.t9000.t30000",
            "--mark",
            "sleep=clock.sleep(",
        ],
    ),
    (
        "transfer",
        "transfer",
        "solutions/transfer/stub.rs",
        &[
            "--callers",
            "2",
            "--holds",
            "0",
            "--mark",
            "record=.record(from",
        ],
    ),
];

fn kept(name: &str) -> PathBuf {
    root().join(format!("book/interactive/traces/{name}.json"))
}

fn recorded(name: &str) -> String {
    fs::read_to_string(kept(name)).expect("it is checked in")
}

fn parsed(name: &str) -> Value {
    serde_json::from_str(&recorded(name)).expect("it is JSON")
}

#[test]
fn every_trace_in_the_book_can_be_recorded_again() {
    for (name, drill, source, freedom) in TRACES {
        let arguments = [&["trace", drill, source][..], freedom].concat();
        let said = Said::by(program().current_dir(root()).args(&arguments));
        assert_eq!(said.code, 0, "{}", said.err);
        if std::env::var_os("RECORD").is_some() {
            fs::write(kept(name), &said.out).unwrap();
        }
        assert!(
            said.out == recorded(name),
            "{name} is out of date; RECORD=1 writes it anew"
        );
    }
}

#[test]
fn the_race_and_the_forgotten_promise_break_and_the_reference_never_does() {
    let broken = |name: &str| {
        let trace = parsed(name);
        (
            trace["broken"].as_u64().unwrap(),
            trace["schedules"].as_u64().unwrap(),
        )
    };
    for name in ["naive_cache", "seed_fix"] {
        let (broken, all) = broken(name);
        assert!(0 < broken && broken < all, "{name}: {broken} of {all}");
    }
    let (broken, all) = broken("real_fix");
    assert!(broken == 0 && all > 100, "{broken} of {all}");
}

#[test]
fn wherever_a_request_waits_a_line_of_the_code_is_marked() {
    for (name, ..) in TRACES {
        let trace = parsed(name);
        let code = &trace["code"];
        assert!(code.is_object(), "{name} has no code beside its lanes");
        for node in trace["nodes"].as_array().unwrap() {
            if node["h"] == true {
                continue; // It may not have come to an await yet.
            }
            let operations = node["f"].as_str().unwrap_or_default();
            for (at, letter) in node["r"].as_str().unwrap().chars().enumerate() {
                let kind = own_operation(operations, at + 1);
                let line = match kind {
                    Some(kind) => &code["kinds"][kind],
                    None => &code["other"],
                };
                assert!(letter != 'w' || line.is_u64(), "{name}: {node}");
            }
        }
    }
}

/// For each node of a trace the marked lines: who is suspended, and the text of the line.
fn marked(name: &str) -> Vec<String> {
    let trace = parsed(name);
    let (lines, kinds) = (&trace["code"]["lines"], &trace["code"]["kinds"]);
    let marks = |node: &Value| {
        let awaits = node["a"].as_object().into_iter().flatten();
        let marks = awaits.map(|(request, awaited)| {
            let line = &kinds[awaited.as_u64().unwrap() as usize];
            let line = &lines[line.as_u64().unwrap() as usize];
            format!("{request} {}", line.as_str().unwrap().trim())
        });
        marks.collect::<Vec<_>>().join(" ")
    };
    let nodes = trace["nodes"].as_array().unwrap();
    nodes.iter().map(marks).collect()
}

#[test]
fn a_fold_is_marked_where_its_last_poll_left_it() {
    let pause = "2 yield_now().await;";
    let start = "3 let _folding = FOLDING.lock().await;";
    let both = format!("{pause} {start}");
    let mut marks = vec![String::new(); 5];
    marks.push(pause.to_owned());
    marks.extend(vec![both; 6]);
    marks.push(start.to_owned());
    assert_eq!(marked("give_way"), marks);
}

#[test]
fn a_monitor_is_marked_at_its_sleep_from_its_first_poll() {
    let sleep = "0 clock.sleep(due.saturating_sub(clock.now())).await;";
    let marks = [&[""][..], &[sleep; 5]].concat();
    assert_eq!(marked("loop_monitor"), marks);
}

#[test]
fn no_await_is_told_that_the_facts_do_not_tell() {
    let recorded = |arguments: &[&str]| {
        let said = Said::by(program().current_dir(root()).args(arguments));
        assert_eq!(said.code, 0, "{}", said.err);
        said.out
    };
    // The clock hears nothing of tokio's own timers.
    let timer = "solutions/loop_monitor/right/interval_that_skips.rs";
    let key = "7:counted:m10_50.t30000";
    let trace = recorded(&["trace", "loop_monitor", timer, "--key", key]);
    assert!(!trace.contains("\"a\":"), "{trace}");
    // The request's own task makes no step, and is polled again when another task has made all.
    let spawned = "solutions/give_way/right/task_that_is_aborted.rs";
    let key = "7:side_by_side:q200+1.w+1.w+1";
    let trace = recorded(&["trace", "give_way", spawned, "--key", key]);
    let marks = trace.lines().map(|node| node.contains(r#""a":{"1":0}"#));
    assert_eq!(
        marks.collect::<Vec<_>>(),
        [false, false, true, false, false],
        "{trace}"
    );
}

/// The kind of the last operation under way that a request has begun.
fn own_operation(operations: &str, request: usize) -> Option<usize> {
    let mut own = None;
    let mut rest = operations;
    while let Some(letter) = rest.chars().next() {
        let kind = rest[1..].chars().next().filter(char::is_ascii_uppercase);
        let number = &rest[1 + usize::from(kind.is_some())..];
        let length = number.chars().take_while(char::is_ascii_digit).count();
        if "la".contains(letter) && number[..length] == request.to_string() {
            own = Some(kind.map_or(0, |kind| kind as usize - 'A' as usize));
        }
        rest = &number[length..];
    }
    own
}

/// Follows a schedule through a trace, and returns the violations it meets.
fn walk(trace: &Value, schedule: &str) -> Vec<String> {
    let text = |list: &str, number: &Value| {
        let number = number.as_u64().unwrap() as usize;
        trace[list][number].as_str().unwrap().to_owned()
    };
    let mut at = 0;
    let mut met = Vec::new();
    for turn in schedule.split('.') {
        let edges = trace["nodes"][at]["n"].as_array().expect("it goes on");
        let edge = edges
            .iter()
            .find(|edge| text("turns", &edge[0]) == turn)
            .unwrap_or_else(|| panic!("{turn} is not a choice there"));
        let broken = edge[3].as_array().unwrap().iter();
        met.extend(broken.map(|number| text("texts", number)));
        at = edge[1].as_u64().unwrap() as usize;
    }
    met
}

#[test]
fn a_trace_tells_what_a_replay_of_the_same_schedule_tells() {
    let schedules = [
        ("naive_cache", "q42.q42"),
        ("seed_fix", "q42.q42.e1.t60000000"),
        ("seed_fix", "q42.q42.x1.t60000000"),
        ("real_fix", "q42.q42.x1.r2"),
    ];
    for (name, schedule) in schedules {
        let (_, _, source, _) = TRACES.iter().find(|(known, ..)| *known == name).unwrap();
        let trace = parsed(name);
        let key = format!("{}:{schedule}", trace["key"].as_str().unwrap());
        let arguments = ["replay", "inflight_fix", source, &key];
        let said = Said::by(program().current_dir(root()).args(arguments));
        let met = walk(&trace, schedule);
        assert_eq!(said.code, i32::from(!met.is_empty()), "{}", said.out);
        for violation in met {
            assert!(said.out.contains(&violation), "{violation}\n{}", said.out);
        }
    }
}

#[test]
fn code_that_ends_its_process_cannot_be_recorded() {
    let source = "grader/tests/fixtures/misbehaviour/abort.rs";
    let arguments = ["trace", "inflight_fix", source];
    let said = Said::by(program().current_dir(root()).args(arguments));
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("cannot record"), "{}", said.err);
}
