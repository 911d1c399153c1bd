//! The book, built in this process as `mdbook build` does it.

use std::path::Path;

use mdbook_driver::MDBook;
use thiserror::Error;

use crate::course::Course;

/// Why there is no book.
#[derive(Debug, Error)]
#[error("cannot build the book: {0}; is the course complete?")]
pub struct BookError(String);

/// Builds the book of `course` into `out`, which is emptied first, or into the folder
/// that `book.toml` names. Settings are also read from `MDBOOK_…` in the environment.
///
/// # Errors
/// When a page is missing or cannot be written.
pub fn build(course: &Course, out: Option<&Path>) -> Result<(), BookError> {
    let built = || {
        let mut book = MDBook::load(course.root())?;
        if let Some(out) = out {
            book.config.build.build_dir = out.to_owned();
        }
        book.build()
    };
    built().map_err(|error| BookError(format!("{error:#}")))
}

/// The book's title; empty if it has none.
pub fn title(course: &Course) -> String {
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Settings {
        book: Named,
    }
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Named {
        title: String,
    }
    let text = std::fs::read_to_string(course.root().join("book.toml")).unwrap_or_default();
    let settings: Settings = toml::from_str(&text).unwrap_or_default();
    settings.book.title
}
