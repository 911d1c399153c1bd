//! Reports: verdicts written out, one file per format.
//!
//! Reporting never runs code and never changes a verdict.

mod exercism;
mod github;
mod gradescope;
mod human;
mod json;
pub(crate) mod junit;
pub(crate) mod markdown;
mod paths;
mod prairielearn;
mod strip;
pub(crate) mod words;

use std::io::{self, Write};

use crate::grade::verdict::Verdict;

pub use exercism::Exercism;
pub use github::{Github, Source};
pub use gradescope::Gradescope;
pub use human::Human;
pub use json::Json;
pub use junit::Junit;
pub use markdown::Markdown;
pub use paths::clickable;
pub use prairielearn::PrairieLearn;
pub use strip::{duration, strips};
pub use words::{ended, ended_of};

/// A way to write verdicts.
pub trait Report {
    /// Called for each verdict as soon as it is known.
    ///
    /// # Errors
    /// When `out` cannot be written.
    fn one(&self, verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
        let _ = (verdict, out);
        Ok(())
    }

    /// Called once, with all of them, in the order of the paths.
    ///
    /// # Errors
    /// When `out` cannot be written.
    fn all(&self, verdicts: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
        let _ = (verdicts, out);
        Ok(())
    }

    /// Whether the reader of this format takes any exit code but 0 for a broken
    /// grader.
    fn says_whether_it_failed(&self) -> bool {
        false
    }
}
