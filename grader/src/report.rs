//! Reports: verdicts written out, one file per format.
//!
//! Reporting never runs code and never changes a verdict.

mod human;
mod json;
mod strip;

use std::io::{self, Write};

use crate::verdict::Verdict;

pub use human::Human;
pub use json::Json;
pub use strip::{duration, strips};

/// A way to write verdicts.
pub trait Report {
    /// Called for each verdict as soon as it is there.
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
}
