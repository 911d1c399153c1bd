//! The Python on this machine: which program it is, and whether the course's drills run in
//! it. Its main type is [`Interpreter`]. It is asked once, when a drill first needs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;
use thiserror::Error;

use crate::course::language::Language;

/// The oldest version that the drills run in.
const OLDEST: (u32, u32) = (3, 11);

/// What it is called, the usual name first.
const NAMES: [&str; 5] = [
    "python3",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
];

/// What an interpreter is asked about itself: its version, its own file behind every link
/// and wrapper, and where its library is.
const ASKED: &str = "import json, os, sys
own = getattr(sys, '_base_executable', None) or sys.executable
print(json.dumps({
    'version': list(sys.version_info[:3]),
    'path': os.path.realpath(own),
    'stdlib': os.path.dirname(os.path.realpath(os.__file__)),
}))";

/// A Python interpreter that is new enough.
#[derive(Clone, Debug)]
pub struct Interpreter {
    path: PathBuf,
    stdlib: PathBuf,
    version: String,
}

/// Why Python drills cannot be graded here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoInterpreter {
    /// There is none.
    #[error(
        "no `python3` on the path, and Python drills need 3.11 or newer; install it (on Debian: `apt install python3`)"
    )]
    Missing,
    /// Submissions run as another user, who may not read it.
    #[error(
        "`{}` is open to its own user only, and submissions run as another one; install a Python for everybody (on Debian: `apt install python3`)", path.display()
    )]
    Closed {
        /// Its file.
        path: PathBuf,
    },
    /// It is too old.
    #[error(
        "`{}` is Python {version}, and Python drills need 3.11 or newer; install a newer one and put it on the path", path.display()
    )]
    TooOld {
        /// Its file.
        path: PathBuf,
        /// Its version.
        version: String,
    },
}

#[derive(Deserialize)]
struct Told {
    version: (u32, u32, u32),
    path: PathBuf,
    stdlib: PathBuf,
}

impl Interpreter {
    /// The first on the path that is new enough.
    ///
    /// # Errors
    /// When there is none.
    pub fn find() -> Result<&'static Interpreter, NoInterpreter> {
        static FOUND: OnceLock<Result<Interpreter, NoInterpreter>> = OnceLock::new();
        let found = FOUND.get_or_init(|| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
            Interpreter::among(&folders, rustix::process::geteuid().is_root())
        });
        found.as_ref().map_err(Clone::clone)
    }

    /// The same, of those in these folders. `as_root`: they are run as another user.
    fn among(folders: &[PathBuf], as_root: bool) -> Result<Interpreter, NoInterpreter> {
        let mut passed_over = None;
        for name in NAMES {
            for path in folders.iter().map(|folder| folder.join(name)) {
                let Some(told) = path.is_file().then(|| ask(&path)).flatten() else {
                    continue;
                };
                let (major, minor, patch) = told.version;
                let version = format!("{major}.{minor}.{patch}");
                if (major, minor) < OLDEST {
                    passed_over.get_or_insert(NoInterpreter::TooOld { path, version });
                } else if as_root && !is_for_everybody(&told.path) {
                    passed_over.get_or_insert(NoInterpreter::Closed { path });
                } else {
                    return Ok(Interpreter {
                        path: told.path,
                        stdlib: told.stdlib,
                        version,
                    });
                }
            }
        }
        Err(passed_over.unwrap_or(NoInterpreter::Missing))
    }

    /// Its own file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where its library is, and what that needs.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        // `/usr/lib/python3.11`, and the shared libraries beside it.
        let beside = self.stdlib.parent().unwrap_or(&self.stdlib);
        vec![beside.to_owned(), self.stdlib.clone()]
    }

    /// Its version, as `3.11.7`.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// Why nothing in this language can be graded on this machine, if so.
pub fn trouble(language: Language) -> Option<String> {
    let found = match language {
        Language::Rust => return None,
        Language::Python => Interpreter::find(),
    };
    found.err().map(|why| why.to_string())
}

/// Whether every user may execute the file.
fn is_for_everybody(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.ancestors().all(|place| {
        std::fs::metadata(place).is_ok_and(|met| met.permissions().mode() & 0o001 != 0)
    })
}

/// What the program at `path` says of itself, if it is a Python at all.
fn ask(path: &Path) -> Option<Told> {
    let said = Command::new(path)
        .args(["-I", "-S", "-c", ASKED])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    serde_json::from_slice(&said.stdout).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with a program `python3` that says this of itself.
    fn folder_with(said: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("there is space");
        let path = folder.path().join("python3");
        // Another process writes it: one that a test beside this one starts meanwhile would
        // inherit the open file, and nobody can execute what is open for writing.
        let written = Command::new("sh")
            .args(["-c", r#"printf '%s' "$1" >"$2" && chmod 755 "$2""#, "sh"])
            .arg(format!("#!/bin/sh\necho '{said}'\n"))
            .arg(&path)
            .status();
        assert!(written.expect("there is a shell").success());
        folder
    }

    #[test]
    fn one_that_is_missing_or_too_old_is_told_in_one_line() {
        let missing = Interpreter::among(&[], false).expect_err("there is none");
        assert_eq!(missing, NoInterpreter::Missing);
        let old = folder_with(r#"{"version":[3,10,2],"path":"/x","stdlib":"/y"}"#);
        let too_old = Interpreter::among(&[old.path().to_owned()], false).expect_err("it is old");
        let line = too_old.to_string();
        assert!(line.contains("is Python 3.10.2"), "{line}");
        assert!(!line.contains('\n'));
    }

    #[test]
    fn one_that_others_may_not_run_is_passed_over_by_root() {
        let mine = tempfile::tempdir().expect("there is space");
        let told = format!(
            r#"{{"version":[3,12,0],"path":"{}/python3","stdlib":"/l"}}"#,
            mine.path().display()
        );
        let new = folder_with(&told);
        let folders = [new.path().to_owned()];
        let closed = Interpreter::among(&folders, true).expect_err("a temporary folder is closed");
        assert!(matches!(closed, NoInterpreter::Closed { .. }));
        assert!(Interpreter::among(&folders, false).is_ok());
    }

    #[test]
    fn a_newer_one_further_along_the_path_is_taken() {
        let old = folder_with(r#"{"version":[3,10,2],"path":"/x","stdlib":"/y"}"#);
        let new = folder_with(r#"{"version":[3,12,0],"path":"/p","stdlib":"/l/python3.12"}"#);
        let none = folder_with("no Python");
        let folders = [none, old, new].map(|folder| (folder.path().to_owned(), folder));
        let paths = folders.each_ref().map(|(path, _)| path.clone());
        let found = Interpreter::among(&paths, false).expect("one is new enough");
        assert_eq!(found.version(), "3.12.0");
        assert_eq!(found.path(), Path::new("/p"));
    }
}
