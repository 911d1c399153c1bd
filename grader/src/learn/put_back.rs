//! Putting a stub back: a learner's file is only ever replaced when they ask, and after
//! a backup was made.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::course::Course;
use crate::learn::learner::{Learner, LearnerError};
use crate::learn::stub::{Stub, StubMissing};

/// Why a stub could not be put back.
#[derive(Debug, Error)]
pub enum StubError {
    /// The course has lost it.
    #[error(transparent)]
    Missing(#[from] StubMissing),
    /// The learner's file could not be backed up, so nothing was touched.
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
    /// The file is the stub again; the old file is in this backup, if there was one.
    Done(Option<PathBuf>),
}

impl Stub {
    /// Makes the learner's file the stub again, and keeps the old file in a backup.
    ///
    /// # Errors
    /// When something cannot be written. Then the learner's file is unchanged.
    pub fn put_back(&self, course: &Course) -> Result<PutBack, StubError> {
        if self.is_untouched() {
            return Ok(PutBack::Already);
        }
        // The backup first: if it fails, nothing has been touched.
        let backup = match self.is_anything_there() {
            true => Learner::read(course).back_up_in(course, self.slug(), self.language())?,
            false => None,
        };
        self.write().map_err(|source| StubError::Write {
            shown: self.shown(),
            source,
        })?;
        Learner::change(course, |learner| {
            learner.begin_anew_in(course, self.slug(), self.language())
        })?;
        Ok(PutBack::Done(backup))
    }

    /// Whether there is something to keep; a folder that cannot be read may hold it.
    fn is_anything_there(&self) -> bool {
        if !self.language().is_rust() {
            return self.file().exists();
        }
        let all = std::fs::read_dir(self.folder());
        !all.is_ok_and(|mut all| all.next().is_none())
    }

    fn folder(&self) -> &Path {
        self.file().parent().unwrap_or(Path::new("."))
    }

    fn write(&self) -> io::Result<()> {
        let folder = self.folder();
        std::fs::create_dir_all(folder)?;
        let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
        fresh.write_all(self.text())?;
        // With the permissions of an ordinary new file.
        let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        fresh.as_file().set_permissions(readable)?;
        fresh.persist(self.file())?;
        Ok(())
    }
}
