//! The file what is remembered lies in: read whatever it holds, written whole or not
//! at all, by one grader at a time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::row::Row;
use crate::course::Course;

/// All rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    pub(super) drills: BTreeMap<String, Row>,
    /// What a newer grader wrote and this one does not know.
    #[serde(flatten)]
    unknown: serde_json::Map<String, serde_json::Value>,
}

/// Why something could not be remembered.
#[derive(Debug, Error)]
#[error("cannot write `{}`: {source}; may you write there?", path.display())]
pub struct LearnerError {
    path: PathBuf,
    source: io::Error,
}

impl LearnerError {
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> LearnerError {
        let path = path.to_owned();
        move |source| LearnerError { path, source }
    }
}

/// The folder `.learner/` of a course.
#[derive(Debug)]
pub(super) struct Store {
    dir: PathBuf,
}

impl Store {
    pub(super) fn of(course: &Course) -> Store {
        Store {
            dir: course.root().join(".learner"),
        }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What was remembered, and a word about what was wrong with it.
    pub(super) fn load(&self) -> (State, Option<String>) {
        let path = self.dir.join("state.json");
        let Ok(bytes) = fs::read(&path) else {
            return (State::default(), None);
        };
        match serde_json::from_slice(&bytes) {
            Ok(state) => (state, None),
            Err(_) => (State::default(), Some(set_aside(&path))),
        }
    }

    /// Nobody else writes while this is held.
    pub(super) fn lock(&self) -> Result<File, LearnerError> {
        let path = self.dir.join("lock");
        let locked = || {
            fs::create_dir_all(&self.dir)?;
            let file = File::create(&path)?;
            file.lock()?;
            Ok(file)
        };
        locked().map_err(LearnerError::at(&path))
    }

    pub(super) fn save(&self, state: &State) -> Result<(), LearnerError> {
        let mut text = serde_json::to_vec_pretty(state).unwrap_or_default();
        text.push(b'\n');
        self.keep(&self.dir.join("state.json"), &text)
    }

    /// Writes a file of this folder: all of it or nothing.
    pub(super) fn keep(&self, path: &Path, text: &[u8]) -> Result<(), LearnerError> {
        let write = || {
            let folder = path.parent().unwrap_or(&self.dir);
            fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(text)?;
            // On the disk before it takes the place of what was there.
            file.as_file().sync_all()?;
            file.persist(path)?;
            Ok(())
        };
        write().map_err(LearnerError::at(path))
    }
}

/// Moves a damaged file out of the way; what to tell the learner.
fn set_aside(path: &Path) -> String {
    // One that was set aside before stays.
    let aside = (1..)
        .map(|number| path.with_extension(format!("damaged-{number}.json")))
        .find(|aside| !aside.exists())
        .expect("there is always a next number");
    match fs::rename(path, &aside) {
        Ok(()) => format!(
            "`{}` was damaged and is now `{}`",
            path.display(),
            aside.display()
        ),
        Err(error) => format!(
            "`{}` is damaged and cannot be moved: {error}",
            path.display()
        ),
    }
}
