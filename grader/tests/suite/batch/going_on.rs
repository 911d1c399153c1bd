//! Stopping and going on: kept records stay, and only changed hand-ins are graded.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use grader::class::batch::{Change, Record, Store, changes};
use grader::grade::verdict::{CheckStatus, Status};
use rustix::process::{Pid, Signal};

use super::{broken, class, records};
use crate::courses::Scratch;
use crate::processes;

const BATCH: [&str; 6] = ["batch", "class", "--out", "results", "--seed", "7"];

/// Starts a batch in a process group of its own.
fn start(course: &Scratch, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_grader"))
        .args(arguments)
        .current_dir(course.path(""))
        .env("CARGO_TARGET_DIR", course.path("target"))
        .env("CARGO", course.path("toolchain/cargo"))
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be started")
}

/// Waits until this many records are kept.
fn await_records(results: &Path, number: usize) {
    let patience = Instant::now() + Duration::from_secs(120);
    while count(results) < number {
        assert!(Instant::now() < patience, "no {number} records came");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn count(results: &Path) -> usize {
    fs::read_dir(results.join("records/offload")).map_or(0, Iterator::count)
}

/// The part of a record that is the same whenever it is graded.
fn steady(record: &Record) -> Record {
    let mut record = record.clone();
    record.graded_at = 0;
    record.same_as = None;
    record.verdict.metrics = grader::grade::verdict::Metrics::default();
    record
}

#[test]
fn of_two_batches_one_is_killed_and_nothing_is_lost_or_graded_twice() {
    let students: Vec<String> = (0..14).map(|number| format!("s{number:02}")).collect();
    let files: Vec<(String, String)> = students
        .iter()
        .map(|who| (format!("{who}/offload.rs"), broken(who)))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    let course = class(&files);
    let (killed, whole) = (course.path("killed"), course.path("whole"));
    let batch = |out| ["batch", "class", "--out", out, "--seed", "7", "--jobs", "1"];

    let mut first = start(&course, &batch("killed"));
    let second = start(&course, &batch("whole"));
    await_records(&killed, 3);
    rustix::process::kill_process_group(Pid::from_child(&first), Signal::KILL).expect("it is ours");
    first.wait().expect("it ends");
    let before = records(&killed);
    assert!(
        (3..14).contains(&before.len()),
        "{} were graded",
        before.len()
    );
    let written = |name: &str| {
        let file = killed.join("records").join(name);
        file.metadata()
            .and_then(|meta| meta.modified())
            .expect("it is there")
    };
    let times: Vec<_> = before.keys().map(|name| written(name)).collect();

    let said = course.run(&batch("killed"));
    assert_eq!(said.code, 1, "{}", said.err);
    let words = format!(
        "14 submissions: {} to grade, 0 copies of others, {} kept",
        14 - before.len(),
        before.len()
    );
    assert!(said.err.contains(&words), "{}", said.err);
    assert_eq!(
        before.keys().map(|name| written(name)).collect::<Vec<_>>(),
        times
    );
    assert!(!killed.join("unfinished").exists());

    let second = second.wait_with_output().expect("it ends");
    assert_eq!(second.status.code(), Some(1));
    let (one, other) = (records(&killed), records(&whole));
    assert_eq!(one.len(), 14);
    assert!(one.values().map(steady).eq(other.values().map(steady)));
    assert!(
        one.values()
            .all(|record| record.verdict.status == Status::CompileError)
    );
}

#[test]
fn an_interrupt_says_how_to_go_on_and_blames_nobody() {
    let course = Scratch::gradable();
    let fixture = "grader/tests/fixtures/misbehaviour/endless_loop.rs";
    course.take(fixture, "class/eve/inflight_fix.rs");
    let grader = start(&course, &BATCH);
    // The process that grades is a child of the one that watches it.
    let grading = processes::await_child(grader.id(), "grader");
    processes::await_child(grading, "out/worker");
    rustix::process::kill_process(Pid::from_child(&grader), Signal::INT).expect("it is ours");
    let ended = grader.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(130));
    let said = String::from_utf8_lossy(&ended.stderr);
    let last =
        "grader: stopped; 0 of 1 are graded and kept, and the same command goes on with the rest";
    assert_eq!(said.lines().last(), Some(last), "{said}");
    assert_eq!(records(&course.path("results")).len(), 0);
    let left = fs::read_dir(course.path("target/grader/jobs"))
        .expect("it is there")
        .count();
    assert_eq!(left, 0);
}

/// A grading that ends the grader, as one would that takes all memory.
#[test]
fn what_ends_the_grader_twice_is_passed_by_and_the_rest_is_graded() {
    let course = class(&[("ada/inflight_fix.rs", &broken("ada"))]);
    let fixture = "grader/tests/fixtures/misbehaviour/endless_loop.rs";
    course.take(fixture, "class/eve/inflight_fix.rs");
    course.write("class/zoe/inflight_fix.rs", &broken("zoe"));
    let grader = start(&course, &BATCH);
    let mut killed = Vec::new();
    for _ in 0..2 {
        let grading = loop {
            let grading = processes::await_child(grader.id(), "grader");
            if !killed.contains(&grading) {
                break grading;
            }
        };
        // The only submission that gets a worker.
        processes::await_child(grading, "out/worker");
        let pid = Pid::from_raw(grading.cast_signed()).expect("it is a process");
        rustix::process::kill_process(pid, Signal::KILL).expect("it is ours");
        killed.push(grading);
    }
    let ended = grader.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(2), "{said}");
    let words = "the grader was ended by signal 9; it goes on with the rest";
    assert_eq!(said.matches(words).count(), 2, "{said}");
    let all = records(&course.path("results"));
    assert_eq!(all.len(), 3);
    for who in ["ada", "zoe"] {
        let record = &all[&format!("inflight_fix/{who}.json")];
        assert_eq!(record.verdict.status, Status::CompileError);
    }
    let eve = &all["inflight_fix/eve.json"].verdict;
    assert_eq!(eve.status, Status::InfraError);
    assert!(
        eve.diagnostics
            .contains("has ended the grader 2 times, so it is skipped; delete `"),
        "{}",
        eve.diagnostics
    );
    // And at every resumption, until somebody asks to try it.
    let said = course.run(&BATCH);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(!said.err.contains("was ended by"), "{}", said.err);
    let marks = course.path("results/attempting");
    assert_eq!(fs::read_dir(&marks).expect("there is one").count(), 1);
    fs::remove_dir_all(marks).expect("it is ours");
    course.write("class/eve/inflight_fix.rs", &broken("eve"));
    assert_eq!(course.run(&BATCH).code, 1);
}

