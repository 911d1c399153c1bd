//! The interpreters on this machine: which program runs a language, and whether the course's
//! drills run in it. Its main type is [`Interpreter`]. Each is asked once, when a drill first
//! needs it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;
use thiserror::Error;

use crate::course::language::Language;

/// What the drills of a language need.
#[derive(Debug, PartialEq, Eq)]
pub struct Needed {
    /// The language.
    language: Language,
    /// What the program is called, the usual name first.
    names: &'static [&'static str],
    /// The oldest version that will do.
    oldest: (u32, u32),
    /// Its own name, in a sentence.
    program: &'static str,
    /// How to get it on Debian.
    debian: &'static str,
    /// What it is asked about itself: its version, its own file behind every link and
    /// wrapper, and where its library is.
    asked: &'static [&'static str],
}

static PYTHON: Needed = Needed {
    language: Language::Python,
    names: &[
        "python3",
        "python3.14",
        "python3.13",
        "python3.12",
        "python3.11",
    ],
    oldest: (3, 11),
    program: "Python",
    debian: "`apt install python3`",
    asked: &["-I", "-S", "-c", ASKED_OF_PYTHON],
};

static NODE: Needed = Needed {
    language: Language::Node,
    names: &["node", "nodejs"],
    oldest: (20, 0),
    program: "Node.js",
    debian: "`apt install nodejs`, where that is new enough",
    asked: &["--jitless", "--no-warnings", "-e", ASKED_OF_NODE],
};

const ASKED_OF_NODE: &str = "const fs = require('node:fs'), path = require('node:path')
const own = fs.realpathSync(process.execPath)
const version = process.versions.node.split('.').map((part) => parseInt(part, 10))
console.log(JSON.stringify({ version, path: own, stdlib: path.dirname(own) }))";

const ASKED_OF_PYTHON: &str = "import json, os, sys
own = getattr(sys, '_base_executable', None) or sys.executable
print(json.dumps({
    'version': list(sys.version_info[:3]),
    'path': os.path.realpath(own),
    'stdlib': os.path.dirname(os.path.realpath(os.__file__)),
}))";

/// An interpreter that is new enough.
#[derive(Clone, Debug)]
pub struct Interpreter {
    language: Language,
    path: PathBuf,
    stdlib: PathBuf,
    version: (u32, u32, u32),
}

impl Needed {
    /// The oldest version in words: `3.11`, and `20` where any of that one will do.
    fn oldest(&self) -> String {
        match self.oldest {
            (major, 0) => major.to_string(),
            (major, minor) => format!("{major}.{minor}"),
        }
    }
}

/// Why drills in a language cannot be graded here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoInterpreter {
    /// There is none.
    #[error(
        "no `{}` on the path, and {} drills need {} {} or newer; install it (on Debian: {})",
        .0.names[0], .0.language, .0.program, .0.oldest(), .0.debian
    )]
    Missing(&'static Needed),
    /// It is there, and does not start.
    #[error(
        "`{}` is there, and does not start or does not say its version: is a variable like `NODE_OPTIONS` or `PYTHONHOME` set? {} drills need {} {} or newer (on Debian: {})",
        path.display(), needed.language, needed.program, needed.oldest(), needed.debian
    )]
    Fails {
        /// What is needed.
        needed: &'static Needed,
        /// Its file.
        path: PathBuf,
    },
    /// Submissions run as another user, who may not read it.
    #[error(
        "`{}` is open to its own user only, and submissions run as another one; install a {} for everybody (on Debian: {})",
        path.display(), needed.program, needed.debian
    )]
    Closed {
        /// What is needed.
        needed: &'static Needed,
        /// Its file.
        path: PathBuf,
    },
    /// It is too old.
    #[error(
        "`{}` is {} {version}, and {} drills need {} or newer; install a newer one and put it on the path",
        path.display(), needed.program, needed.language, needed.oldest()
    )]
    TooOld {
        /// What is needed.
        needed: &'static Needed,
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
    /// The first on the path that runs this language and is new enough.
    ///
    /// # Errors
    /// When there is none.
    ///
    /// # Panics
    /// For Rust, which is compiled.
    pub fn find(language: Language) -> Result<&'static Interpreter, NoInterpreter> {
        type Found = OnceLock<Result<Interpreter, NoInterpreter>>;
        static FOUND: [Found; 2] = [Found::new(), Found::new()];
        let (needed, found) = match language {
            Language::Rust => panic!("Rust is compiled"),
            Language::Python => (&PYTHON, &FOUND[0]),
            Language::Node => (&NODE, &FOUND[1]),
        };
        let found = found.get_or_init(|| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
            Interpreter::among(needed, &folders, rustix::process::geteuid().is_root())
        });
        found.as_ref().map_err(Clone::clone)
    }

    /// The same, of those in these folders. `as_root`: they are run as another user.
    fn among(
        needed: &'static Needed,
        folders: &[PathBuf],
        as_root: bool,
    ) -> Result<Interpreter, NoInterpreter> {
        let (mut passed_over, mut fails) = (None, None);
        for name in needed.names {
            for path in folders.iter().map(|folder| folder.join(name)) {
                if !path.is_file() {
                    continue;
                }
                let Some(told) = ask(&path, needed) else {
                    fails.get_or_insert(NoInterpreter::Fails { needed, path });
                    continue;
                };
                let (major, minor, patch) = told.version;
                let version = format!("{major}.{minor}.{patch}");
                if (major, minor) < needed.oldest {
                    passed_over.get_or_insert(NoInterpreter::TooOld {
                        needed,
                        path,
                        version,
                    });
                } else if as_root && !is_for_everybody(&told.path) {
                    passed_over.get_or_insert(NoInterpreter::Closed { needed, path });
                } else {
                    return Ok(Interpreter {
                        language: needed.language,
                        path: told.path,
                        stdlib: told.stdlib,
                        version: told.version,
                    });
                }
            }
        }
        let why = passed_over.or(fails);
        Err(why.unwrap_or(NoInterpreter::Missing(needed)))
    }

    /// Its own file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where its library is, and what that needs.
    pub fn folders(&self) -> Vec<PathBuf> {
        if self.language == Language::Node {
            // All of it is in the program.
            return vec![self.path.clone()];
        }
        // `/usr/lib/python3.11`, and the shared libraries beside it.
        let beside = self.stdlib.parent().unwrap_or(&self.stdlib);
        vec![beside.to_owned(), self.stdlib.clone()]
    }

    /// Its version, as `3.11.7`.
    pub fn version(&self) -> String {
        let (major, minor, patch) = self.version;
        format!("{major}.{minor}.{patch}")
    }

    /// The first number of its version.
    pub fn major(&self) -> u32 {
        self.version.0
    }
}

