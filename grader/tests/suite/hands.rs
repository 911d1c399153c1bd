//! A worker fully in the attacker's hands (`tests/fixtures/hands`): what a soundness
//! hole that reaches the puppet would be worth. Any message can be sent and any
//! system call made; neither gets a pass that was not earned, nor out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use grader::build::prepared::Prepared;
use grader::drills;
use grader::drive::driver::Driver;
use grader::drive::limits::Limits;
use grader::drive::stopwatch::Stopwatch;
use grader::drive::supervisor::Worker;
use grader::drive::toolchain::Toolchain;
use grader::exam::Exam;
use play::check::CheckStatus;
use play::check::Decision;
use tempfile::TempDir;

use crate::courses::{real, root};
use crate::verdicts::{GRADER, SEED};

const LIES: &[&str] = &[
    "answers_the_dropped",
    "begins_each_fetch_twice",
    "changes_a_letter",
    "delivers_before_the_answer",
    "drops_every_fetch",
    "fetches_for_each",
    "fetches_somebody_else",
    "finds_nobody",
    "forgets_every_row",
    "gives_another_id",
    "gives_the_last_row_of_any_run",
    "gives_the_last_row_with_its_id",
    "hides_its_fetches",
    "invents_every_row",
    "is_never_available",
    "is_never_idle",
    "panics_at_once",
    "returns_before_the_answer",
    "returns_twice",
    "says_nothing",
    "skips_a_step",
    "speaks_of_another_run",
    "trims_the_row",
    "turns_errors_into_rows",
    "turns_rows_into_errors",
];

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
        let text = fs::read_to_string(fixture).expect(name);
        let source = folder.path().join("program.rs");
        fs::write(&source, text.replace("/* SURVEY */", survey)).expect("it is ours");
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
        let worker = prepared.rlib("worker").expect("it was built");
        for (name, rlib) in [("worker", worker), ("serde_json", &json)] {
            command
                .arg("--extern")
                .arg(format!("{name}={}", rlib.display()));
        }
        let status = command.arg(source).status().expect("it can be started");
        assert!(status.success());
        Program { folder }
    }

    /// The same program under a name, which tells it what to do.
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

/// The required checks of `inflight_fix` that a program does not pass, and why.
fn failed(program: &Path) -> Vec<String> {
    let limits = limits();
    let drill = drills::find("inflight_fix").expect("it is a drill");
    let mut exam = Exam::new(Driver::new(program, &limits, drill.world(), SEED));
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

#[test]
fn who_lies_does_not_pass() {
    let program = Program::compiled("liar.rs", "");
    // It knows the protocol: with no lie it is a right cache, and every request is
    // answered with the row of a fetch.
    // To leave out that a row was delivered, and return it, is no lie worth anything.
    for name in ["honest", "keeps_the_delivery_quiet"] {
        let honest = failed(&program.named(name));
        assert!(honest.is_empty(), "{name}: {}", honest.join("\n"));
    }
    for lie in LIES {
        let failed = failed(&program.named(lie));
        assert!(!failed.is_empty(), "`{lie}` passes");
    }
}

/// The system calls of this architecture that were known when this was written.
const KNOWN: std::ops::Range<i64> = 0..463;

#[test]
fn who_can_make_any_system_call_gets_nowhere() {
    use sandbox::calls::{ALLOWED, NEVER, PATHS, STARTING};
    let ending: BTreeSet<i64> = NEVER
        .iter()
        .copied()
        .chain(STARTING.iter().map(|(call, _)| *call))
        .collect();
    let allowed: BTreeSet<i64> = ALLOWED.iter().map(|(call, _)| *call).collect();
    // On x86-64 no filter is asked about these two: the kernel ends whoever makes one
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

/// How a worker dies of its first order, and what it printed.
fn last_words(program: &Path, last: Option<i64>) -> (String, String) {
    use protocol::{Order, Step};
    let started = Worker::start(program, &limits(), Stopwatch::start()).expect("it can be started");
    let mut worker = started.expect("it says hello");
    let order = Order {
        run: 1,
        steps: vec![Step::New {
            seed: 1,
            arguments: Vec::new(),
            polled: protocol::Polled::Alone,
        }],
    };
    let (_, failure) = worker.exchange(&[order]);
    let how = failure.expect("it cannot answer").to_string();
    // What it printed is read by other threads.
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