#[test]
fn a_folder_has_one_batch_at_a_time_and_nothing_foreign() {
    let course = class(&[("ada/offload.rs", &broken("ada"))]);
    let store = Store::open(&course.path("results")).expect("it is free");
    let said = course.run(&BATCH);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(
        said.err
            .contains("another batch is writing to `[course]/results`"),
        "{}",
        said.err
    );
    drop(store);
    assert_eq!(course.run(&BATCH).code, 1);

    let said = course.run(&["batch", "class", "--out", "exercises"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err
            .contains("holds something other than a batch's results"),
        "{}",
        said.err
    );
}

#[test]
fn only_changes_are_graded_and_new_verdicts_are_named() {
    let course = class(&[
        ("bob/offload.rs", &broken("bob")),
        ("eve/offload.rs", &broken("eve")),
    ]);
    course.take("solutions/cache_race/src/lib.rs", "class/ada/cache_race.rs");
    assert_eq!(course.run(&BATCH).code, 1);
    let again = |words: &str| {
        let said = course.run(&BATCH);
        assert!(said.err.contains(words), "{}", said.err);
        said.out
    };
    again("3 submissions: 0 to grade, 0 copies of others, 3 kept");

    // Other content.
    course.write("class/eve/offload.rs", &broken("eve, again"));
    again("1 to grade, 0 copies of others, 2 kept");

    // A record of an older grader with another verdict.
    let file = "results/records/cache_race/ada.json";
    let mut ada: Record = serde_json::from_str(&course.read(file)).expect("a record");
    "old".clone_into(&mut ada.rules);
    "0.0.9".clone_into(&mut ada.verdict.grader);
    ada.verdict.status = Status::Failed;
    ada.verdict.score = 90;
    ada.verdict.checks[0].status = CheckStatus::Failed;
    course.write(
        file,
        &serde_json::to_string(&ada).expect("it can be written"),
    );
    let out = again("1 to grade, 0 copies of others, 2 kept");
    let words = "judged differently than before\n  ada cache_race: not yet, 90 -> passed, 100 (another grader or other limits)";
    assert!(out.contains(words), "{out}");
    let all: Vec<Record> = records(&course.path("results")).into_values().collect();
    let changed: Vec<Change> = all.iter().filter_map(changes::of).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(
        (&*changed[0].before.grader, changed[0].new_content),
        ("0.0.9", false)
    );
    let check = &ada.verdict.checks[0].id;
    assert_eq!(changed[0].before.checks[check], CheckStatus::Failed);
    assert_eq!(changed[0].after.checks[check], CheckStatus::Passed);

    let out = again("0 to grade");
    assert!(!out.contains("judged differently"), "said once: {out}");

    // Other limits, for one drill.
    let file = "exercises/offload/exercise.toml";
    course.write(
        file,
        &course
            .read(file)
            .replace("[limits]\n", "[limits]\noutput_kib = 9\n"),
    );
    again("2 to grade, 0 copies of others, 1 kept");

    // A title decides nothing; a file that only moved is not graded again.
    course.write(
        file,
        &course.read(file).replace("title = \"", "title = \"The "),
    );
    fs::create_dir(course.path("class/bob/offload")).expect("it is ours");
    fs::create_dir(course.path("class/bob/offload/src")).expect("it is ours");
    fs::rename(
        course.path("class/bob/offload.rs"),
        course.path("class/bob/offload/src/lib.rs"),
    )
    .expect("it is ours");
    again("0 to grade, 0 copies of others, 3 kept");
    let bob = &records(&course.path("results"))["offload/bob.json"];
    assert_eq!(
        (&*bob.path, &*bob.verdict.submission),
        ("bob/offload", "bob/offload")
    );

    // Another seed is another batch.
    let mut other = BATCH;
    other[5] = "8";
    let said = course.run(&other);
    assert!(said.err.contains("3 to grade"), "{}", said.err);
    // And kept for the next.
    let said = course.run(&BATCH[..4]);
    assert!(
        said.err.contains("0 to grade") && said.err.contains("seed 8"),
        "{}",
        said.err
    );

    // A student who is gone still counts, and the output says so.
    fs::remove_dir_all(course.path("class/eve")).expect("it is ours");
    let said = course.run(&BATCH[..4]);
    let words = "still counted; delete the records that should not count\n  eve offload: records/offload/eve.json\n";
    assert!(said.out.contains(words), "{}", said.out);
    fs::remove_file(course.path("results/records/offload/eve.json")).expect("it is there");
    let said = course.run(&BATCH[..4]);
    assert!(said.out.starts_with("2 submissions"), "{}", said.out);
    assert!(!said.out.contains("still counted"), "{}", said.out);
}

#[test]
fn a_damaged_record_is_graded_again() {
    let course = class(&[("ada/offload.rs", &broken("ada"))]);
    course.run(&BATCH);
    course.write("results/records/offload/ada.json", "{\"schema\":1,");
    let said = course.run(&BATCH);
    assert!(said.err.contains("1 to grade"), "{}", said.err);
    assert_eq!(records(&course.path("results")).len(), 1);
}

#[test]
fn a_seed_that_is_lost_is_said_before_everything_is_graded_again() {
    let course = class(&[("ada/offload.rs", &broken("ada"))]);
    let batch = ["batch", "class", "--out", "results"];
    let words = "has no `batch.json` that can be read";
    let said = course.run(&batch);
    assert!(!said.err.contains(words), "{}", said.err);
    let said = course.run(&batch);
    assert!(said.err.contains("0 to grade"), "{}", said.err);
    course.write("results/batch.json", "{\"schema\":1,");
    let said = course.run(&batch);
    assert!(said.err.contains(words), "{}", said.err);
    assert!(said.err.contains("1 to grade"), "{}", said.err);
}

#[test]
fn attempts_that_were_compared_are_not_compared_again_after_an_interrupt() {
    let course = class(&[("ada/inflight_fix.rs", &broken("one"))]);
    let fixture = "grader/tests/fixtures/misbehaviour/endless_loop.rs";
    let second = "class/ada/inflight_fix (1).rs";
    course.take(fixture, second);
    let batch = ["batch", "class", "--out", "results", "--attempt", "best"];
    let compared = || {
        let all = fs::read_dir(course.path("results/compared/inflight_fix"));
        all.map_or(0, Iterator::count)
    };
    let mut stopped = start(&course, &batch);
    let patience = Instant::now() + Duration::from_secs(120);
    while compared() == 0 {
        assert!(Instant::now() < patience, "nothing was compared");
        std::thread::sleep(Duration::from_millis(5));
    }
    rustix::process::kill_process(Pid::from_child(&stopped), Signal::INT).expect("it is ours");
    stopped.wait().expect("it ends");
    assert_eq!(compared(), 1);
    course.write(second, &broken("other"));
    let said = course.run(&batch);
    assert_eq!(said.code, 1, "{}", said.err);
    assert_eq!(compared(), 2);
}

/// A batch whose standard error goes there; the expected results are in the records.
fn said_to(course: &Scratch, stderr: Stdio) -> Option<i32> {
    let mut grader = Command::new(env!("CARGO_BIN_EXE_grader"))
        .args(BATCH)
        .current_dir(course.path(""))
        .env("CARGO_TARGET_DIR", course.path("target"))
        .env("CARGO", course.path("toolchain/cargo"))
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(stderr)
        .spawn()
        .expect("it can be started");
    let patience = Instant::now() + Duration::from_secs(120);
    loop {
        if let Some(status) = grader.try_wait().expect("it is ours") {
            return status.code();
        }
        if Instant::now() > patience {
            let _ = rustix::process::kill_process_group(Pid::from_child(&grader), Signal::KILL);
            let _ = grader.wait();
            panic!("the batch does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_batch_ends_even_if_nobody_reads_its_output() {
    let files = [
        ("ada/offload.rs", &*broken("ada")),
        ("bob/offload.rs", &broken("bob")),
        ("eve/offload.rs", &broken("eve")),
    ];
    let full = || {
        let full = fs::File::options().write(true).open("/dev/full");
        Stdio::from(full.expect("there is one"))
    };
    let closed = || {
        let (reader, writer) = std::io::pipe().expect("there is one");
        drop(reader);
        Stdio::from(writer)
    };
    for stderr in [full as fn() -> Stdio, closed] {
        let course = class(&files);
        assert_eq!(said_to(&course, stderr()), Some(1));
        let kept = records(&course.path("results"));
        assert_eq!(kept.len(), 3);
        let graded = |record: &Record| record.verdict.status == Status::CompileError;
        assert!(kept.values().all(graded));
    }
}

#[test]
fn an_interrupt_ends_a_batch_that_nobody_reads() {
    let course = Scratch::gradable();
    let fixture = "grader/tests/fixtures/misbehaviour/endless_loop.rs";
    course.take(fixture, "class/eve/inflight_fix.rs");
    // Prepares the crates, so that the folder is held before anything is said.
    course.run(&["doctor"]);
    // A full pipe: a process that writes to it waits.
    let (reader, writer) = std::io::pipe().expect("there is one");
    let mut filler = writer.try_clone().expect("it is open");
    rustix::io::ioctl_fionbio(&filler, true).expect("it is a pipe");
    while std::io::Write::write(&mut filler, &[b'.'; 4096]).is_ok() {}
    while std::io::Write::write(&mut filler, b".").is_ok() {}
    rustix::io::ioctl_fionbio(&filler, false).expect("it is a pipe");
    let mut grader = Command::new(env!("CARGO_BIN_EXE_grader"))
        .args(BATCH)
        .current_dir(course.path(""))
        .env("CARGO_TARGET_DIR", course.path("target"))
        .env("CARGO", course.path("toolchain/cargo"))
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(writer)
        .spawn()
        .expect("it can be started");
    // It has started once it holds the folder; then it waits for its reader.
    let lock = course.path("results/lock");
    while !lock.exists() {
        assert!(grader.try_wait().expect("it is ours").is_none());
        std::thread::yield_now();
    }
    rustix::process::kill_process(Pid::from_child(&grader), Signal::TERM).expect("it is ours");
    assert_eq!(grader.wait().expect("it ends").code(), Some(130));
    drop(reader);
}
