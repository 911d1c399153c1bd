//! What is said differently than before: of a class graded again.

use super::record::{Change, Record};

/// The records whose verdict is another one than the one it replaced, in their order.
/// Times and wordings do not count.
pub fn of(records: &[Record]) -> Vec<Change> {
    let change = |record: &Record| {
        let before = record.before.clone()?;
        let after = record.outcome();
        (!before.says_the_same(&after)).then(|| Change {
            student: record.student.clone(),
            drill: record.drill.clone(),
            new_content: before.sha256 != after.sha256,
            before,
            after,
        })
    };
    records.iter().filter_map(change).collect()
}
