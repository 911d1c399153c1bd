//! Copies of a learner's work, made before it is overwritten and never removed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Learner, LearnerError};
use crate::course::Course;
use crate::course::language::Language;

impl Learner {
    /// Copies a drill's `src` folder to a new place, and returns it; `None` if there is no such folder.
    ///
    /// # Errors
    /// When it cannot be copied whole.
    pub fn back_up(&self, course: &Course, slug: &str) -> Result<Option<PathBuf>, LearnerError> {
        self.back_up_in(course, slug, Language::Rust)
    }

    /// The same in a language: in an interpreted language the one file is copied.
    ///
    /// # Errors
    /// When it cannot be copied whole.
    pub fn back_up_in(
        &self,
        course: &Course,
        slug: &str,
        language: Language,
    ) -> Result<Option<PathBuf>, LearnerError> {
        let source = match language {
            Language::Rust => course.exercise_dir(slug).join("src"),
            _ => course.path_in(slug, language),
        };
        if !source.exists() || (language.is_rust() && !source.is_dir()) {
            return Ok(None);
        }
        let all = self
            .store
            .dir()
            .join("backups")
            .join(language.of_drill(slug));
        fs::create_dir_all(&all).map_err(LearnerError::at(&all))?;
        for number in 1.. {
            let backup = all.join(number.to_string());
            match fs::create_dir(&backup) {
                Ok(()) => {
                    copy(&source, &backup).map_err(LearnerError::at(&backup))?;
                    return Ok(Some(backup));
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(LearnerError::at(&backup)(error)),
            }
        }
        unreachable!("there is always a next number")
    }
}

/// Copies a folder's content, or a file, into the folder `to`.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    match from.file_name().filter(|_| !from.is_dir()) {
        Some(name) => fs::copy(from, to.join(name)).map(drop),
        None => copy_folder(from, to),
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
