//! Attacks (`tests/fixtures/attacks`): strangers' code that tries to get at what is
//! not its own. One of each kind is graded as the user who runs the tests, and by root also as
//! an ordinary user; all of them are by
//! `cargo test --profile grader -p grader --test suite -- --ignored every_attack`. What
//! counts is what it got: nothing, and no pass.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use grader::build::prepared::Prepared;
use grader::drive::toolchain::Toolchain;
use serde_json::Value;
use tempfile::TempDir;

use crate::courses::{real, root};
use crate::processes;
use crate::unprivileged;

/// Fixture, status, message.
const ATTACKS: &[(&str, &str, &str)] = &[
    // At compile time: files that rustc could be made to read, or to quote.
    ("compile_includes_a_file", "compile_error", "couldn't read"),
    (
        "compile_includes_what_is_not_there",
        "compile_error",
        "couldn't read",
    ),
    (
        "compile_includes_the_hidden_tests",
        "compile_error",
        "hidden",
    ),
    (
        "compile_includes_its_contract",
        "compile_error",
        "couldn't read",
    ),
    (
        "compile_includes_an_endless_file",
        "compile_error",
        "couldn't read",
    ),
    (
        "compile_includes_its_process",
        "compile_error",
        "couldn't read",
    ),
    (
        "compile_includes_the_system",
        "compile_error",
        "couldn't read",
    ),
    (
        "compile_runs_into_a_limit_with_the_system",
        "compile_error",
        "couldn't read",
    ),
    (
        "compile_says_what_it_includes",
        "compile_error",
        "couldn't read",
    ),
    (
        "compile_panics_with_what_it_includes",
        "compile_error",
        "couldn't read",
    ),
    (
        "compile_takes_the_system_for_a_module",
        "compile_error",
        "couldn't read",
    ),
    ("compile_lists_the_crates", "compile_error", "couldn't read"),
    (
        "compile_reads_the_environment",
        "compile_error",
        "not defined",
    ),
    (
        "compile_asks_for_the_environment",
        "failed",
        "one_fetch: fetch 2",
    ),
    (
        "compile_uses_a_feature",
        "compile_error",
        "may not be used on the stable",
    ),
    ("compile_links_a_library", "compile_error", "unsafe"),
    (
        "compile_says_much",
        "compile_error",
        "cut at the limit of 64 KiB",
    ),
    (
        "compile_speaks_to_the_build_server",
        "compile_error",
        "error file=a.rs",
    ),
    ("compile_naked", "rejected", "3: `unsafe` is not taken"),
    (
        "compile_runs_before_main",
        "rejected",
        "3: `unsafe` is not taken",
    ),
    (
        "compile_sets_the_clock",
        "rejected",
        "3: `unsafe` is not taken",
    ),
    (
        "compile_traces_a_sibling",
        "rejected",
        "3: `unsafe` is not taken",
    ),
    (
        "compile_replaces_the_database",
        "compile_error",
        "mismatched types",
    ),
    // At run time: files.
    ("run_reads_a_file", "failed", "one_fetch: fetch 2"),
    ("run_stats_a_file", "failed", "one_fetch: fetch 2"),
    ("run_lists_a_folder", "failed", "one_fetch: fetch 2"),
    ("run_writes_a_file", "failed", "one_fetch: fetch 2"),
    ("run_opens_its_memory", "failed", "one_fetch: fetch 2"),
    ("run_reopens_the_channel", "failed", "one_fetch: fetch 2"),
    ("run_reads_its_environment", "failed", "one_fetch: fetch 2"),
    ("run_says_its_name", "failed", "one_fetch: fetch 2"),
    // Programs and processes.
    (
        "run_starts_a_program",
        "crashed",
        "SIGSYS (it tried something that no submission may",
    ),
    ("run_becomes_a_program", "crashed", "SIGSYS"),
    ("run_becomes_itself", "crashed", "SIGSYS"),
    ("run_forks_for_ever", "crashed", "SIGSYS"),
    (
        "run_dies_in_a_panic_hook",
        "crashed",
        "it exited with code 0",
    ),
    ("run_succeeds_at_once", "crashed", "it exited with code 0"),
    ("run_waits_for_its_exit", "failed", "one_fetch: fetch 2"),
    ("run_leaves_tasks_behind", "failed", "one_fetch: fetch 2"),
    ("run_detects_the_test", "failed", "one_fetch: fetch 2"),
    // The network.
    ("run_connects_out", "crashed", "SIGSYS"),
    ("run_sends_datagrams", "crashed", "SIGSYS"),
    ("run_listens", "crashed", "SIGSYS"),
    ("run_connects_to_a_socket_file", "crashed", "SIGSYS"),
    ("run_resolves_a_name", "crashed", "SIGSYS"),
    // The machine.
    (
        "run_opens_threads_without_end",
        "failed",
        "may have 256 threads",
    ),
    (
        "run_allocates_without_end",
        "crashed",
        "the limit is 512 MiB",
    ),
    // The output.
    ("run_floods_its_output", "failed", "one_fetch: fetch 2"),
    (
        "run_speaks_to_the_build_server",
        "failed",
        "one_fetch: fetch 2",
    ),
];

