//! The drill `offload`: what its verdicts tell, what a worker does with a hash, and
//! the picture of the loop. Facts and counts, never milliseconds.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use grader::compile::Compiled;
use grader::drills::{self, Drill};
use grader::grading::Grader;
use grader::limits::Limits;
use grader::stopwatch::Stopwatch;
use grader::submission::Submission;
use grader::supervisor::Worker;
use grader::verdict::{CheckResult, CheckStatus, Status, Verdict};
use serde_json::Value;
use worker::protocol::{self, Admission, Call, Event, Order, Step};

use crate::courses::{Said, Scratch, real, root};
use crate::reports;
use crate::verdicts::SEED;

const DRILL: &str = "offload";
const RIGHT: &str = "solutions/offload/src/lib.rs";
const STUB: &str = "solutions/offload/stub.rs";

/// Passwords that are hashed for a picture.
const PASSWORDS: usize = 2;

/// No check needs a picture, and one takes a while.
static GRADER: LazyLock<Grader> = LazyLock::new(|| {
    let grader = Grader::new(real()).expect("the course's crates can be built");
    grader.without_pictures()
});

fn drill() -> &'static dyn Drill {
    drills::find(DRILL).expect("it can be graded")
}

fn verdict(path: &Path) -> Verdict {
    let verdict = GRADER.grade(drill(), path, SEED);
    verdict.expect("the machine is able")
}

fn wrong(name: &str) -> String {
    format!("solutions/offload/wrong/{name}.rs")
}

fn fixture(name: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/offload");
    fixtures.join(name).with_extension("rs")
}

fn check<'a>(verdict: &'a Verdict, id: &str) -> &'a CheckResult {
    let mut checks = verdict.checks.iter();
    checks.find(|check| check.id == id).expect(id)
}

fn failed(verdict: &Verdict) -> Vec<&str> {
    let checks = verdict.checks.iter();
    checks
        .filter(|check| check.status == CheckStatus::Failed)
        .map(|check| check.id.as_str())
        .collect()
}

// What a verdict tells.

/// A wrong solution fails one check alone, and this is how that is told.
#[track_caller]
fn told(name: &str, id: &str) {
    let verdict = verdict(&root().join(wrong(name)));
    assert_eq!(failed(&verdict), [id]);
    let text = without_counts(&reports::failures(&verdict));
    insta::assert_snapshot!(format!("told_{id}_{name}"), text);
}

/// How often a loop was pinged depends on how busy the machine is, and with it the
/// numbers of tasks and of polls.
fn without_counts(text: &str) -> String {
    let after = |text: &str, words: &str| {
        let mut parts = text.split(words);
        let mut steady = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
            steady.push_str(words);
            steady.push_str(if rest == part { "" } else { "#" });
            steady.push_str(rest);
        }
        steady
    };
    after(&after(text, "JoinError::Panic(Id("), "after ")
}

#[test]
fn a_hash_on_the_loop_is_told() {
    told("inline", "off_the_loop");
}

#[test]
fn a_thread_that_is_joined_on_the_loop_is_told() {
    told("thread_join", "loop_answers");
}

#[test]
fn a_panic_of_tokio_s_about_blocking_is_told_with_its_meaning() {
    told("block_in_place", "loop_answers");
}

#[test]
fn a_hash_that_another_caller_had_before_is_told() {
    told("memo_by_password", "right_results");
}

#[test]
fn a_refused_password_that_shortens_the_service_is_told() {
    told("error_for_the_next", "too_long");
}

#[test]
fn a_hash_more_than_may_run_is_told() {
    told("one_too_many", "bounded");
}

#[test]
fn a_request_that_waits_though_there_is_room_is_told() {
    told("one_at_a_time", "parallel");
}

#[test]
fn a_slot_given_to_a_dropped_caller_is_told() {
    told("slot_sent_to_the_dropped", "dropped_waiting");
}

#[test]
fn a_slot_that_was_the_caller_s_is_told() {
    told("permit_in_the_caller", "dropped_hashing");
}

