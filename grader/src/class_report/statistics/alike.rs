//! Submissions that are the same but for names, comments and layout.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::super::KnownShape;
use super::{Group, Mark, mark};
use crate::batch::record::Record;

/// A group of them.
#[derive(Debug)]
pub(in crate::class_report) struct Alike {
    pub(in crate::class_report) who: Group,
    /// Whether they are the same byte for byte.
    pub(in crate::class_report) identical: bool,
    /// What of the course's own they are.
    pub(in crate::class_report) known: Option<&'static str>,
}

/// The groups of a drill while they are counted, by their shape.
#[derive(Default)]
pub(super) struct Counting(HashMap<Mark, (Mark, Alike)>);

impl Counting {
    pub(super) fn add(&mut self, place: usize, record: &Record) {
        if record.shape.is_empty() {
            return;
        }
        let content = mark(&record.sha256);
        let (first, alike) = self.0.entry(mark(&record.shape)).or_insert_with(|| {
            let alike = Alike {
                who: Group::default(),
                identical: true,
                known: None,
            };
            (content, alike)
        });
        alike.identical &= *first == content;
        alike.who.add(place);
    }

    /// The largest first. What is the course's own counts from one on, everything else
    /// from two.
    pub(super) fn into_list(self, known: &[KnownShape]) -> Vec<Alike> {
        let all = self.0.into_iter().map(|(shape, (_, mut alike))| {
            let known = known.iter().find(|known| mark(&known.shape) == shape);
            alike.known = known.map(|known| known.what);
            alike
        });
        let mut groups: Vec<Alike> = all
            .filter(|group| group.known.is_some() || group.who.count > 1)
            .collect();
        groups.sort_by_key(|group| (Reverse(group.who.count), group.who.first[0]));
        groups
    }
}