/// One of each kind: what rustc reads, says and is kept from; what a process reads, writes,
/// starts, reaches, uses up and prints.
const OF_EACH_KIND: &[&str] = &[
    "compile_includes_a_file",
    "compile_includes_what_is_not_there",
    "compile_runs_into_a_limit_with_the_system",
    "compile_reads_the_environment",
    "compile_naked",
    "run_reads_a_file",
    "run_writes_a_file",
    "run_reads_its_environment",
    "run_starts_a_program",
    "run_leaves_tasks_behind",
    "run_connects_out",
    "run_opens_threads_without_end",
    "run_floods_its_output",
];

type Attack = (&'static str, &'static str, &'static str);

/// A cache that keeps nothing and attacks a few times.
pub(crate) const CACHE: &str = "
pub struct UserCache(kit::Db);

impl UserCache {
    pub fn new(db: kit::Db) -> Self {
        Self(db)
    }

    pub async fn get_user(&self, id: kit::UserId) -> Result<kit::User, kit::DbError> {
        use std::sync::atomic::{AtomicU32, Ordering};
        static CALLS: AtomicU32 = AtomicU32::new(0);
        if CALLS.fetch_add(1, Ordering::Relaxed) < 8 {
            attack();
        }
        self.0.fetch_user(id).await
    }
}
";

/// The secrets to steal, and a place to see whether they were stolen.
struct Bait {
    folder: TempDir,
    secret: String,
    tcp: TcpListener,
    udp: UdpSocket,
    unix: UnixListener,
}

impl Bait {
    fn new() -> Bait {
        let folder = tempfile::tempdir().expect("there is space");
        open_to_all(folder.path());
        let secret = format!("secret-{:016x}", fastrand_u64());
        let path = folder.path().join("secret");
        fs::write(&path, &secret).expect("it is ours");
        open_to_all(&path);
        let tcp = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let udp = UdpSocket::bind(tcp.local_addr().expect("it has one")).expect("a port is free");
        let socket = folder.path().join("socket");
        let unix = UnixListener::bind(&socket).expect("it is a new place");
        let mode = fs::Permissions::from_mode(0o777);
        fs::set_permissions(socket, mode).expect("it is ours");
        tcp.set_nonblocking(true).expect("it can");
        udp.set_nonblocking(true).expect("it can");
        unix.set_nonblocking(true).expect("it can");
        Bait {
            folder,
            secret,
            tcp,
            udp,
            unix,
        }
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A fixture, with the places that it attacks.
    fn attack(&self, name: &str) -> PathBuf {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/attacks");
        let text = fs::read_to_string(fixtures.join(name).with_extension("rs")).expect(name);
        let secret = match name {
            "compile_includes_what_is_not_there" => "nothing",
            _ => "secret",
        };
        let port = self
            .tcp
            .local_addr()
            .expect("it has one")
            .port()
            .to_string();
        let place = |name: &str| self.place(name).to_string_lossy().into_owned();
        let fill = [
            ("@SECRET@", place(secret)),
            ("@MARK@", place("mark")),
            ("@SOCKET@", place("socket")),
            ("@COURSE@", root().to_string_lossy().into_owned()),
            ("@PORT@", port),
            ("@LONG@", "x".repeat(4000)),
        ];
        let text = fill
            .iter()
            .fold(text, |text, (mark, what)| text.replace(mark, what));
        let path = self.place(name).with_extension("rs");
        fs::write(&path, text + CACHE).expect("it is ours");
        open_to_all(&path);
        path
    }

    /// Asserts that nobody took it.
    fn is_untouched(&self) {
        assert!(!self.place("mark").exists(), "a file was written");
        assert!(self.tcp.accept().is_err(), "a connection was made");
        assert!(self.udp.recv(&mut [0; 16]).is_err(), "a datagram was sent");
        assert!(self.unix.accept().is_err(), "a local connection was made");
    }
}

/// A number that nobody can guess, from the addresses of this process.
fn fastrand_u64() -> u64 {
    use std::hash::{BuildHasher, RandomState};
    RandomState::new().hash_one(std::process::id())
}

fn open_to_all(path: &Path) {
    let mode = if path.is_dir() { 0o755 } else { 0o644 };
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

/// A target folder of its own, which borrows the prepared crates.
fn target(owner: Option<u32>) -> TempDir {
    let toolchain = Toolchain::find(root()).expect("tests are run by a toolchain");
    let prepared = Prepared::get(&real(), &toolchain).expect("the crates can be built");
    let folder = tempfile::tempdir().expect("there is space");
    open_to_all(folder.path());
    let grader = folder.path().join("grader");
    fs::create_dir(&grader).expect("it is a new place");
    let all = prepared.deps().ancestors().nth(4).expect("it lies deeper");
    symlink(all, grader.join("prepared")).expect("it is a new place");
    if owner.is_some() {
        chown(&grader, owner, owner).expect("root may");
    }
    folder
}

/// What the grader says of `attacks`, graded in one go.
fn grade(bait: &Bait, target: &Path, attacks: &[Attack], nobody: bool) -> Option<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
    command
        .arg("--course")
        .arg(root())
        .args(["grade", "inflight_fix", "--seed", "7", "--format", "json"])
        .args(attacks.iter().map(|(name, ..)| bait.attack(name)))
        .current_dir("/")
        .env("CARGO_TARGET_DIR", target)
        .env("BETWEEN_AWAITS_SECRET", &bait.secret);
    if !nobody {
        return Some(command.output().expect("it can be started"));
    }
    let toolchain = Toolchain::find(root()).expect("tests are run by a toolchain");
    let bin = toolchain.rustc().parent().expect("it lies in a folder");
    command.env("CARGO", toolchain.cargo()).env_remove("HOME");
    let places = [
        bin.parent().expect("it lies deeper"),
        root(),
        &real().target(),
    ]
    .map(Path::to_path_buf);
    unprivileged::run(command, &places)
}

#[test]
fn attacks_get_nothing() {
    attempt(&of_each_kind(), false);
}

#[test]
fn attacks_on_an_ordinary_user_get_nothing() {
    if !unprivileged::are_root() {
        let why = "the tests are run by an ordinary user, who is tried in their own name";
        return unprivileged::not_tried("attacks as nobody", why);
    }
    attempt(&of_each_kind(), true);
}

#[test]
#[ignore = "a minute or two: tries every attack, and not one of each kind"]
fn every_attack_gets_nothing() {
    attempt(ATTACKS, false);
    if unprivileged::are_root() {
        attempt(ATTACKS, true);
    }
}

fn of_each_kind() -> Vec<Attack> {
    let all = ATTACKS.iter();
    let chosen = all.filter(|(name, ..)| OF_EACH_KIND.contains(name));
    let chosen: Vec<Attack> = chosen.copied().collect();
    assert_eq!(chosen.len(), OF_EACH_KIND.len());
    chosen
}

fn attempt(attacks: &[Attack], nobody: bool) {
    let bait = Bait::new();
    let target = target(nobody.then_some(unprivileged::NOBODY));
    let mounts = || fs::read_to_string("/proc/self/mounts").expect("it can be read");
    let mounted = mounts();
    let Some(output) = grade(&bait, target.path(), attacks, nobody) else {
        return unprivileged::not_tried("attacks as nobody", unprivileged::NO_MOUNTS);
    };
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(!err.contains("panicked"), "{err}");
    let verdicts: Vec<Value> = serde_json::from_str(&out).expect(&out);

    // The result of each attack.
    let mut table = format!(
        "\nattacks, as {}:\n",
        if nobody { "nobody" } else { "the tests' user" }
    );
    let mut wrong = Vec::new();
    for ((name, status, because), verdict) in attacks.iter().zip(&verdicts) {
        let said = said_of(verdict);
        let got = &verdict["status"];
        table.push_str(&format!(
            "  {name:<38} {:<14} {}\n",
            string(got),
            string(&verdict["sandbox"])
        ));
        let output = string(&verdict["output"]);
        let fine = got == status
            && said.contains(because)
            && verdict["sandbox"] == "full"
            && !output.contains("GOT")
            && output.len() < 80 << 10
            && string(&verdict["diagnostics"]).len() < 80 << 10;
        if !fine {
            wrong.push(format!(
                "{name}: {got}, expected {status} because {because}:\n{said}\n{output}"
            ));
        }
    }
    say(&table);
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert_eq!(verdicts.len(), attacks.len());

    // The traces they left, and what they carried out.
    bait.is_untouched();
    for text in [&out, &err] {
        assert!(!text.contains(&bait.secret), "a secret got out");
        assert!(
            !text.contains("PRETTY_NAME"),
            "a file of the system got out"
        );
        assert!(!text.contains('\u{1b}'), "an escape got out");
    }
    let jobs = fs::read_dir(target.path().join("grader/jobs")).expect("it was used");
    assert_eq!(jobs.count(), 0, "a job's folder is left");
    assert_eq!(processes::with_argument("86395.7"), processes::NONE);
    assert_eq!(processes::below(target.path()), processes::NONE);
    assert_eq!(mounts(), mounted, "a mount is left");

    // An unreadable file and a missing file get the same words.
    let words = |name: &str| {
        let at = attacks
            .iter()
            .position(|(attack, ..)| *attack == name)
            .expect(name);
        let text = string(&verdicts[at]["diagnostics"]).replace(name, "NAME");
        text.replace("/secret", "/FILE")
            .replace("/nothing", "/FILE")
    };
    let there = words("compile_includes_a_file");
    assert_eq!(
        there.replace('^', ""),
        words("compile_includes_what_is_not_there").replace('^', "")
    );
}

/// Everything that a submission's author is told.
pub(crate) fn said_of(verdict: &Value) -> String {
    let checks = verdict["checks"].as_array().expect("a list").iter();
    let failed = checks.filter(|check| check["status"] == "failed");
    let mut said: String = failed
        .map(|check| format!("{}: {}\n", string(&check["id"]), string(&check["message"])))
        .collect();
    said.push_str(string(&verdict["diagnostics"]));
    said
}

fn string(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it speaks UTF-8")
}

/// Printed even if the tests' own output is captured, for reviewers.
fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

#[test]
fn no_line_for_people_is_a_command() {
    let bait = Bait::new();
    for name in [
        "run_speaks_to_the_build_server",
        "compile_speaks_to_the_build_server",
    ] {
        let verdict = crate::verdicts::grade("inflight_fix", &bait.attack(name));
        let mut shown = Vec::new();
        grader::grade::report::Report::one(&grader::grade::report::Human, &verdict, &mut shown)
            .expect("memory can be written");
        let shown = text(&shown);
        assert!(shown.contains("error file=a.rs"), "{shown}");
        assert!(!shown.contains("##["), "{shown}");
        let command = |line: &str| line.trim_start().starts_with("::");
        assert!(!shown.lines().any(command), "{shown}");
    }
}

#[test]
fn every_attack_is_tried() {
    let tried: BTreeMap<&str, ()> = ATTACKS.iter().map(|(name, ..)| (*name, ())).collect();
    assert_eq!(tried.len(), ATTACKS.len());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/attacks");
    for entry in fs::read_dir(folder).expect("it can be read") {
        let path = entry.expect("it can be read").path();
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let elsewhere = ["run_uses_the_cpu_on_threads"];
        assert!(
            tried.contains_key(&*name) || elsewhere.contains(&&*name),
            "{name}"
        );
    }
}

/// A crate with everything that cargo would obey.
#[test]
fn nothing_but_its_source_takes_part() {
    let bait = Bait::new();
    let path = bait.place("crate");
    let mark = bait.place("mark");
    let touch = format!("fn main() {{ std::fs::write({mark:?}, \"\").unwrap(); }}");
    let cargo = "[build]\nrustc-wrapper = \"./evil\"\n[target.'cfg(all())']\nrunner = \"./evil\"\n";
    let evil = format!("#!/bin/sh\ntouch {}\n", mark.display());
    for (name, text) in [
        ("src/lib.rs", format!("fn attack() {{}}\n{CACHE}")),
        ("build.rs", touch),
        (".cargo/config.toml", cargo.to_owned()),
        ("rust-toolchain.toml", "[toolchain]\npath = \"./evil\"\n".to_owned()),
        ("Cargo.toml", "[package]\nname = \"a\"\nbuild = \"build.rs\"\n[patch.crates-io]\nkit = { path = \"evil\" }\n[lib]\nproc-macro = true\n".to_owned()),
        ("evil", evil),
    ] {
        let file = path.join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("it is ours");
        fs::write(&file, text).expect("it is ours");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("it is ours");
    }
    let verdict = crate::verdicts::grade("inflight_fix", &path);
    assert_eq!(
        verdict.status,
        grader::grade::verdict::Status::Failed,
        "{}",
        verdict.diagnostics
    );
    bait.is_untouched();
}
