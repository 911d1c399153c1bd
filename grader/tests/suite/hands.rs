//! A worker fully in the attacker's hands (`tests/fixtures/hands`): what a soundness
//! hole that reaches the puppet would be worth. It can send any message and make any
//! system call, but neither gets an unearned pass or breaks out.

mod liars;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use grader::build::prepared::Prepared;
use grader::drills;
use grader::drive::driver::Driver;
use grader::drive::limits::Limits;
use grader::drive::program::Program as Started;
use grader::drive::stopwatch::Stopwatch;
use grader::drive::supervisor::Worker;
use grader::drive::toolchain::Toolchain;
use grader::exam::Exam;
use play::check::CheckStatus;
use play::check::Decision;
use tempfile::TempDir;

use crate::courses::{real, root};
use crate::verdicts::{GRADER, SEED, required};
use liars::{ALL, AUDIT, BANK, BULK, CLOCK, Liar, PASSWORDS, PROTOCOL, SERVER, SINK, USERS, WORK};

/// A program of `tests/fixtures/hands`, compiled with what a worker is linked with,
/// and with nothing forbidden.
struct Program {
    folder: TempDir,
}

impl Program {
    fn compiled(name: &str, survey: &str) -> Program {
        let folder = tempfile::tempdir().expect("there is space");
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/hands")
            .join(name);
        let text = fs::read_to_string(&fixture).expect(name);
        let source = folder.path().join("program.rs");
        fs::write(&source, text.replace("/* SURVEY */", survey)).expect("it is ours");
        for shared in ["channel.rs", "desk.rs"] {
            let file = fixture.with_file_name(shared);
            fs::copy(file, folder.path().join(shared)).expect("it is ours");
        }
        let toolchain = Toolchain::find(root()).expect("tests are run by a toolchain");
        let prepared = Prepared::get(&real(), &toolchain).expect("the crates can be built");
        let mut command = Command::new(toolchain.rustc());
        command
            .args(["--edition", "2024", "-A", "warnings", "-o"])
            .arg(folder.path().join("program"))
            .arg("-L")
            .arg(format!("dependency={}", prepared.deps().display()));
        let json = fs::read_dir(prepared.deps()).expect("they are there");
        let json = json.map(|entry| entry.expect("it can be read").path());
        let is_json = |path: &PathBuf| {
            let name = path.file_name().expect("a name").to_string_lossy();
            name.starts_with("libserde_json-") && name.ends_with(".rlib")
        };
        let json = json.into_iter().find(is_json).expect("the puppet uses it");
        let known = |name| prepared.rlib(name).expect("it was built");
        let crates = [
            ("worker", known("worker")),
            ("kit", known("kit")),
            ("serde_json", &json),
        ];
        for (name, rlib) in crates {
            command
                .arg("--extern")
                .arg(format!("{name}={}", rlib.display()));
        }
        let status = command.arg(source).status().expect("it can be started");
        assert!(status.success());
        Program { folder }
    }

    /// The same program under a file name that tells it what to do.
    fn named(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::hard_link(self.folder.path().join("program"), &path).expect("it is a new place");
        path
    }
}

fn limits() -> Limits {
    Limits {
        sandbox: GRADER.sandbox().clone(),
        user: 60_706,
        ..Limits::default()
    }
}

