//! Files that were uploaded one by one and form one submission: each has the name that its student gave it,
//! wherever the learning system put it.

use std::path::PathBuf;

use super::container::{Container, Take};
use super::error::SubmissionError;
use super::layout::Picks;
use super::listing::{EntryKind, Listing};
use super::single;
use super::sources::Stop;

/// One of several files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The name its student gave it.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

impl Container for &[Part] {
    fn list(&mut self, listing: &mut Listing) -> Result<(), Stop> {
        for part in self.iter() {
            listing.note(part.name.as_bytes(), EntryKind::File, None)?;
        }
        Ok(())
    }

    fn take(&mut self, picks: &Picks, take: &mut Take<'_>) -> Result<(), Stop> {
        for (index, path) in picks {
            let Some(part) = self.get(*index) else {
                continue;
            };
            let (mut file, size) = single::open(&part.path).map_err(|error| match error {
                SubmissionError::Rejected { fault, .. } => Stop::Fault(fault),
                error => Stop::from(std::io::Error::other(error)),
            })?;
            take(path, size, &mut file)?;
        }
        Ok(())
    }
}
