//! JSON: an array of verdicts, as `verdict.rs` describes them.

use std::io::{self, Write};

use super::Report;
use crate::grade::verdict::Verdict;

/// Writes the array when all verdicts are known.
#[derive(Debug)]
pub struct Json;

impl Report for Json {
    fn all(&self, verdicts: &[Verdict], out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut *out, verdicts)?;
        writeln!(out)
    }
}