/// The required checks of a drill that a program does not pass, and why. It is tried no longer
/// than until one of those in `enough` has failed.
fn failed(drill: &str, program: &Path, enough: &[&'static str]) -> Vec<String> {
    let limits = limits();
    let drill = drills::find(drill).expect("it is a drill");
    let program = Started::from(program);
    let exam = Exam::new(Driver::new(&program, &limits, drill.world(), SEED));
    let mut exam = exam.until_one_fails(enough);
    exam.put_through(drill.rules(), |exam| drill.examine(exam));
    let (driver, decisions, _) = exam.finish();
    assert!(driver.broken().is_none(), "{:?}", driver.broken());
    let required = drill.checks().iter().filter(|check| check.required);
    let passed = |decision: Option<&Decision>| {
        decision.is_some_and(|decision| decision.status == CheckStatus::Passed)
    };
    let why = |id: &str| match decisions.get(id) {
        Some(decision) => format!("{id}: {}", decision.message),
        None => id.to_owned(),
    };
    required
        .filter(|check| !passed(decisions.get(check.id)))
        .map(|check| why(check.id))
        .collect()
}

impl Liar {
    /// It knows the protocol: without a lie it is a right solution, with one it is not.
    fn sits_for_its_drill(&self) {
        let program = Program::compiled(self.program, "");
        let failed =
            |lie: &str, enough: &[&'static str]| failed(self.drill, &program.named(lie), enough);
        let required = required(self.drill);
        for name in self.harmless {
            let failed = failed(name, &[]);
            assert!(failed.is_empty(), "{name}: {}", failed.join("\n"));
        }
        let wrong: Vec<String> = self
            .lies()
            .filter_map(|(lie, by)| {
                let failed = match by {
                    Some(PROTOCOL) => failed(lie, &[]),
                    Some(check) => failed(lie, &[check]),
                    None => failed(lie, &required),
                };
                let is_caught = failed.iter().any(|why| is_by(by, why));
                (!is_caught).then(|| format!("{lie}, by {by:?}: {failed:#?}"))
            })
            .collect();
        assert!(wrong.is_empty(), "these pass: {}", wrong.join("\n"));
    }
}

/// Whether a check that failed is the one that must, or says what must be said.
fn is_by(by: Option<&str>, why: &str) -> bool {
    let is_check = |by: &str| why.split(':').next() == Some(by);
    by.is_none_or(|by| is_check(by) || why.contains(PROTOCOL) && by == PROTOCOL)
}

#[test]
fn a_cache_that_lies_does_not_pass() {
    USERS.sits_for_its_drill();
}

#[test]
fn accounts_that_lie_do_not_pass() {
    BANK.sits_for_its_drill();
}

#[test]
fn a_password_service_that_lies_does_not_pass() {
    PASSWORDS.sits_for_its_drill();
}

#[test]
fn accounts_whose_transfers_lie_do_not_pass() {
    AUDIT.sits_for_its_drill();
}

#[test]
fn a_pool_that_lies_does_not_pass() {
    SERVER.sits_for_its_drill();
}

#[test]
fn a_loader_that_lies_does_not_pass() {
    BULK.sits_for_its_drill();
}

#[test]
fn a_processor_that_lies_does_not_pass() {
    SINK.sits_for_its_drill();
}

#[test]
fn a_fold_that_lies_does_not_pass() {
    WORK.sits_for_its_drill();
}

#[test]
fn a_monitor_that_lies_does_not_pass() {
    CLOCK.sits_for_its_drill();
}

#[test]
fn every_world_has_a_liar() {
    let lied_in: Vec<&str> = ALL
        .iter()
        .map(|liar| {
            drills::find(liar.drill)
                .expect("it is a drill")
                .world()
                .name()
        })
        .collect();
    for drill in drills::ALL {
        let world = drill.world().name();
        assert!(lied_in.contains(&world), "{}: {world}", drill.slug());
    }
}

/// Every lie that a program can be told to tell is in its list.
#[test]
fn every_lie_is_told() {
    let asked = regex_lite::Regex::new(r#"lie\.is\("(\w+)"\)"#).expect("it is one");
    for liar in ALL {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hands");
        let text = |file| fs::read_to_string(folder.join(file)).expect(file);
        let text: String = liar.files().map(text).collect();
        let can: BTreeSet<&str> = asked
            .captures_iter(&text)
            .map(|found| found.get(1).expect("a group").as_str())
            .collect();
        let told: BTreeSet<&str> = liar
            .lies()
            .map(|(lie, _)| lie)
            .chain(liar.harmless[1..].iter().copied())
            .collect();
        assert_eq!(told, can, "{}", liar.program);
    }
}

/// The system calls of this architecture that were known when this was written.
const KNOWN: std::ops::Range<i64> = 0..463;

#[test]
fn a_process_that_can_make_any_system_call_gets_nowhere() {
    use sandbox::calls::{ALLOWED, NEVER, PATHS, STARTING};
    let ending: BTreeSet<i64> = NEVER
        .iter()
        .copied()
        .chain(STARTING.iter().map(|(call, _)| *call))
        .collect();
    let allowed: BTreeSet<i64> = ALLOWED.iter().map(|(call, _)| *call).collect();
    // On x86-64 no filter is asked about these two: the kernel ends a process that makes one
    // without being a probe of its own.
    let probes = [335, 336].map(|call| cfg!(target_arch = "x86_64").then_some(call));
    let refused: Vec<i64> = KNOWN
        .filter(|call| !ending.contains(call) && !allowed.contains(call))
        .filter(|call| !probes.contains(&Some(*call)))
        .collect();
    let list: Vec<String> = refused.iter().map(ToString::to_string).collect();
    let program = Program::compiled("calls.rs", &list.join(", "));

    let (how, said) = last_words(&program.named("survey"), refused.last().copied());
    assert!(how.contains("it exited with code 0"), "{how}\n{said}");
    let paths: BTreeSet<i64> = PATHS.iter().copied().collect();
    for call in refused {
        let error = if paths.contains(&call) {
            libc::EACCES
        } else {
            libc::ENOSYS
        };
        let line = format!("call {call} gave -1, error {error}\n");
        assert!(said.contains(&line), "expected {line}{said}");
    }
    for call in ending {
        let (how, said) = last_words(&program.named(&format!("call-{call}")), None);
        assert!(how.contains("SIGSYS"), "call {call}: {how}\n{said}");
    }
}

/// How a worker dies on its first order, and what it printed.
fn last_words(program: &Path, last: Option<i64>) -> (String, String) {
    use protocol::{Order, Polled, Step};
    let started = Worker::start(&Started::from(program), &limits(), Stopwatch::start())
        .expect("it can be started");
    let mut worker = started.expect("it says hello");
    let order = Order {
        run: 1,
        steps: vec![Step::New {
            seed: 1,
            arguments: Vec::new(),
            polled: Polled::Alone,
            places: false,
        }],
    };
    let (_, failure) = worker.exchange(&[order]);
    let how = failure.expect("it cannot answer").to_string();
    // Other threads read its output.
    let patience = Instant::now() + Duration::from_secs(20);
    let line = last.map(|call| format!("call {call} gave"));
    while line
        .as_ref()
        .is_some_and(|line| !worker.output().contains(line))
    {
        assert!(Instant::now() < patience, "{how}\n{}", worker.output());
        std::thread::yield_now();
    }
    (how, worker.output())
}
