//! Why something was not run: what rustc said first, or why it was rejected.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::{Group, Mark, mark};
use crate::class::batch::record::Record;
use crate::grade::verdict::Status;

/// Everybody something happened to for the same reason. What the reason was,
/// [`why`] says of any of them.
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

/// The first error, without what is one submission's alone.
pub(in crate::class::class_report) fn why(record: &Record) -> String {
    let text = &record.verdict.diagnostics;
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let error = lines.clone().find(|line| line.starts_with("error"));
    let line = error.or_else(|| lines.next()).unwrap_or_default();
    // The path of what was handed in differs from one to the next.
    let line = line.replace(&record.verdict.submission, "…");
    match record.verdict.status {
        Status::Rejected => format!("rejected: {line}"),
        _ => line,
    }
}
