//! The verdicts that changed when a class was graded again.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::record::{Outcome, Record};
use super::student::Student;

/// A student whose verdict has changed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// The student.
    pub student: Student,
    /// The drill's slug.
    pub drill: String,
    /// Whether the submission changed; otherwise the grader did.
    pub new_content: bool,
    /// The earlier verdict.
    pub before: Outcome,
    /// The present verdict.
    pub after: Outcome,
}

impl Change {
    /// A number that identifies the change and takes less room.
    pub fn mark(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        self.hash(&mut hash);
        hash.finish()
    }
}

/// The change between a record and the one it replaced, if there is one. Times and
/// wordings do not count.
pub fn of(record: &Record) -> Option<Change> {
    let before = record.before.clone()?;
    let after = record.outcome();
    (!before.says_the_same(&after)).then(|| Change {
        student: record.student.clone(),
        drill: record.drill.clone(),
        new_content: before.sha256 != after.sha256,
        before,
        after,
    })
}
