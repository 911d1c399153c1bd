//! What is said differently than before: of a class graded again.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::record::{Outcome, Record};
use super::student::Student;

/// A student whose verdict is another one than before.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// Whose.
    pub student: Student,
    /// The drill's slug.
    pub drill: String,
    /// Whether something else was handed in; otherwise the grader changed.
    pub new_content: bool,
    /// What had been said.
    pub before: Outcome,
    /// What is said now.
    pub after: Outcome,
}

impl Change {
    /// A number that tells it from others, and takes less room.
    pub fn mark(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        self.hash(&mut hash);
        hash.finish()
    }
}

/// What a record says differently than the one it replaced, if anything. Times and
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
