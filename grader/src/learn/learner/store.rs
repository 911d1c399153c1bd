//! The file with the learner's state: readable whatever it holds, written whole or
//! not at all, by one grader at a time.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use super::row::Row;
use crate::course::Course;

/// All rows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub(super) struct State {
    pub(super) drills: BTreeMap<String, Row>,
    /// Rows that could not be read, kept as they were.
    odd: BTreeMap<String, Value>,
    /// Fields of a newer grader that this one does not know.
    unknown: Map<String, Value>,
}

/// The serialised form. One unreadable row does not keep others from being read.
#[derive(Serialize, Deserialize)]
struct Written {
    drills: BTreeMap<String, Value>,
    #[serde(flatten)]
    unknown: Map<String, Value>,
}

impl From<Written> for State {
    fn from(written: Written) -> State {
        let mut state = State {
            unknown: written.unknown,
            ..State::default()
        };
        for (slug, value) in written.drills {
            match Row::deserialize(&value) {
                Ok(row) => drop(state.drills.insert(slug, row)),
                Err(_) => drop(state.odd.insert(slug, value)),
            }
        }
        state
    }
}

impl From<State> for Written {
    fn from(state: State) -> Written {
        let mut drills = state.odd;
        for (slug, row) in state.drills {
            drills.insert(slug, serde_json::to_value(row).unwrap_or_default());
        }
        Written {
            drills,
            unknown: state.unknown,
        }
    }
}

/// What was found in the file.
#[derive(Debug)]
pub(super) enum Found {
    /// It was read, or there is none.
    Whole(State),
    /// Its content cannot be understood, and the file is still there.
    Damaged(PathBuf),
    /// Its content is unknown.
    Unreadable(LearnerError),
}

/// Why something could not be remembered.
#[derive(Debug, Error)]
#[error("cannot {doing} `{}`: {why}; may you {doing} {place}?", path.display())]
pub struct LearnerError {
    path: PathBuf,
    /// It is in the text already, so it is not a source.
    why: io::Error,
    doing: &'static str,
    place: &'static str,
}

impl LearnerError {
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> LearnerError {
        let path = path.to_owned();
        move |why| LearnerError {
            path,
            why,
            doing: "write",
            place: "there",
        }
    }

    fn reading(path: &Path, why: io::Error) -> LearnerError {
        LearnerError {
            path: path.to_owned(),
            why,
            doing: "read",
            place: "it",
        }
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

    /// The remembered state.
    pub(super) fn load(&self) -> Found {
        let path = self.dir.join("state.json");
        match fs::read(&path) {
            Ok(bytes) => match serde_json::from_slice(&bytes) {
                Ok(state) => Found::Whole(state),
                Err(_) => Found::Damaged(path),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::Whole(State::default()),
            Err(error) => Found::Unreadable(LearnerError::reading(&path, error)),
        }
    }

    /// No other process writes while this is held.
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

    /// Writes a file of this folder, completely or not at all.
    pub(super) fn keep(&self, path: &Path, text: &[u8]) -> Result<(), LearnerError> {
        let write = || {
            let folder = path.parent().unwrap_or(&self.dir);
            fs::create_dir_all(folder)?;
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(text)?;
            // Synced to disk before it replaces the old file.
            file.as_file().sync_all()?;
            file.persist(path)?;
            Ok(())
        };
        write().map_err(LearnerError::at(path))
    }
}

/// Moves a damaged file out of the way, and returns what to tell the learner.
pub(super) fn set_aside(path: &Path) -> String {
    // A file that was set aside earlier stays.
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