/// Why nothing in this language can be graded on this machine, if so.
pub fn trouble(language: Language) -> Option<String> {
    if language.is_rust() {
        return None;
    }
    let found = Interpreter::find(language);
    found.err().map(|why| why.to_string())
}

/// Whether every user may execute the file.
fn is_for_everybody(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.ancestors().all(|place| {
        std::fs::metadata(place).is_ok_and(|met| met.permissions().mode() & 0o001 != 0)
    })
}

/// What the program at `path` says of itself, if it runs the language at all.
fn ask(path: &Path, needed: &Needed) -> Option<Told> {
    let said = Command::new(path)
        .args(needed.asked)
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
        for needed in [&PYTHON, &NODE] {
            let missing = Interpreter::among(needed, &[], false).expect_err("there is none");
            let line = missing.to_string();
            assert!(
                line.starts_with(&format!("no `{}` on", needed.names[0])),
                "{line}"
            );
            assert!(!line.contains('\n'));
        }
        let old = folder_with(r#"{"version":[3,10,2],"path":"/x","stdlib":"/y"}"#);
        let too_old =
            Interpreter::among(&PYTHON, &[old.path().to_owned()], false).expect_err("it is old");
        let line = too_old.to_string();
        assert!(line.contains("is Python 3.10.2"), "{line}");
        assert!(!line.contains('\n'));
    }

    #[test]
    fn a_node_that_is_too_old_is_told_in_one_line() {
        let folder = folder_with(r#"{"version":[18,19,1],"path":"/x","stdlib":"/y"}"#);
        let name = folder.path().join("node");
        std::fs::rename(folder.path().join("python3"), name).expect("it is ours");
        let old = Interpreter::among(&NODE, &[folder.path().to_owned()], false);
        let line = old.expect_err("it is old").to_string();
        assert!(line.contains("is Node.js 18.19.1"), "{line}");
        assert!(
            line.contains("JavaScript drills need 20 or newer"),
            "{line}"
        );
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
        let closed =
            Interpreter::among(&PYTHON, &folders, true).expect_err("a temporary folder is closed");
        assert!(matches!(closed, NoInterpreter::Closed { .. }));
        assert!(Interpreter::among(&PYTHON, &folders, false).is_ok());
    }

    #[test]
    fn a_newer_one_further_along_the_path_is_taken() {
        let old = folder_with(r#"{"version":[3,10,2],"path":"/x","stdlib":"/y"}"#);
        let new = folder_with(r#"{"version":[3,12,0],"path":"/p","stdlib":"/l/python3.12"}"#);
        let none = folder_with("no Python");
        let folders = [none, old, new].map(|folder| (folder.path().to_owned(), folder));
        let paths = folders.each_ref().map(|(path, _)| path.clone());
        let found = Interpreter::among(&PYTHON, &paths, false).expect("one is new enough");
        assert_eq!(found.version(), "3.12.0");
        assert_eq!(found.path(), Path::new("/p"));
    }
}
