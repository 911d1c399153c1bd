//! The course on disk: where its folders are and what each drill's
//! `exercise.toml` says. Its main type is [`Course`]. It runs nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use thiserror::Error;

use crate::drills;
use crate::drive::limits::DrillLimits;
use crate::grade::feedback::CheckSettings;
use play::text::closest;

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
    /// How long it takes, about.
    pub minutes: u32,
    /// Crates a submission may use besides `std`, `kit`, `tokio` and `futures`,
    /// each with a version requirement as in a Cargo.toml.
    #[serde(default)]
    pub crates: BTreeMap<String, String>,
    /// What a submission may use of the machine.
    #[serde(default)]
    pub limits: DrillLimits,
    /// What students are shown of a check, by its id; of those not named, all.
    #[serde(default)]
    pub checks: BTreeMap<String, CheckSettings>,
    /// From a nudge to nearly the answer.
    #[serde(default)]
    pub hints: Vec<String>,
}

/// Why the course cannot be used as asked.
#[derive(Debug, Error)]
pub enum CourseError {
    /// Not inside a course.
    #[error(
        "no course here or in a folder above; run this in the course's folder, or name it with `--course DIR`"
    )]
    NotFound,
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
    #[error("`{}` is not as it should be: {message}", path.display())]
    Exercise {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
}

fn guess(closest: &Option<String>) -> String {
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
        let root = found.ok_or(CourseError::NotFound)?;
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

    /// The slugs of all drills, graded or not, in the order of the course.
    ///
    /// # Errors
    /// When `exercises/` cannot be read.
    pub fn slugs(&self) -> Result<Vec<String>, CourseError> {
        let dir = self.root.join("exercises");
        let failed = |source| CourseError::Read {
            path: dir.clone(),
            source,
        };
        let mut slugs = Vec::new();
        for entry in fs::read_dir(&dir).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            if entry.path().join("exercise.toml").is_file() {
                slugs.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        // Graded ones in the order they are taught, then the rest by name.
        let place = |slug: &String| drills::ALL.iter().position(|drill| drill.slug() == slug);
        slugs.sort_by_key(|slug| (place(slug).unwrap_or(usize::MAX), slug.clone()));
        Ok(slugs)
    }

    /// What a drill's `exercise.toml` says.
    ///
    /// # Errors
    /// When there is no such drill, or its file is wrong.
    pub fn exercise(&self, slug: &str) -> Result<Exercise, CourseError> {
        let slugs = self.slugs()?;
        if !slugs.iter().any(|known| known == slug) {
            let closest = closest(slug, slugs.iter().map(String::as_str)).map(str::to_owned);
            return Err(CourseError::NoDrill {
                name: slug.to_owned(),
                closest,
            });
        }
        let path = self.exercise_dir(slug).join("exercise.toml");
        let text = fs::read_to_string(&path).map_err(|source| CourseError::Read {
            path: path.clone(),
            source,
        })?;
        let wrong = |message| CourseError::Exercise {
            path: path.clone(),
            message,
        };
        let exercise: Exercise =
            toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))?;
        known_checks(slug, &exercise).map_err(wrong)?;
        Ok(exercise)
    }

    /// The hidden tests of a drill.
    ///
    /// # Errors
    /// When there is no such drill, or it has none.
    pub fn drill(&self, slug: &str) -> Result<&'static dyn drills::Drill, CourseError> {
        self.exercise(slug)?;
        drills::find(slug).ok_or_else(|| CourseError::Ungraded(slug.to_owned()))
    }
}

/// A slip in a check's id must not show what was to be hidden.
fn known_checks(slug: &str, exercise: &Exercise) -> Result<(), String> {
    let Some(drill) = drills::find(slug) else {
        return Ok(());
    };
    let known = || drill.checks().iter().map(|check| check.id);
    match exercise
        .checks
        .keys()
        .find(|id| known().all(|known| known != *id))
    {
        None => Ok(()),
        Some(id) => {
            let guess = closest(id, known()).map(str::to_owned);
            Err(format!(
                "`[checks.{id}]` names no check of this drill{}",
                self::guess(&guess)
            ))
        }
    }
}
