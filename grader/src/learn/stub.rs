//! A drill's stub: what a learner starts from and can go back to.
//!
//! Its main type is [`Stub`]. A learner's file is only ever replaced by it when they ask,
//! and after what was there is in a backup.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::course::Course;
use crate::learn::learner::{Learner, LearnerError};

/// The stub of one drill, as the course ships it now.
#[derive(Clone, Debug)]
pub struct Stub {
    slug: String,
    text: Vec<u8>,
    sha256: String,
    file: PathBuf,
}

/// Why a stub could not be put back.
#[derive(Debug, Error)]
pub enum StubError {
    /// The course has lost it.
    #[error("cannot read the stub `{}`: {source}; is the course complete?", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
        /// Why it cannot be read.
        source: io::Error,
    },
    /// What is there could not be kept, so nothing was touched.
    #[error(transparent)]
    Backup(#[from] LearnerError),
    /// The learner's file cannot be written.
    #[error("cannot write `{shown}`: {source}")]
    Write {
        /// The file, from the course's folder.
        shown: String,
        /// Why not.
        source: io::Error,
    },
}

/// What putting a stub back did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PutBack {
    /// Nothing: the learner's file was the stub already.
    Already,
    /// The file is the stub again; what was there is kept, if there was something.
    Done(Option<PathBuf>),
}

impl Stub {
    /// The stub of the drill `slug`.
    ///
    /// # Errors
    /// When the course does not have it.
    pub fn of(course: &Course, slug: &str) -> Result<Stub, StubError> {
        let path = course.solution_dir(slug).join("stub.rs");
        let text = std::fs::read(&path).map_err(|source| StubError::Missing { path, source })?;
        let sha256 = Sha256::digest(&text);
        Ok(Stub {
            slug: slug.to_owned(),
            sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            text,
            file: course.exercise_dir(slug).join("src/lib.rs"),
        })
    }

    /// Its text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// The hash of its text.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The learner's file, from the course's folder.
    pub fn shown(&self) -> String {
        format!("exercises/{}/src/lib.rs", self.slug)
    }

    /// Whether the learner's file is the stub.
    pub fn is_untouched(&self) -> bool {
        std::fs::read(&self.file).is_ok_and(|current| current == self.text)
    }

    /// Makes the learner's file the stub again; what was there is kept in a backup.
    ///
    /// # Errors
    /// When something cannot be written. Then the learner's file is as it was.
    pub fn put_back(&self, course: &Course) -> Result<PutBack, StubError> {
        if self.is_untouched() {
            return Ok(PutBack::Already);
        }
        // The backup first: if it fails, nothing has been touched.
        let backup = match self.is_anything_there() {
            true => Learner::read(course).back_up(course, &self.slug)?,
            false => None,
        };
        self.write().map_err(|source| StubError::Write {
            shown: self.shown(),
            source,
        })?;
        Learner::change(course, |learner| learner.begin_anew(course, &self.slug))?;
        Ok(PutBack::Done(backup))
    }

    /// Whether there is something to keep; a folder that cannot be read may hold it.
    fn is_anything_there(&self) -> bool {
        let all = std::fs::read_dir(self.folder());
        !all.is_ok_and(|mut all| all.next().is_none())
    }

    fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("."))
    }

    fn write(&self) -> io::Result<()> {
        let folder = self.folder();
        std::fs::create_dir_all(folder)?;
        let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
        fresh.write_all(&self.text)?;
        // As a file that is not temporary would be.
        let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        fresh.as_file().set_permissions(readable)?;
        fresh.persist(&self.file)?;
        Ok(())
    }
}
