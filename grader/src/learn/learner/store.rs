//! The file what is remembered lies in: read whatever it holds, written whole or not
//! at all, by one grader at a time.

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
    /// Rows that are none, of whatever they are about.
    odd: BTreeMap<String, Value>,
    /// What a newer grader wrote and this one does not know.
    unknown: Map<String, Value>,
}

/// As it is written down. One row that cannot be read keeps no other from being read.
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
    /// It says nothing that can be understood, and lies there still.
    Damaged(PathBuf),
    /// What it says is not known.
    Unreadable(LearnerError),
}

/// Why something could not be remembered.
#[derive(Debug, Error)]
#[error("cannot {doing} `{}`: {why}; may you {doing} {place}?", path.display())]
pub struct LearnerError {
    path: PathBuf,
    /// In the text already, so no source.
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

    /// What was remembered.
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
pub(super) fn set_aside(path: &Path) -> String {
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
