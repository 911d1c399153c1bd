//! `.ci/setup` on machines of every kind: what it installs, what it says, what it leaves alone.
//!
//! Each machine is a folder of stand-ins that is the script's whole `PATH`. Its apt notes how
//! it was called and makes the programs of the packages it has.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

use crate::courses::{Said, root};

/// What is missing on a machine that has all the script needs but these.
struct Machine(TempDir);

impl Machine {
    fn without(missing: &[&str]) -> Machine {
        let machine = Machine(tempfile::tempdir().expect("there is space"));
        for tool in ["bash", "env", "dirname", "df", "tail", "awk"] {
            symlink(found(tool), machine.0.path().join(tool)).unwrap();
        }
        machine.program("id", "echo 1000");
        for program in ["cargo", "cc", "python3", "node", "npm", "chromium"] {
            if !missing.contains(&program) {
                machine.program(program, "echo v20.20.2");
            }
        }
        machine
    }

    fn program(&self, name: &str, text: &str) -> &Machine {
        let place = self.0.path().join(name);
        fs::write(&place, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    fn with_root(&self) -> &Machine {
        self.program("id", "echo 0")
    }

    /// An apt that has `packages`, each with the programs it brings and what these print.
    fn with_apt(&self, packages: &[(&str, &str, &str)]) -> &Machine {
        let here = self.0.path().display();
        let known = packages.iter().map(|(package, ..)| *package);
        let known: String = known.map(|package| format!("{package}) ;; ")).collect();
        self.program(
            "apt-cache",
            &format!("case $2 in {known} *) exit 100 ;; esac"),
        );
        let brings: String = packages
            .iter()
            .map(|(package, program, prints)| {
                format!(
                    "case \" $* \" in *' install '*' {package} '*) \
                     printf '#!/bin/sh\\necho {prints}\\n' >'{here}/{program}'; \
                     /bin/chmod +x '{here}/{program}' ;; esac\n"
                )
            })
            .collect();
        self.program(
            "apt-get",
            &format!("echo \"$@\" >>'{here}/asked'\n{brings}"),
        )
    }

    fn set_up(&self) -> Said {
        let mut command = Command::new(found("bash"));
        command.arg(root().join(".ci/setup"));
        Said::by(command.env_clear().env("PATH", self.0.path()))
    }

    /// How apt was called, a line a call.
    fn asked(&self) -> String {
        fs::read_to_string(self.0.path().join("asked")).unwrap_or_default()
    }
}

/// The program of this name on the machine the tests run on.
fn found(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").expect("there is one");
    let mut places = std::env::split_paths(&path).map(|folder| folder.join(name));
    places.find(|place| place.is_file()).expect("it is there")
}

const EVERYTHING: [(&str, &str, &str); 6] = [
    ("rustup", "cargo", "1"),
    ("build-essential", "cc", "1"),
    ("python3", "python3", "1"),
    ("nodejs", "node", "v20.19.2"),
    ("npm", "npm", "1"),
    ("chromium", "chromium", "1"),
];
const ALL: [&str; 6] = ["cargo", "cc", "python3", "node", "npm", "chromium"];

#[test]
fn a_machine_with_everything_is_told_what_a_run_costs_and_left_alone() {
    let machine = Machine::without(&[]);
    let said = machine.with_root().with_apt(&EVERYTHING).set_up();
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    for word in ["minutes", "processors", "GB of disk", "GB are free"] {
        assert!(said.err.contains(word), "{word}: {}", said.err);
    }
    assert_eq!(machine.asked(), "");
}

#[test]
fn a_fresh_machine_is_set_up_by_root_and_one_line_says_so() {
    let machine = Machine::without(&ALL);
    let said = machine.with_root().with_apt(&EVERYTHING).set_up();
    assert_eq!(said.code, 0, "{}", said.err);
    let lines: Vec<&str> = said.err.lines().collect();
    assert_eq!(
        lines[0],
        "test: installing rustup build-essential python3 nodejs npm chromium with apt"
    );
    assert_eq!(lines.len(), 2, "{}", said.err);
    assert_eq!(
        machine.asked(),
        "-qq update\n-qq install -y --no-install-recommends \
         rustup build-essential python3 nodejs npm chromium\n"
    );
}

#[test]
fn only_what_is_missing_is_installed() {
    let machine = Machine::without(&["npm", "chromium"]);
    let said = machine.with_root().with_apt(&EVERYTHING).set_up();
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        machine.asked().ends_with("recommends npm chromium\n"),
        "{}",
        machine.asked()
    );
}

#[test]
fn sudo_without_a_password_will_do() {
    let machine = Machine::without(&["chromium"]);
    let sudo = format!(
        "echo sudo \"$@\" >>'{}/asked'; shift; exec \"$@\"",
        machine.0.path().display()
    );
    machine.program("true", "exit 0").program("sudo", &sudo);
    let said = machine.with_apt(&EVERYTHING).set_up();
    assert_eq!(said.code, 0, "{}", said.err);
    let asked = machine.asked();
    let asked: Vec<&str> = asked.lines().collect();
    assert_eq!(
        asked[0], "sudo -n true",
        "nobody is asked for a password: {asked:?}"
    );
    assert!(
        asked[1].starts_with("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get"),
        "{asked:?}"
    );
    assert_eq!(
        asked.last(),
        Some(&"-qq install -y --no-install-recommends chromium")
    );
}

#[test]
fn elsewhere_one_line_says_what_to_install() {
    let line = "test: missing: cc (the linker), chromium (the browser tests); \
                on Debian or Ubuntu: sudo apt install build-essential chromium\n";
    let asks_for_a_password = Machine::without(&["cc", "chromium"]);
    asks_for_a_password.program("sudo", "exit 1");
    asks_for_a_password.with_apt(&EVERYTHING);
    let no_sudo = Machine::without(&["cc", "chromium"]);
    no_sudo.with_apt(&EVERYTHING);
    let no_apt = Machine::without(&["cc", "chromium"]);
    no_apt.with_root();
    for machine in [asks_for_a_password, no_sudo, no_apt] {
        let said = machine.set_up();
        assert_eq!((said.code, said.err.as_str()), (2, line));
        assert_eq!(machine.asked(), "");
    }
}

#[test]
fn what_a_release_does_not_have_keeps_nothing_else_from_being_installed() {
    let machine = Machine::without(&["cargo", "npm"]);
    let said = machine.with_root().with_apt(&EVERYTHING[1..]).set_up();
    assert_eq!(said.code, 2);
    assert!(machine.asked().ends_with("recommends npm\n"));
    let last = said.err.lines().last().unwrap();
    assert!(
        last.starts_with("test: missing: cargo (the toolchain; see https://rustup.rs);"),
        "{last}"
    );
}

#[test]
fn a_failing_apt_is_said_and_what_is_missing_named() {
    let machine = Machine::without(&["npm"]);
    machine.with_root().with_apt(&EVERYTHING);
    machine.program("apt-get", "echo 'E: no space left' >&2; exit 100");
    let said = machine.set_up();
    assert_eq!(said.code, 2);
    assert!(said.err.contains("E: no space left"), "{}", said.err);
    assert!(
        said.err
            .contains("\ntest: missing: npm (the browser tests);"),
        "{}",
        said.err
    );
}

#[test]
fn an_old_node_is_named_with_the_version_that_is_needed() {
    let installed = Machine::without(&["node"]);
    let mut packages = EVERYTHING;
    packages[3].2 = "v18.19.1";
    installed.with_root().with_apt(&packages);
    let there = Machine::without(&[]);
    there.program("node", "echo v18.19.1");
    for machine in [installed, there] {
        let said = machine.set_up();
        assert_eq!(said.code, 2);
        let last = said.err.lines().last().unwrap();
        assert!(
            last.starts_with("test: node 18.19.1 is too old") && last.contains("20 or newer"),
            "{last}"
        );
    }
}

#[test]
fn a_browser_has_several_names() {
    for name in ["chromium-browser", "google-chrome"] {
        let machine = Machine::without(&["chromium"]);
        let said = machine.program(name, "exit 0").set_up();
        assert_eq!(said.code, 0, "{name}: {}", said.err);
    }
    let script = fs::read_to_string(root().join("browser/browser.mjs")).unwrap();
    assert!(script.contains(r#"["chromium", "chromium-browser", "google-chrome"]"#));
}

#[test]
fn the_one_test_command_sets_the_machine_up_first() {
    let test = fs::read_to_string(root().join("test")).unwrap();
    let set_up = test.find("\n.ci/setup\n").expect("it calls the script");
    assert!(set_up < test.find("\nstep \"format\"").unwrap());
    assert!(Path::new(&root().join(".ci/setup")).is_file());
}
