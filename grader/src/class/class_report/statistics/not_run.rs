//! Why submissions were not run: rustc's first error, or the reason of a rejection.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::{Group, Mark, mark};
use crate::class::batch::record::Record;
use crate::grade::verdict::Status;

/// All submissions that were not run for the same reason. [`why`] tells the
/// reason of any of them.
pub(in crate::class::class_report) type NotRun = Group;

/// The reasons of a drill while they are counted.
#[derive(Default)]
pub(super) struct Counting(HashMap<Mark, NotRun>);

impl Counting {
    pub(super) fn add(&mut self, place: usize, record: &Record) {
        self.0.entry(mark(&why(record))).or_default().add(place);
    }

    /// The commonest first.
    pub(super) fn into_list(self) -> Vec<NotRun> {
        let mut all: Vec<NotRun> = self.0.into_values().collect();
        all.sort_by_key(|group| (Reverse(group.count), group.first[0]));
        all
    }
}

/// The first error, without what belongs to one submission alone.
pub(in crate::class::class_report) fn why(record: &Record) -> String {
    let text = &record.verdict.diagnostics;
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let error = lines.clone().find(|line| line.starts_with("error"));
    let line = error.or_else(|| lines.next()).unwrap_or_default();
    // The path of the submission differs from one to the next.
    let line = line.replace(&record.verdict.submission, "…");
    match record.verdict.status {
        Status::Rejected => format!("rejected: {line}"),
        _ => line,
    }
}
