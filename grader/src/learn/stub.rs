//! A drill's stub: what a learner starts from. Its main type is [`Stub`].

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::course::Course;

/// The stub of one drill, as the course ships it now.
#[derive(Clone, Debug)]
pub struct Stub {
    slug: String,
    text: Vec<u8>,
    sha256: String,
    file: PathBuf,
}

/// The course has lost a stub.
#[derive(Debug, Error)]
#[error("cannot read the stub `{}`: {source}; is the course complete?", path.display())]
pub struct StubMissing {
    /// Where it belongs.
    path: PathBuf,
    /// Why it cannot be read.
    source: io::Error,
}

impl Stub {
    /// The stub of the drill `slug`.
    ///
    /// # Errors
    /// When the course does not have it.
    pub fn of(course: &Course, slug: &str) -> Result<Stub, StubMissing> {
        let path = course.solution_dir(slug).join("stub.rs");
        let text = std::fs::read(&path).map_err(|source| StubMissing { path, source })?;
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

    /// The drill it belongs to.
    pub(crate) fn slug(&self) -> &str {
        &self.slug
    }

    /// The learner's file, absolute.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }
}