#[test]
fn a_slot_lost_in_a_panic_is_told() {
    told("slot_lost_on_panic", "panicking_hash");
}

#[test]
fn a_request_that_looks_again_and_again_is_told() {
    told("try_recv_spin", "no_busy_wait");
}

#[test]
fn a_crowd_that_is_too_large_for_the_queue_is_told() {
    told("queue_of_a_hundred", "busy_service");
}

#[test]
fn every_check_has_a_failure_that_is_told() {
    let snapshots = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/snapshots");
    let names: Vec<String> = fs::read_dir(snapshots)
        .expect("it can be read")
        .map(|entry| entry.expect("it can be read").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    for check in drill().checks() {
        let start = format!("suite__offload__told_{}_", check.id);
        let is_told = names.iter().any(|name| name.starts_with(&start));
        assert!(is_told, "{} is in no snapshot", check.id);
    }
}

#[test]
fn a_key_shows_the_same_violation_again_until_it_is_mended() {
    let course = Scratch::gradable();
    for name in ["thread_join", "memo_by_password", "permit_in_the_caller"] {
        let path = wrong(name);
        let verdict = verdict(&root().join(&path));
        let id = failed(&verdict)[0];
        let check = check(&verdict, id);
        let key = check.schedule.as_deref().expect("a schedule failed it");
        let again = course.run(&["replay", DRILL, &path, key]);
        assert_eq!(again.code, 1, "{key}: {}", again.err);
        let lines = again.out.lines().filter_map(|line| {
            let (number, line) = line.trim_start().split_once("  ")?;
            number.parse::<u32>().is_ok().then_some(line)
        });
        assert_eq!(lines.collect::<Vec<_>>(), check.timeline, "{key}");
        let mended = course.run(&["replay", DRILL, RIGHT, key]);
        assert_eq!(mended.code, 0, "{key}: {}", mended.out);
        let last = mended.out.lines().last();
        let expected = "nothing is wrong with this schedule any more";
        assert_eq!(last, Some(expected), "{key}");
    }
}

#[test]
fn the_stub_hashes_on_the_loop_and_nothing_after_that_is_judged() {
    let verdict = verdict(&root().join(STUB));
    assert_eq!(verdict.status, Status::Failed);
    assert_eq!(failed(&verdict), ["off_the_loop"]);
    let why = "cannot be judged while hashes run on the loop: see `off_the_loop`";
    for check in &verdict.checks {
        if ["off_the_loop", "loop_answers"].contains(&check.id.as_str()) {
            continue;
        }
        assert_eq!(check.status, CheckStatus::Skipped, "{}", check.id);
        assert_eq!(check.message, why, "{}", check.id);
    }
}

#[test]
fn the_stub_earns_nothing() {
    let verdict = verdict(&root().join(STUB));
    let check = check(&verdict, "loop_answers");
    assert_eq!(check.status, CheckStatus::Skipped);
    assert_eq!(verdict.score, 0);
}

// What is no pass.

#[test]
fn a_service_that_ends_the_process_is_a_crash_whatever_it_prints() {
    for name in ["prints_and_exits", "exits_on_its_thread"] {
        let verdict = verdict(&fixture(name));
        assert_eq!(verdict.status, Status::Crashed, "{name}");
        assert_eq!(verdict.score, 0, "{name}");
        let results = check(&verdict, "right_results");
        assert_eq!(
            results.message, "the process ended in the middle: it exited with code 0",
            "{name}"
        );
        // Shown, and not believed.
        assert!(verdict.output.contains(r#""status":"passed""#), "{name}");
    }
}

#[test]
fn a_real_hash_that_nobody_admitted_is_no_hash() {
    let verdict = verdict(&fixture("hashes_behind_the_grader"));
    assert_eq!(verdict.status, Status::Failed);
    let results = check(&verdict, "right_results");
    assert_eq!(results.status, CheckStatus::Failed);
    let why = "no hash of its password had begun";
    assert!(results.message.ends_with(why), "{}", results.message);
}

#[test]
fn a_service_cannot_admit_its_own_hashes() {
    let verdict = verdict(&fixture("takes_the_connection"));
    assert_eq!(verdict.status, Status::Failed);
    let messages: Vec<&str> = verdict
        .checks
        .iter()
        .map(|it| it.message.as_str())
        .collect();
    let panicked = "`PasswordService::new` panicked: it is still there";
    let told = messages.iter().any(|message| message.starts_with(panicked));
    assert!(told, "{messages:#?}");
}

#[test]
fn who_begins_no_hash_earns_no_points_for_hashing_well() {
    for name in ["hashes_behind_the_grader", "hashes_nothing"] {
        let verdict = verdict(&fixture(name));
        for id in ["off_the_loop", "loop_answers", "bounded", "parallel"] {
            let check = check(&verdict, id);
            assert_eq!(check.points, 0, "{name}: {id} is {:?}", check.status);
        }
    }
}

// tokio's panics about blocking.

/// A fixture, what the pinned tokio says to it, and how that is explained.
const PANICS: [(&str, &str, &str); 5] = [
    (
        "blocks_in_place",
        "can call blocking only when running on the multi-threaded runtime",
        "this runtime has one thread only",
    ),
    (
        "blocks_on_the_handle",
        "Cannot start a runtime from within a runtime",
        "`block_on` waits for a future by stopping the thread",
    ),
    (
        "receives_by_blocking",
        "Cannot block the current thread from within a runtime",
        "use the form that is awaited",
    ),
    (
        "drops_a_runtime",
        "Cannot drop a runtime in a context where blocking is not allowed",
        "it was dropped on the loop",
    ),
    (
        "spawns_without_a_runtime",
        "there is no reactor running",
        "a thread that tokio did not start knows no runtime",
    ),
];

#[test]
fn what_tokio_says_about_blocking_is_explained() {
    for (name, words, meaning) in PANICS {
        let verdict = verdict(&fixture(name));
        assert_eq!(failed(&verdict), ["loop_answers"], "{name}");
        let message = &check(&verdict, "loop_answers").message;
        let beginning = format!("request 1 panicked: {words}");
        assert!(message.starts_with(&beginning), "{name}: {message}");
        assert!(message.contains(meaning), "{name}: {message}");
    }
}

#[test]
fn every_explanation_has_a_submission_that_provokes_its_panic() {
    let source = root().join("grader/src/drills/offload/panics.rs");
    let source = fs::read_to_string(source).expect("it is there");
    let explained = source.matches("\n    (\n").count();
    assert_eq!(explained, PANICS.len());
    for (_, words, _) in PANICS {
        assert!(source.contains(&format!("\"{words}\"")), "{words}");
    }
}

#[test]
fn no_message_names_a_folder_of_this_machine() {
    let verdict = verdict(&fixture("drops_a_runtime"));
    for check in &verdict.checks {
        let told = check.timeline.concat() + &check.message;
        assert!(!told.contains("(/"), "{told}");
    }
}

#[test]
#[ignore = "a message is cut before the place of the panic"]
fn a_panic_about_blocking_says_where_it_was_raised() {
    for (name, ..) in &PANICS[..3] {
        let verdict = verdict(&fixture(name));
        let message = &check(&verdict, "loop_answers").message;
        assert!(message.contains(&format!("({name}.rs:")), "{message}");
    }
}

#[test]
fn every_fixture_of_this_drill_is_in_a_test() {
    let others = [
        "exits_on_its_thread",
        "hashes_behind_the_grader",
        "hashes_nothing",
        "prints_and_exits",
        "takes_the_connection",
    ];
    let used: BTreeSet<PathBuf> = PANICS
        .iter()
        .map(|(name, ..)| *name)
        .chain(others)
        .map(fixture)
        .collect();
    let folder = fixture("x").parent().expect("a folder").read_dir();
    let there: BTreeSet<PathBuf> = folder
        .expect("it can be read")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    assert_eq!(there, used);
}

// The worker.

/// A worker of a submission, and one run in it.
struct Driven {
    worker: Worker,
    run: u64,
    // Its program goes with it.
    _compiled: Compiled,
}

/// Polls that are more than enough.
const POLLS: u32 = 1_000;

/// Only to fail some time; nothing is judged by it.
const PATIENCE: Duration = Duration::from_secs(120);
const TICK: Duration = Duration::from_millis(2);

impl Driven {
    /// A worker of this file, in which nothing has been done.
    fn of(path: &str) -> Driven {
        let submission = Submission::read(&root().join(path)).expect("it can be read");
        let compiled = GRADER.compile(drill(), &submission);
        let compiled = compiled.expect("the machine is able").expect("it compiles");
        let limits = Limits {
            sandbox: GRADER.sandbox().clone(),
            ..Limits::default()
        };
        let worker = Worker::start(compiled.program(), &limits, Stopwatch::start());
        Driven {
            worker: worker.expect("it can be started").expect("it says hello"),
            run: 1,
            _compiled: compiled,
        }
    }

    fn open(&mut self, max_parallel: usize) {
        let seed = SEED;
        let max_parallel = Some(max_parallel);
        assert_eq!(self.does([Step::New { seed, max_parallel }]), []);
    }

    /// What is seen while it does this.
    #[track_caller]
    fn does(&mut self, steps: impl IntoIterator<Item = Step>) -> Vec<Event> {
        let steps = steps.into_iter().collect();
        let order = Order {
            run: self.run,
            steps,
        };
        let (mut reports, failure) = self.worker.exchange(&[order]);
        assert_eq!(failure, None);
        let events = reports.remove(0).steps.concat();
        // Nothing is said here about how much ran.
        let is_settled = |event: &Event| matches!(event, Event::Settled { .. });
        events.into_iter().filter(|it| !is_settled(it)).collect()
    }

    /// Lets the loop run until so many events have been seen.
    #[track_caller]
    fn sees(&mut self, count: usize) -> Vec<Event> {
        let patience = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        while seen.len() < count {
            assert!(Instant::now() < patience, "only {seen:?}");
            seen.extend(self.does([Step::Settle { polls: POLLS }]));
            std::thread::sleep(TICK);
        }
        seen
    }

    /// Waits until every thread but the loop's sleeps: then nothing happens by itself.
    #[track_caller]
    fn rests(&self) {
        let patience = Instant::now() + PATIENCE;
        let look = || self.worker.threads().expect("the system says");
        while {
            let before = look();
            !(before.sleep() && look() == before)
        } {
            assert!(Instant::now() < patience, "some thread never rests");
            std::thread::sleep(TICK);
        }
    }
}

/// A request for a password that nobody else asks for.
fn request(request: u32) -> Step {
    let password = password(request);
    let call = Call::Hash { password };
    Step::Request { request, call }
}

fn password(request: u32) -> String {
    format!("correct horse {request}")
}

/// The first hash of a run, on a thread of its own, for this request.
fn held_for(request: u32) -> Event {
    Event::HashBegun {
        hash: 1,
        password: password(request),
        request: None,
        on_loop: false,
    }
}

const SETTLE: Step = Step::Settle { polls: POLLS };

#[test]
fn a_hash_on_another_thread_is_held_there_until_it_is_admitted() {
    let mut driven = Driven::of(RIGHT);
    driven.open(1);
    assert_eq!(driven.does([request(1)]), []);
    assert_eq!(driven.sees(1), [held_for(1)]);
    // Its thread sleeps, so whatever was to come of it by itself has come.
    driven.rests();
    let nonce = 5;
    let held = driven.does([SETTLE, Step::Ping { nonce }, SETTLE]);
    assert_eq!(held, [Event::Pong { nonce }], "the loop goes on meanwhile");
    driven.rests();
    let with = Admission::Text("a hash".to_owned());
    let mut seen = driven.does([Step::Admit { hash: 1, with }]);
    while seen.len() < 2 {
        seen.extend(driven.sees(1));
    }
    let value = protocol::Value::Hash {
        text: "a hash".to_owned(),
    };
    let returned = Event::Returned { request: 1, value };
    assert_eq!(seen, [Event::HashEnded { hash: 1 }, returned]);
}

#[test]
fn a_hash_on_the_loop_is_reported_and_is_not_held() {
    let mut driven = Driven::of(STUB);
    driven.open(1);
    let seen = driven.does([request(1), SETTLE]);
    let [first, second, Event::Returned { request: 1, value }] = &seen[..] else {
        panic!("{seen:?}");
    };
    let begun = Event::HashBegun {
        hash: 1,
        password: password(1),
        request: Some(1),
        on_loop: true,
    };
    assert_eq!(first, &begun);
    assert_eq!(second, &Event::HashEnded { hash: 1 });
    assert!(matches!(value, protocol::Value::Hash { .. }), "{value:?}");
}

#[test]
fn the_end_of_a_run_frees_the_threads_it_held() {
    let mut driven = Driven::of(RIGHT);
    let before = driven.worker.threads();
    driven.open(2);
    driven.does([request(1), request(2)]);
    let seen = driven.sees(2);
    assert!(seen.iter().all(|it| matches!(it, Event::HashBegun { .. })));
    assert_ne!(driven.worker.threads(), before, "two threads are held");
    assert_eq!(
        driven.does([Step::End]),
        [],
        "nobody hears of them any more"
    );
    let patience = Instant::now() + PATIENCE;
    while driven.worker.threads() != before {
        assert!(Instant::now() < patience, "{:?}", driven.worker.threads());
        std::thread::sleep(TICK);
    }
    // The next run counts anew.
    driven.run += 1;
    driven.open(1);
    driven.does([request(3)]);
    assert_eq!(driven.sees(1), [held_for(3)]);
}

// The picture.

/// The numbers of a picture, as JSON has them.
const LATENCY: [&str; 9] = [
    "hashed",
    "max_ms",
    "method",
    "p50_ms",
    "p99_ms",
    "polls",
    "stalls",
    "waits",
    "window_ms",
];

fn keys(value: &Value) -> Vec<&str> {
    let object = value.as_object().expect("an object");
    object.keys().map(String::as_str).collect()
}

/// The long stalls of a series: how many there are is a fact, how long they are is
/// the machine's affair.
fn long_stalls(series: &Value) -> usize {
    let stalls = series["stalls"].as_array().expect("a list");
    let length = |stall: &Value| stall[1].as_f64().expect("a number");
    let longest = stalls.iter().map(length).fold(0.0, f64::max);
    let is_long = |stall: &&Value| length(stall) > longest / 10.0;
    stalls.iter().filter(is_long).count()
}

#[test]
fn a_verdict_on_this_drill_has_a_picture_of_the_loop() {
    let course = Scratch::gradable();
    let said = course.run(&["grade", DRILL, RIGHT, "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.all());
    let verdicts: Value = serde_json::from_str(&said.out).expect(&said.out);
    let metrics = &verdicts[0]["metrics"];
    assert_eq!(
        keys(metrics),
        [
            "compile_ms",
            "fetches",
            "loop_latency",
            "loop_stall_max_ms",
            "run_ms",
            "schedules",
            "stub_loop_latency",
            "unexplored"
        ]
    );
    let (yours, stub) = (&metrics["loop_latency"], &metrics["stub_loop_latency"]);
    for latency in [yours, stub] {
        assert_eq!(keys(latency), LATENCY);
        assert_eq!(latency["hashed"], PASSWORDS);
        let pairs = |name: &str| latency[name].as_array().expect(name).clone();
        for pair in pairs("stalls").iter().chain(&pairs("waits")) {
            assert_eq!(pair.as_array().map(Vec::len), Some(2), "{pair}");
        }
    }
    assert_eq!(metrics["loop_stall_max_ms"], yours["max_ms"]);
    assert_eq!(long_stalls(stub), PASSWORDS);
}

#[test]
fn a_drill_in_virtual_time_has_no_picture() {
    let course = Scratch::gradable();
    let path = "solutions/cache_race/src/lib.rs";
    let said = course.run(&["grade", "cache_race", path, "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.all());
    let verdicts: Value = serde_json::from_str(&said.out).expect(&said.out);
    let metrics = &verdicts[0]["metrics"];
    assert_eq!(metrics["loop_stall_max_ms"], Value::Null);
    let pictures = ["loop_latency", "stub_loop_latency"];
    assert!(pictures.iter().all(|key| metrics.get(key).is_none()));
}

#[test]
fn the_loop_s_picture_as_json_has_the_stub_first_and_a_stall_for_each_of_its_hashes() {
    let course = Scratch::gradable();
    let said = course.run(&["latency", DRILL, RIGHT, "--format", "json"]);
    assert_eq!(said.code, 0, "{}", said.all());
    let picture: Value = serde_json::from_str(&said.out).expect(&said.out);
    assert_eq!(keys(&picture), ["series", "unit"]);
    assert_eq!(picture["unit"], "ms");
    let series = picture["series"].as_array().expect("a list");
    let names: Vec<&Value> = series.iter().map(|it| &it["name"]).collect();
    assert_eq!(names, ["stub", "yours"]);
    for one in series {
        assert_eq!(
            keys(one),
            [
                "max", "method", "name", "p50", "p99", "stalls", "waits", "window"
            ]
        );
    }
    assert_eq!(long_stalls(&series[0]), PASSWORDS);
}

/// The picture in words without what differs from run to run: numbers, cells, and the
/// width that they need.
fn without_measures(text: &str) -> String {
    let mut steady = String::new();
    for line in text.lines() {
        let is_cell = |letter: char| ['▁', '█'].contains(&letter);
        // A strip, with the cells after its end.
        let line = match (line.find(is_cell), line.find(" longest stall")) {
            (Some(from), Some(to)) => {
                assert_eq!(line[from..to].chars().count(), 50, "{line}");
                format!("{}[50 cells]{}", &line[..from], &line[to..])
            }
            _ => line.to_owned(),
        };
        let words = line.split_whitespace().map(|word| {
            let number = word.trim_end_matches(',');
            match number.parse::<f64>() {
                Ok(_) => word.replace(number, "#"),
                Err(_) => word.to_owned(),
            }
        });
        steady.push_str(&words.collect::<Vec<_>>().join(" "));
        steady.push('\n');
    }
    for method in ["run_queue_corrected", "thread_cpu_time"] {
        steady = steady.replace(method, "[method]");
    }
    steady
}

#[test]
fn the_loop_s_picture_is_drawn_beside_the_stub_s() {
    let course = Scratch::gradable();
    let said = course.run(&["latency", DRILL, RIGHT]);
    assert_eq!(said.code, 0, "{}", said.all());
    insta::assert_snapshot!(without_measures(&said.out));
}

#[test]
fn the_reference_hashes_every_password_of_the_picture() {
    let watched = GRADER.watch(drill(), &root().join(RIGHT));
    let latency = watched.expect("the machine is able").expect("it compiles");
    assert_eq!(latency.hashed as usize, PASSWORDS);
    assert!(latency.polls > 0 && !latency.waits.is_empty());
}

#[test]
fn there_is_no_picture_of_a_drill_in_virtual_time() {
    let course = Scratch::new();
    let said = course.run(&["latency", "cache_race"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    insta::assert_snapshot!(said.err);
}

#[test]
fn there_is_no_picture_of_what_does_not_compile() {
    let course = Scratch::gradable();
    course.write("broken.rs", "pub struct PasswordService {");
    let said: Said = course.run(&["latency", DRILL, "broken.rs"]);
    assert_eq!(said.code, 1, "{}", said.all());
    assert!(said.out.contains("unclosed delimiter"), "{}", said.out);
    assert!(!said.out.contains('▁'), "{}", said.out);
}
