//! Submissions that are the same apart from names, comments and layout.

use std::cmp::Reverse;

use super::super::KnownShape;
use super::{Group, Mark, mark};
use crate::class::batch::record::Record;

/// A group of such submissions.
#[derive(Debug)]
pub(in crate::class::class_report) struct Alike {
    pub(in crate::class::class_report) who: Group,
    /// Whether they are the same byte for byte.
    pub(in crate::class::class_report) identical: bool,
    /// The course's own file that they equal, if any.
    pub(in crate::class::class_report) known: Option<&'static str>,
}

/// The submissions of a drill while they are counted: shape, content and place.
#[derive(Default)]
pub(super) struct Counting(Vec<(Mark, Mark, u32)>);

impl Counting {
    pub(super) fn add(&mut self, place: usize, record: &Record) {
        // No class has more.
        if let (false, Ok(place)) = (record.shape.is_empty(), u32::try_from(place)) {
            let marks = (mark(&record.shape), mark(&record.sha256), place);
            self.0.push(marks);
        }
    }

    /// The largest group first. A copy of the course's own code counts even alone,
    /// everything else from two on.
    pub(super) fn into_list(mut self, known: &[KnownShape]) -> Vec<Alike> {
        self.0
            .sort_unstable_by_key(|(shape, _, place)| (*shape, *place));
        let mut groups = Vec::new();
        for all in self.0.chunk_by(|one, other| one.0 == other.0) {
            let (shape, content, _) = all[0];
            let known = known.iter().find(|known| mark(&known.shape) == shape);
            if known.is_none() && all.len() < 2 {
                continue;
            }
            let mut who = Group::default();
            for (_, _, place) in all {
                who.add(*place as usize);
            }
            groups.push(Alike {
                who,
                identical: all.iter().all(|it| it.1 == content),
                known: known.map(|known| known.what),
            });
        }
        groups.sort_by_key(|group| (Reverse(group.who.count), group.who.first[0]));
        groups
    }
}
