//! Which drills there are: the folders of the course and the hidden tests, brought
//! together. It asks a [`Course`] and runs nothing.

use std::fs;

use crate::course::{Course, CourseError, Exercise, mistake};
use crate::drills::{self, Drill};
use play::text::closest;

impl Course {
    /// The slugs of all drills, graded or not, in the order of the course.
    ///
    /// # Errors
    /// When `exercises/` cannot be read.
    pub fn slugs(&self) -> Result<Vec<String>, CourseError> {
        let dir = self.root().join("exercises");
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
        // Graded drills in the order they are taught, then the rest by name.
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
        let bytes = fs::read(&path).map_err(|source| CourseError::Read {
            path: path.clone(),
            source,
        })?;
        let wrong = |message| CourseError::Exercise {
            path: path.clone(),
            message,
        };
        let text = mistake::text_of(&bytes).map_err(wrong)?;
        let exercise: Exercise =
            toml::from_str(text).map_err(|error| wrong(mistake::told(text, &error)))?;
        known_checks(slug, &exercise).map_err(wrong)?;
        exercise.limits.are_possible().map_err(wrong)?;
        Ok(exercise)
    }

    /// The hidden tests of a drill.
    ///
    /// # Errors
    /// When there is no such drill, or it has none.
    pub fn drill(&self, slug: &str) -> Result<&'static dyn Drill, CourseError> {
        self.exercise(slug)?;
        drills::find(slug).ok_or_else(|| CourseError::Ungraded(slug.to_owned()))
    }
}

/// A slip in a check's id must not reveal a check that was to be hidden.
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
                "this drill has no check `{id}`, which `[checks.{id}]` names{}",
                crate::course::guess(&guess)
            ))
        }
    }
}
