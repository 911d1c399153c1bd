//! The course on disk: where its folders are and what each drill's
//! `exercise.toml` says. Its main type is [`Course`]. It runs nothing.

pub mod aloud;
pub mod language;
pub mod mistake;
pub mod settings;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use settings::{CheckSettings, DrillLimits};

/// The course's folder.
#[derive(Clone, Debug)]
pub struct Course {
    root: PathBuf,
}

/// What `exercise.toml` says of a drill.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// The drill's title.
    pub title: String,
    /// What the learner is to do, in one line.
    pub goal: String,
    /// About how many minutes it takes.
    pub minutes: u32,
    /// Crates a submission may use besides `std`, `kit`, `tokio` and `futures`, each as in
    /// the `[dependencies]` of a Cargo.toml.
    #[serde(default)]
    pub crates: BTreeMap<String, toml::Value>,
    /// What a submission may use of the machine.
    #[serde(default)]
    pub limits: DrillLimits,
    /// What students are shown of each check, by its id; everything for a check not named.
    #[serde(default)]
    pub checks: BTreeMap<String, CheckSettings>,
    /// From a nudge to nearly the answer.
    #[serde(default)]
    pub hints: Vec<String>,
}

impl Exercise {
    /// What is said of a drill whose file cannot be used.
    pub fn unknown(slug: &str) -> Exercise {
        Exercise {
            title: slug.to_owned(),
            goal: String::new(),
            minutes: 0,
            crates: BTreeMap::new(),
            limits: DrillLimits::default(),
            checks: BTreeMap::new(),
            hints: Vec::new(),
        }
    }
}

/// Why the course cannot be used as asked.
#[derive(Debug, Error)]
pub enum CourseError {
    /// Not inside a course.
    #[error(
        "no course here or in a folder above; run this in the course's folder, or name it with `--course DIR`"
    )]
    NotFound,
    /// A folder was named, and it is no course's.
    #[error("`{}` {}; a course's folder has `exercises/kit` and `grader` in it", path.display(), if path.is_dir() { "holds no course" } else { "is not there" })]
    NotOne {
        /// As it was named.
        path: PathBuf,
    },
    /// A drill that does not exist.
    #[error("no drill named `{name}`{}; `cargo grader list` shows them all", guess(.closest))]
    NoDrill {
        /// As it was typed.
        name: String,
        /// What may have been meant.
        closest: Option<String>,
    },
    /// A drill whose hidden tests are not written.
    #[error(
        "drill `{0}` has no hidden tests yet; its public ones run with `cargo test -p {0}` in `exercises/`"
    )]
    Ungraded(String),
    /// A file of the course that cannot be read.
    #[error("cannot read `{}`: {source}; is the course complete?", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// An exercise.toml that is wrong.
    #[error("`{}` is wrong: {message}", path.display())]
    Exercise {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

/// The end of an error about an unknown name: what was perhaps meant.
pub fn guess(closest: &Option<String>) -> String {
    closest
        .as_ref()
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}

impl Course {
    /// The course at `dir`, or the one that `start` lies in.
    ///
    /// # Errors
    /// [`CourseError::NotFound`] when there is none.
    pub fn find(dir: Option<&Path>, start: &Path) -> Result<Course, CourseError> {
        let is_course =
            |dir: &Path| dir.join("exercises/kit").is_dir() && dir.join("grader").is_dir();
        let found = match dir {
            Some(dir) => is_course(dir).then_some(dir),
            None => start.ancestors().find(|dir| is_course(dir)),
        };
        let root = found.ok_or_else(|| match dir {
            Some(dir) => CourseError::NotOne { path: dir.into() },
            None => CourseError::NotFound,
        })?;
        let root = root.canonicalize().map_err(|source| CourseError::Read {
            path: root.to_owned(),
            source,
        })?;
        Ok(Course { root })
    }

    /// The course's folder, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where everything built goes.
    pub fn target(&self) -> PathBuf {
        match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => self.root.join(dir),
            None => self.root.join("target"),
        }
    }

    /// The learner's crate of a drill.
    pub fn exercise_dir(&self, slug: &str) -> PathBuf {
        self.root.join("exercises").join(slug)
    }

    /// The reference solution, the stub as it was shipped, and other fixtures.
    pub fn solution_dir(&self, slug: &str) -> PathBuf {
        self.root.join("solutions").join(slug)
    }

    /// Whether `path` is the user's own code: it lies in the course.
    pub fn is_own(&self, path: &Path) -> bool {
        let own = ["exercises", "solutions"].map(|folder| self.root.join(folder));
        path.canonicalize()
            .is_ok_and(|path| own.iter().any(|folder| path.starts_with(folder)))
    }
}
