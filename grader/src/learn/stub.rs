//! A drill's stub: what a learner starts from. Its main type is [`Stub`].

use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::course::Course;
use crate::course::language::Language;

/// The stub of one drill, as the course ships it now.
#[derive(Clone, Debug)]
pub struct Stub {
    slug: String,
    language: Language,
    shown: String,
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
        Stub::in_language(course, slug, Language::Rust)
    }

    /// The same in a language.
    ///
    /// # Errors
    /// When the course does not have it.
    pub fn in_language(
        course: &Course,
        slug: &str,
        language: Language,
    ) -> Result<Stub, StubMissing> {
        let path = course.stub_in(slug, language);
        let shown = course.file_in(slug, language);
        let text = std::fs::read(&path).map_err(|source| StubMissing { path, source })?;
        let sha256 = Sha256::digest(&text);
        Ok(Stub {
            slug: slug.to_owned(),
            sha256: sha256.iter().map(|byte| format!("{byte:02x}")).collect(),
            text,
            language,
            file: course.path_in(slug, language),
            shown,
        })
    }

    /// The language that a drill was begun in: Rust, unless only another language's file is not the
    /// stub any more.
    pub fn begun_in(course: &Course, slug: &str) -> Language {
        let is_begun = |language: &Language| {
            let stub = Stub::in_language(course, slug, *language);
            stub.is_ok_and(|stub| stub.file.is_file() && !stub.is_untouched())
        };
        let mut begun = Language::ALL.into_iter().filter(is_begun);
        begun.next().unwrap_or_default()
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
        self.shown.clone()
    }

    /// Whether the learner's file is the stub.
    pub fn is_untouched(&self) -> bool {
        std::fs::read(&self.file).is_ok_and(|current| current == self.text)
    }

    /// The drill it belongs to.
    pub(crate) fn slug(&self) -> &str {
        &self.slug
    }

    /// The language it is in.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// The learner's file, absolute.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }
}
