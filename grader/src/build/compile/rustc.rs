//! What rustc is called with, and what of its text is shown. The main type is [`Rustc`].

use std::io;
use std::path::Path;
use std::process::Stdio;

use super::call::Call;
use super::said;
use super::{Workshop, room};
use crate::build::prepared::shared;
use crate::build::submission::Submission;
use crate::drills::Drill;
use crate::drive::confined::Confined;
use crate::drive::limits::Limits;
use crate::drive::policies::Calling;
use crate::drive::supervisor::output::Output;

/// The variables that Cargo would set for a package that states only its name. Its folder
/// is given relative to `src`, so that files beside that can be included and nothing of
/// this machine is revealed. `CARGO_CRATE_NAME` is left out: rustc would take it that
/// Cargo calls, and give advice for that.
pub(super) fn variables(drill: &dyn Drill) -> Vec<(String, String)> {
    let told = [
        ("CARGO_PKG_NAME", drill.slug()),
        ("CARGO_PKG_VERSION", "0.1.0"),
        ("CARGO_PKG_VERSION_MAJOR", "0"),
        ("CARGO_PKG_VERSION_MINOR", "1"),
        ("CARGO_PKG_VERSION_PATCH", "0"),
        ("CARGO_MANIFEST_DIR", ".."),
        ("CARGO_MANIFEST_PATH", "../Cargo.toml"),
    ];
    let untold = [
        "VERSION_PRE",
        "AUTHORS",
        "DESCRIPTION",
        "HOMEPAGE",
        "REPOSITORY",
        "LICENSE",
        "LICENSE_FILE",
        "RUST_VERSION",
        "README",
    ];
    let untold = untold.map(|name| (format!("CARGO_PKG_{name}"), String::new()));
    let told = told.map(|(name, value)| (name.to_owned(), value.to_owned()));
    told.into_iter().chain(untold).collect()
}

/// As little work for rustc as an honest run allows. Overflow is still checked, as
/// in the learner's own builds. Only `debug_assert!`s are left out: those in the
/// standard library's generic code alone cost an eighth of the time.
const CODEGEN: [&str; 5] = [
    "opt-level=0",
    "debuginfo=0",
    "debug-assertions=off",
    "overflow-checks=on",
    "embed-bitcode=no",
];

pub(super) struct Rustc<'a> {
    pub(super) workshop: Workshop<'a>,
    pub(super) dir: &'a Path,
    pub(super) user: u32,
    pub(super) variables: Vec<(String, String)>,
}

impl Rustc<'_> {
    pub(super) fn arguments(&self, crates: &[String]) -> Vec<String> {
        let prepared = self.workshop.prepared;
        let mut arguments = strings(&[
            "--edition",
            "2024",
            "--error-format",
            "json",
            "-F",
            "unsafe_code",
            "-A",
            "warnings",
        ]);
        for option in CODEGEN {
            arguments.extend(strings(&["-C", option]));
        }
        let deps = format!("dependency={}", prepared.deps().display());
        arguments.extend(["-L".to_owned(), deps]);
        for name in crates {
            if let Some(rlib) = prepared.rlib(name) {
                arguments.extend(["--extern".to_owned(), shared::named(name, rlib)]);
            }
        }
        arguments
    }

    /// How the submission becomes a library.
    pub(super) fn of_library(
        &self,
        drill: &dyn Drill,
        crates: &[String],
        submission: &Submission,
    ) -> Vec<String> {
        let mut arguments = self.arguments(crates);
        arguments.extend(strings(&[
            "--crate-type",
            "rlib",
            "--crate-name",
            drill.slug(),
            "--emit",
            "link,dep-info",
            "--out-dir",
            "out",
        ]));
        arguments.push(submission.root_file().to_owned());
        arguments
    }

    /// How the library and the contract, which comes through standard input,
    /// become a worker.
    pub(super) fn of_worker(&self, drill: &dyn Drill) -> io::Result<Vec<String>> {
        let places = self.workshop.places;
        let mut arguments = self.arguments(&["kit".to_owned(), "worker".to_owned()]);
        arguments.extend(places.linking_quickly(self.dir)?);
        arguments.extend(places.shared().map(linking_with).unwrap_or_default());
        arguments.extend(strings(&[
            "--crate-type",
            "bin",
            "--crate-name",
            "worker_of_submission",
            "--extern",
            &format!("submission=out/lib{}.rlib", drill.slug()),
            "-C",
            "strip=debuginfo",
            // The contract is a few lines, not worth a second codegen unit.
            "-C",
            "codegen-units=1",
            "-o",
            "out/worker",
            "-",
        ]));
        Ok(arguments)
    }

    pub(super) fn start(
        &self,
        calling: Calling,
        arguments: Vec<String>,
        input: Stdio,
    ) -> io::Result<Call<'_>> {
        let sandbox = self.workshop.sandbox;
        let limits = Limits {
            sandbox: sandbox.clone(),
            ..room::limits(self.workshop.jobs)
        };
        let places = self.workshop.places;
        let dir = self.dir;
        let mut policy = places.compiling(sandbox, &limits, self.user, dir, calling, arguments);
        policy.environment.extend(self.variables.iter().cloned());
        let mut process = Confined::spawn(&policy, &limits, input)?;
        let output = Output::drain(process.child(), said::RAW_BYTES);
        Ok(Call {
            rustc: self,
            process,
            output,
            limits,
        })
    }

    /// rustc's text without paths of this machine.
    pub(super) fn shorten(&self, text: &str) -> String {
        // Text from standard input has no file name.
        let mut short = text.replace("<anon>", "contract.rs");
        let workshop = self.workshop;
        let text_of = |path: &Path| path.to_string_lossy().into_owned();
        for (long, name) in [
            (text_of(self.dir) + "/", ""),
            (text_of(workshop.prepared.deps()), "DEPENDENCIES"),
            (text_of(workshop.prepared.folder()), "PREPARED"),
            (text_of(workshop.places.sysroot()), "RUST"),
            (text_of(&workshop.course.target()), "TARGET"),
            (text_of(workshop.course.root()) + "/", ""),
        ] {
            short = short.replace(&long, name);
        }
        // The text must not reveal whether an unreadable file exists.
        for there in [
            "Permission denied (os error 13)",
            "Is a directory (os error 21)",
        ] {
            short = short.replace(there, "No such file or directory (os error 2)");
        }
        let home = std::env::var("HOME").unwrap_or_default();
        let cargo = std::env::var("CARGO_HOME").unwrap_or_else(|_| home.clone() + "/.cargo");
        for (long, name) in [(cargo, "CARGO_HOME"), (home, "HOME")] {
            if long.len() > 1 && long.starts_with('/') {
                short = short.replace(&long, name);
            }
        }
        short
    }
}

/// The arguments that link the prepared crates from one shared library.
fn linking_with(library: &Path) -> Vec<String> {
    let folder = library.parent().unwrap_or(library).display();
    strings(&[
        "--extern",
        &shared::named(shared::NAME, library),
        "-C",
        "prefer-dynamic",
        "-C",
        &format!("link-arg=-Wl,-rpath,{folder}"),
    ])
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
