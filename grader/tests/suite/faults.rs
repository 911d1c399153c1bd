//! Faults of the machine while a submission is compiled: each ends in `infra_error` or is
//! repaired, and never costs points; once it is gone, the same submission is graded.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::SystemTime;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use rustix::process::{Pid, Signal};
use serde_json::Value;

use crate::courses::{Said, Scratch};
use crate::processes;
use crate::unprivileged::are_root;

const RIGHT: &str = "solutions/inflight_fix/src/lib.rs";
const GRADE: [&str; 6] = [
    "grade",
    "inflight_fix",
    RIGHT,
    "--format",
    "json",
    "--seed=7",
];

fn status(said: &Said) -> String {
    let verdicts: Value =
        serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{}", said.err));
    verdicts[0]["status"]
        .as_str()
        .expect("a verdict has one")
        .to_owned()
}

/// Cuts a file in the middle, or empties it.
fn truncate(path: &PathBuf, empty: bool) {
    let file = File::options().write(true).open(path).expect("it is ours");
    let length = file.metadata().expect("it is there").len();
    file.set_len(if empty { 0 } else { length / 2 })
        .expect("it is ours");
}

/// Changes a file's bytes, but neither its size nor its time, as a failing disk does.
fn rot(path: &PathBuf) {
    let modified: SystemTime = fs::metadata(path)
        .and_then(|meta| meta.modified())
        .expect("it is there");
    let mut bytes = fs::read(path).expect("it is ours");
    bytes.fill(0);
    fs::write(path, bytes).expect("it is ours");
    let file = File::options().write(true).open(path).expect("it is ours");
    file.set_modified(modified).expect("it is ours");
}

#[test]
fn what_was_prepared_and_is_damaged_is_prepared_again() {
    let course = Scratch::with_own_crates();
    assert_eq!(status(&course.run(&GRADE)), "passed");
    let all = fs::read_dir(course.path("target/grader/prepared")).expect("it was built");
    let key = all.flatten().next().expect("there is one").path();
    let found = |folder: &str, starts: &str, ends: &str| {
        let all = fs::read_dir(key.join(folder)).expect("it was built");
        let is_it = |path: &PathBuf| {
            let name = path
                .file_name()
                .expect("a name")
                .to_string_lossy()
                .into_owned();
            name.starts_with(starts) && name.ends_with(ends)
        };
        all.flatten()
            .map(|it| it.path())
            .find(is_it)
            .expect("it was built")
    };
    let deps = "target/release/deps";
    type Harm = fn(&PathBuf);
    let harms: [(&str, PathBuf, Harm); 7] = [
        ("the kit", found(deps, "libkit-", ".rlib"), |it| {
            truncate(it, false)
        }),
        (
            "a crate that another one needs",
            found(deps, "libmio-", ".rlib"),
            |it| truncate(it, true),
        ),
        (
            "the worker, gone",
            found(deps, "libworker-", ".rlib"),
            |it| fs::remove_file(it).expect("it is ours"),
        ),
        ("the launcher", key.join("target/release/launcher"), |it| {
            truncate(it, true)
        }),
        (
            "the shared library",
            found("shared", "libprepared", ".so"),
            |it| truncate(it, false),
        ),
        (
            "the standard library",
            found("shared", "libstd-", ".so"),
            |it| truncate(it, true),
        ),
        ("the kit, rotten", found(deps, "libkit-", ".rlib"), rot),
    ];
    for (number, (what, file, harm)) in harms.into_iter().enumerate() {
        harm(&file);
        let said = course.run(&GRADE);
        assert_eq!(
            (status(&said).as_str(), said.code),
            ("passed", 0),
            "{what}: {}",
            said.err
        );
        let builds = course.read("builds").lines().count();
        assert_eq!(builds, number + 2, "{what}");
    }
}

/// Only as root, who may mount a small disk.
#[test]
fn a_full_disk_costs_nobody_points() {
    if !are_root() {
        return;
    }
    let course = Scratch::gradable();
    assert_eq!(status(&course.run(&GRADE)), "passed");
    let jobs = course.path("target/grader/jobs");
    // The disk is full before rustc writes anything, while it writes the crate, or while it links.
    for size in ["size=24k", "size=64k", "size=160k"] {
        let said = std::thread::scope(|scope| {
            let graded = scope.spawn(|| {
                let none: Option<&str> = None;
                unshare(CloneFlags::CLONE_NEWNS).ok()?;
                mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none).ok()?;
                mount(
                    Some("none"),
                    &jobs,
                    Some("tmpfs"),
                    MsFlags::empty(),
                    Some(size),
                )
                .ok()?;
                Some(course.run(&GRADE))
            });
            graded.join().expect("it does not panic")
        });
        let Some(said) = said else {
            // Root may not mount here.
            return;
        };
        assert_eq!(
            (status(&said).as_str(), said.code),
            ("infra_error", 2),
            "{size}: {}",
            said.out
        );
    }
    assert_eq!(status(&course.run(&GRADE)), "passed");
}

