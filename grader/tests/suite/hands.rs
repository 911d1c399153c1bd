//! A worker fully in the attacker's hands (`tests/fixtures/hands`): what a soundness
//! hole that reaches the puppet would be worth. It can send any message and make any
//! system call, but neither gets an unearned pass or breaks out.

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
use crate::verdicts::{GRADER, SEED};

/// The lies of one world's liar, and the drill that it is graded for.
struct Liar {
    program: &'static str,
    drill: &'static str,
    /// These do no harm: the first is not a lie, the others gain nothing.
    harmless: &'static [&'static str],
    lies: &'static [&'static str],
}

const USERS: Liar = Liar {
    program: "users.rs",
    drill: "inflight_fix",
    harmless: &["honest", "keeps_the_delivery_quiet", "says_too_much"],
    lies: &[
        "answers_the_dropped",
        "asks_again_unasked",
        "begins_each_fetch_twice",
        "begins_what_is_not_there",
        "changes_a_letter",
        "delivers_before_the_answer",
        "drops_every_fetch",
        "ends_before_the_answer",
        "fetches_for_each",
        "fetches_somebody_else",
        "finds_nobody",
        "forgets_every_row",
        "gives_another_id",
        "gives_the_last_row_of_any_run",
        "gives_the_last_row_with_its_id",
        "has_an_error_of_its_own",
        "hides_its_fetches",
        "invents_every_row",
        "is_never_available",
        "is_never_idle",
        "panics_at_once",
        "returns_a_stampede",
        "returns_before_the_answer",
        "returns_nothing",
        "returns_twice",
        "says_nothing",
        "skips_a_step",
        "speaks_of_another_run",
        "trims_the_row",
        "turns_errors_into_rows",
        "turns_rows_into_errors",
    ],
};

const BANK: Liar = Liar {
    program: "bank.rs",
    drill: "lost_update",
    harmless: &["honest", "says_too_much"],
    lies: &[
        "adds_up_and_writes_nothing",
        "answers_at_once",
        "answers_the_dropped",
        "asks_again_unasked",
        "begins_each_operation_twice",
        "begins_what_is_not_there",
        "claims_a_write_it_never_made",
        "delivers_before_the_answer",
        "drops_every_operation",
        "drops_its_write_and_returns",
        "gives_the_largest_balance",
        "gives_the_last_balance_of_any_run",
        "gives_the_smallest_balance",
        "hides_its_writes",
        "is_never_available",
        "is_never_idle",
        "keeps_the_delivery_quiet",
        "lets_deposits_race",
        "panics_at_once",
        "returns_a_little_more",
        "returns_a_text",
        "returns_before_the_read",
        "returns_before_the_write",
        "returns_its_amount",
        "returns_twice",
        "returns_what_it_read",
        "says_nothing",
        "skips_a_step",
        "speaks_of_another_run",
        "tries_again_in_secret",
        "turns_balances_into_errors",
        "turns_errors_into_balances",
        "writes_a_little_less",
        "writes_into_another_account",
        "writes_nothing",
        "writes_the_amount",
        "writes_the_smallest_balance",
        "writes_twice_the_amount",
        "writes_what_it_read",
        "writes_without_a_read",
    ],
};

const PASSWORDS: Liar = Liar {
    program: "passwords.rs",
    drill: "offload",
    // A hash that nobody waits for any more harms nobody.
    harmless: &["honest", "hashes_for_those_who_left"],
    lies: &[
        "answers_the_dropped",
        "begins_all_at_once",
        "begins_each_hash_twice",
        "begins_one_at_a_time",
        "changes_a_letter",
        "cuts_the_text",
        "delivers_before_it_may",
        "ends_before_it_may",
        "ends_without_its_thread",
        "forgets_the_dropped_hash",
        "gives_the_first_text",
        "hashes_another_password",
        "hashes_on_the_loop",
        "hides_its_hashes",
        "invents_a_text",
        "keeps_the_end_quiet",
        "makes_no_real_hash",
        "panics_at_once",
        "returns_before_its_hash_ends",
        "returns_nothing",
        "returns_twice",
        "says_nothing",
        "skips_a_step",
        "speaks_of_another_run",
        "takes_any_length",
        "takes_no_length",
        "waits_on_no_thread",
    ],
};

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
        let channel = fixture.with_file_name("channel.rs");
        fs::copy(channel, folder.path().join("channel.rs")).expect("it is ours");
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

/// The required checks of a drill that a program does not pass, and why.
fn failed(drill: &str, program: &Path) -> Vec<String> {
    let limits = limits();
    let drill = drills::find(drill).expect("it is a drill");
    let program = Started::from(program);
    let mut exam = Exam::new(Driver::new(&program, &limits, drill.world(), SEED));
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
        let failed = |lie: &str| failed(self.drill, &program.named(lie));
        for name in self.harmless {
            let failed = failed(name);
            assert!(failed.is_empty(), "{name}: {}", failed.join("\n"));
        }
        let passed: Vec<&&str> = self
            .lies
            .iter()
            .filter(|lie| failed(lie).is_empty())
            .collect();
        assert!(passed.is_empty(), "these pass: {passed:?}");
    }
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

/// Every lie that a program can be told to tell is in its list.
#[test]
fn every_lie_is_told() {
    let asked = regex_lite::Regex::new(r#"lie\.is\("(\w+)"\)"#).expect("it is one");
    for liar in [USERS, BANK, PASSWORDS] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hands");
        let text: String = [liar.program, "channel.rs"]
            .map(|file| fs::read_to_string(folder.join(file)).expect(file))
            .concat();
        let can: BTreeSet<&str> = asked
            .captures_iter(&text)
            .map(|found| found.get(1).expect("a group").as_str())
            .collect();
        let told = liar.lies.iter().chain(&liar.harmless[1..]);
        let told: BTreeSet<&str> = told.copied().collect();
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
