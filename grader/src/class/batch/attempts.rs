//! Marks of the gradings under way: if the grader is ended, they stay behind.
//!
//! Its main type is [`Attempts`]. A submission that was being graded when a batch was ended
//! is graded alone the next time; one that has ended two batches is skipped. Nothing here
//! grades.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::key::Key;

/// A submission is skipped after this many deaths of the grader.
pub(super) const DEATHS: u32 = 2;

/// The folder of the marks, in the folder that a batch writes to.
const FOLDER: &str = "attempting";

/// The marks of one batch. All clones share them.
#[derive(Clone, Debug)]
pub struct Attempts {
    folder: PathBuf,
    /// The gradings under way, and what their marks said before.
    under_way: Arc<Mutex<BTreeMap<PathBuf, u32>>>,
}

/// The mark of one grading, removed when the grading ends.
#[derive(Debug)]
pub(super) struct Attempt<'a> {
    attempts: &'a Attempts,
    mark: PathBuf,
}

impl Attempts {
    /// The marks in the folder `out`.
    pub fn of(out: &Path) -> Attempts {
        Attempts {
            folder: out.join(FOLDER),
            under_way: Arc::default(),
        }
    }

    /// How often the grader was ended, over all marks.
    pub fn deaths_of_all(&self) -> u32 {
        let marks = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        marks.map(|mark| count(&mark.path())).sum()
    }

    /// How often the grader was ended while it graded this.
    pub(super) fn deaths(&self, key: &Key) -> u32 {
        count(&self.mark(key))
    }

    /// The file that records this.
    pub(super) fn mark(&self, key: &Key) -> PathBuf {
        let content = key.content.map(|it| it.to_string()).unwrap_or_default();
        let rules = &key.rules;
        self.folder.join(format!("{}-{content}-{rules}", key.drill))
    }

    /// Marks a grading that begins. If the mark stays behind, the grader was ended
    /// once more.
    ///
    /// # Errors
    /// When the mark cannot be written.
    pub(super) fn begin(&self, key: &Key) -> io::Result<Attempt<'_>> {
        let mark = self.mark(key);
        let before = count(&mark);
        fs::create_dir_all(&self.folder)?;
        fs::write(&mark, (before + 1).to_string())?;
        self.under_way().insert(mark.clone(), before);
        Ok(Attempt {
            attempts: self,
            mark,
        })
    }

    /// Takes back the present marks, because the grader is being ended on purpose.
    pub fn take_back(&self) {
        for (mark, before) in std::mem::take(&mut *self.under_way()) {
            // At worst it is graded alone the next time.
            let _ = match before {
                0 => fs::remove_file(mark),
                before => fs::write(mark, before.to_string()),
            };
        }
    }

    fn under_way(&self) -> MutexGuard<'_, BTreeMap<PathBuf, u32>> {
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.attempts.under_way().remove(&self.mark);
        let _ = fs::remove_file(&self.mark);
        // Only the last one finds the folder empty.
        let _ = fs::remove_dir(&self.attempts.folder);
    }
}

/// The count in a mark. A mark that was cut short counts as 1.
fn count(mark: &Path) -> u32 {
    match fs::read_to_string(mark) {
        Ok(text) => text.trim().parse().unwrap_or(1),
        Err(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(rules: &str) -> Key {
        Key {
            drill: "offload",
            content: None,
            seed: 1,
            rules: rules.into(),
        }
    }

    #[test]
    fn what_has_no_end_is_counted_and_what_is_taken_back_is_not() {
        let out = tempfile::tempdir().expect("there is space");
        let attempts = || Attempts::of(out.path());
        // Three graders, each ended in the middle of the grading.
        for deaths in 0..3 {
            assert_eq!(attempts().deaths(&key("a")), deaths);
            std::mem::forget(attempts().begin(&key("a")).expect("it is ours"));
        }
        assert_eq!(
            (attempts().deaths(&key("a")), attempts().deaths(&key("b"))),
            (3, 0)
        );
        assert_eq!(attempts().deaths_of_all(), 3);
        // A grader that was stopped on purpose.
        for rules in ["a", "b"] {
            let stopped = attempts();
            std::mem::forget(stopped.begin(&key(rules)).expect("it is ours"));
            assert_eq!(
                stopped.deaths(&key(rules)),
                if rules == "a" { 4 } else { 1 }
            );
            stopped.take_back();
        }
        assert_eq!(
            (attempts().deaths(&key("a")), attempts().deaths(&key("b"))),
            (3, 0)
        );
        // A grading that came to its end.
        drop(attempts().begin(&key("a")).expect("it is ours"));
        assert_eq!(attempts().deaths_of_all(), 0);
        assert!(!out.path().join(FOLDER).exists());
        // A mark that was being written.
        fs::create_dir(out.path().join(FOLDER)).expect("it is ours");
        fs::write(attempts().mark(&key("a")), "").expect("it is ours");
        assert_eq!(attempts().deaths(&key("a")), 1);
    }
}