#[test]
fn a_rustc_that_somebody_kills_says_nothing_of_the_submission() {
    let course = Scratch::gradable();
    let fixture = "grader/tests/fixtures/misbehaviour/endless_const_allowed.rs";
    course.take(fixture, "submission.rs");
    // Preparing starts a rustc as well.
    assert_eq!(status(&course.run(&GRADE)), "passed");
    let mut grader = std::process::Command::new(env!("CARGO_BIN_EXE_grader"));
    grader
        .args(["grade", "inflight_fix", "submission.rs", "--format", "json"])
        .current_dir(course.path(""))
        .env("CARGO_TARGET_DIR", course.path("target"))
        .env("CARGO", course.path("toolchain/cargo"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut grader = grader.spawn().expect("it can be started");
    // There are two calls, either of which may be the first to be seen.
    assert_ne!(processes::kill_each(&mut grader, "bin/rustc"), 0);
    let output = grader.wait_with_output().expect("it ends");
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{out}");
    assert!(
        out.contains("infra_error") && out.contains("SIGKILL"),
        "{out}"
    );
}

/// If the stub does not compile either, nothing is known about a submission.
#[test]
fn a_compile_error_is_believed_only_where_the_stub_compiles() {
    let course = Scratch::gradable();
    course.write("submission.rs", "pub fn f() -> u32 { \"one\" }\n");
    let grade = ["grade", "inflight_fix", "submission.rs", "--format", "json"];
    assert_eq!(status(&course.run(&grade)), "compile_error");
    course.write(
        "solutions/inflight_fix/stub.rs",
        "pub fn f() -> u32 { \"one\" }\n",
    );
    let said = course.run(&grade);
    assert_eq!((status(&said).as_str(), said.code), ("infra_error", 2));
    let words = "the drill's stub, which always compiles, does not compile now";
    assert!(said.err.contains(words), "{}", said.err);
    // The doctor says the same; a submission that compiles needs no control.
    let doctor = course.run(&["doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(
        doctor
            .out
            .contains("BROKEN  every drill's stub is compiled"),
        "{}",
        doctor.out
    );
    assert!(
        doctor
            .out
            .contains("\nsandbox: full; but nothing can be graded here\n"),
        "{}",
        doctor.out
    );
    assert_eq!(status(&course.run(&GRADE)), "passed");
}

/// The worker answers whatever is asked.
#[test]
fn a_submission_does_not_learn_where_it_is_or_what_is_behind_its_database() {
    let course = Scratch::gradable();
    let text = course.read("solutions/inflight_fix/wrong/not_coalesced.rs");
    let shown =
        "println!(\"ARGUMENTS {:?} DATABASE {:#?}\", std::env::args().collect::<Vec<_>>(), db);";
    let begin = text.find("pub fn new(db: Db) -> ").expect("it has one");
    let open = begin + text[begin..].find('{').expect("it has one") + 1;
    course.write(
        "submission.rs",
        &format!("{}{shown}{}", &text[..open], &text[open..]),
    );
    let said = course.run(&["grade", "inflight_fix", "submission.rs", "--format", "json"]);
    let verdicts: Value = serde_json::from_str(&said.out).expect(&said.out);
    let output = verdicts[0]["output"].as_str().expect("a text");
    assert!(
        output.contains("ARGUMENTS [\"worker\", \"sealed\","),
        "{output}"
    );
    assert!(output.contains("DATABASE Db { .. }"), "{output}");
    assert!(!output.contains('/'), "{output}");
}

/// A limit of the shell does not matter if less is enough, and is named if it is not.
#[test]
fn a_limit_of_the_system_that_is_too_tight_is_named() {
    let course = Scratch::gradable();
    assert_eq!(status(&course.run(&GRADE)), "passed");
    let limits = [
        ("-n 64", None),
        ("-n 12", Some("`ulimit -Hn`")),
        ("-v 400000", Some("`ulimit -Hv`")),
        // The file that is written first, and the program, which is larger than a stub's.
        ("-f 20", Some("`ulimit -Hf`")),
        ("-f 100", Some("`ulimit -Hf`")),
    ];
    for (limit, words) in limits {
        let script = format!("ulimit {limit}; exec \"$@\"");
        let mut command = course.outside("sh".as_ref());
        command.current_dir(course.path("")).args([
            "-c",
            &script,
            "sh",
            env!("CARGO_BIN_EXE_grader"),
        ]);
        let output = command.args(GRADE).output().expect("it can be started");
        let err = String::from_utf8_lossy(&output.stderr);
        let Some(words) = words else {
            assert_eq!(output.status.code(), Some(0), "{limit}: {err}");
            continue;
        };
        assert_eq!(output.status.code(), Some(2), "{limit}: {err}");
        assert!(
            err.contains(words) && !err.contains("is there space"),
            "{limit}: {err}"
        );
    }
}

/// One that would take all memory, say: the process that grades it has a limit.
#[test]
fn a_submission_that_ends_the_grader_leaves_the_others_their_verdicts() {
    let course = Scratch::gradable();
    let fixture = "grader/tests/fixtures/misbehaviour/endless_loop.rs";
    course.take(fixture, "eve.rs");
    for name in ["ada.rs", "zoe.rs"] {
        course.write(name, &format!("// {name}\nfn ("));
    }
    let grader = course
        .outside(env!("CARGO_BIN_EXE_grader").as_ref())
        .args(["grade", "inflight_fix", "ada.rs", "eve.rs", "zoe.rs"])
        .args(["--format", "json"])
        .current_dir(course.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it can be started");
    let grading = processes::await_child(grader.id(), "grader");
    // The only one that comes to have a worker.
    processes::await_child(grading, "out/worker");
    let limits = fs::read_to_string(format!("/proc/{grading}/limits")).expect("it lives");
    let limit = limits
        .lines()
        .find(|line| line.starts_with("Max data size"));
    let bytes: Option<u64> = limit.and_then(|line| line.split_whitespace().nth(3)?.parse().ok());
    assert!(bytes.is_some_and(|bytes| bytes <= 1 << 30), "{limits}");
    let pid = Pid::from_raw(grading.cast_signed()).expect("it is a process");
    rustix::process::kill_process(pid, Signal::KILL).expect("it is ours");
    let output = grader.wait_with_output().expect("it ends");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{err}");
    let verdicts: Value = serde_json::from_slice(&output.stdout).expect(&err);
    let statuses: Vec<&Value> = (0..3).map(|it| &verdicts[it]["status"]).collect();
    assert_eq!(statuses, ["compile_error", "infra_error", "compile_error"]);
    let words = "grading it ended the grader by signal 9";
    assert!(err.contains(words), "{err}");
}

/// What a grader left behind that was killed goes; what another one uses stays.
#[test]
fn the_next_grader_clears_away_what_was_left() {
    let course = Scratch::gradable();
    let jobs = course.path("target/grader/jobs");
    let job = |name: &str, old: bool| {
        let folder = jobs.join(name);
        fs::create_dir_all(folder.join("out")).expect("it is ours");
        let folder = File::open(folder).expect("it is there");
        if old {
            let long_ago = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
            folder.set_modified(long_ago).expect("it is ours");
        }
        folder
    };
    drop(job("job-left", true));
    drop(job("job-new", false));
    drop(job("kept", true));
    let used = job("job-used", true);
    used.lock().expect("nobody else has it");
    course.write("submission.rs", "fn (");
    let said = course.run(&["grade", "inflight_fix", "submission.rs"]);
    assert_eq!(said.code, 1, "{}", said.err);
    let left = fs::read_dir(&jobs).expect("it is there").flatten();
    let mut left: Vec<String> = left
        .map(|it| it.file_name().to_string_lossy().into_owned())
        .collect();
    left.sort();
    assert_eq!(left, ["job-new", "job-used", "kept"]);
}

/// A root that may not even mount is told what it lacks, before anybody is graded.
#[test]
fn the_doctor_finds_out_what_a_root_without_rights_cannot_compile() {
    if !are_root() {
        return;
    }
    let course = Scratch::gradable();
    // The toolchain is ours alone, as below `/root`.
    let mut command = course.outside("setpriv".as_ref());
    command
        .current_dir(course.path(""))
        .args(["--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"])
        .args([env!("CARGO_BIN_EXE_grader"), "doctor"]);
    let Ok(output) = command.output() else {
        // There is no such program here.
        return;
    };
    let out = String::from_utf8_lossy(&output.stdout);
    let words = "a root without CAP_SYS_ADMIN keeps neither below `/root`";
    match output.status.code() {
        // All of it can be read by others here.
        Some(0) => assert!(!out.contains("BROKEN"), "{out}"),
        _ => {
            assert_eq!(output.status.code(), Some(1), "{out}");
            let grading = "BROKEN  every drill's stub is compiled and graded";
            assert!(out.contains(grading) && out.contains(words), "{out}");
            let end = "\nsandbox: full; but nothing can be graded here\n";
            assert!(out.contains(end), "{out}");
        }
    }
}
