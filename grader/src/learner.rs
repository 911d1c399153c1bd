//! What is remembered of one learner: hints shown, drills passed, backups.
//!
//! Lives in `.learner/` in the course's folder, is written atomically, and is
//! never in the way: a damaged file is set aside with a word.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::course::Course;
use crate::verdict::Verdict;

/// What is remembered.
#[derive(Debug)]
pub struct Learner {
    dir: PathBuf,
    state: State,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    drills: BTreeMap<String, DrillState>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct DrillState {
    hints_shown: usize,
    /// The hash of the submission that passed, and the grader that said so.
    passed: Option<Pass>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Pass {
    sha256: String,
    grader: String,
}

/// Why something could not be remembered.
#[derive(Debug, Error)]
#[error("cannot write `{}`: {source}; may you write there?", path.display())]
pub struct LearnerError {
    path: PathBuf,
    source: io::Error,
}

impl Learner {
    /// What is remembered in `course`'s folder; nothing, when nothing was.
    pub fn of(course: &Course) -> Learner {
        let dir = course.root().join(".learner");
        let path = dir.join("state.json");
        let state = match fs::read(&path) {
            Err(_) => State::default(),
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|_| {
                set_aside(&path);
                State::default()
            }),
        };
        Learner { dir, state }
    }

    /// Whether the learner's own crate of that drill has passed once.
    pub fn has_passed(&self, slug: &str) -> bool {
        self.state
            .drills
            .get(slug)
            .is_some_and(|drill| drill.passed.is_some())
    }

    /// Notes a verdict on the learner's own crate; others are nobody's progress.
    /// Not being able to must not keep the verdict from being shown.
    pub fn remember(mut self, course: &Course, verdict: &Verdict) {
        let own = course.exercise_dir(&verdict.drill).canonicalize();
        let is_own = own.is_ok_and(|own| {
            Path::new(&verdict.submission)
                .canonicalize()
                .is_ok_and(|path| path == own)
        });
        if !is_own || !verdict.passed() {
            return;
        }
        let pass = Pass {
            sha256: verdict.sha256.clone(),
            grader: verdict.grader.clone(),
        };
        self.state
            .drills
            .entry(verdict.drill.clone())
            .or_default()
            .passed = Some(pass);
        if let Err(error) = self.save() {
            warn(&format!("your pass is not remembered: {error}"));
        }
    }

    /// Counts one more hint as shown, up to `all`; how many that makes.
    pub fn show_one_more_hint(&mut self, slug: &str, all: usize) -> usize {
        let drill = self.state.drills.entry(slug.to_owned()).or_default();
        drill.hints_shown = (drill.hints_shown + 1).min(all);
        drill.hints_shown
    }

    /// Writes what is remembered: all of it or nothing.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn save(&self) -> Result<(), LearnerError> {
        let path = self.dir.join("state.json");
        let write = || {
            fs::create_dir_all(&self.dir)?;
            let mut file = tempfile::NamedTempFile::new_in(&self.dir)?;
            serde_json::to_writer_pretty(&mut file, &self.state)?;
            file.flush()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|source| LearnerError { path, source })
    }

    /// Copies a drill's `src` folder to a new place; where, unless there is none.
    ///
    /// # Errors
    /// When it cannot be copied whole.
    pub fn back_up(&self, course: &Course, slug: &str) -> Result<Option<PathBuf>, LearnerError> {
        let source = course.exercise_dir(slug).join("src");
        if !source.is_dir() {
            return Ok(None);
        }
        let all = self.dir.join("backups").join(slug);
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| LearnerError { path, source }
        };
        fs::create_dir_all(&all).map_err(failed(&all))?;
        for number in 1.. {
            let backup = all.join(number.to_string());
            match fs::create_dir(&backup) {
                Ok(()) => {
                    copy_folder(&source, &backup).map_err(failed(&backup))?;
                    return Ok(Some(backup));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(&backup)(error)),
            }
        }
        unreachable!("there is always a next number")
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir(&target)?;
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

fn set_aside(path: &Path) {
    // One that was set aside before stays.
    let aside = (1..)
        .map(|number| path.with_extension(format!("damaged-{number}.json")))
        .find(|aside| !aside.exists())
        .expect("there is always a next number");
    let text = match fs::rename(path, &aside) {
        Ok(()) => format!(
            "`{}` was damaged and is now `{}`",
            path.display(),
            aside.display()
        ),
        Err(error) => format!(
            "`{}` is damaged and cannot be moved: {error}",
            path.display()
        ),
    };
    warn(&text);
}

#[expect(
    clippy::print_stderr,
    reason = "a word to the learner beside the command's own output"
)]
fn warn(text: &str) {
    eprintln!("grader: {text}");
}
