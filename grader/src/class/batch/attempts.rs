//! Marks of the gradings under way: if the grader is ended, they stay behind.
//!
//! Its main type is [`Attempts`]. A submission that was being graded when a batch was ended
//! is graded alone the next time; one that has ended two batches is skipped. Nothing here
//! grades.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::key::Key;

/// A submission is skipped after this many deaths of the grader.
pub(super) const DEATHS: u32 = 2;

/// Ends the count in a mark whose deaths somebody saw.
const SEEN: char = '!';

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

    /// All marks there are, and how often the grader was ended at each.
    pub fn marks(&self) -> BTreeMap<PathBuf, u32> {
        let marks = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let marks = marks.map(|mark| mark.path());
        marks.map(|mark| (mark.clone(), count(&mark))).collect()
    }

    /// The overseer has seen the grader end: the present marks count.
    pub fn confirm(&self) {
        for (mark, deaths) in self.marks() {
            let _ = fs::write(mark, format!("{deaths}{SEEN}"));
        }
    }

    /// Marks without such a note were left by a batch whose overseer ended too, as when a machine
    /// loses its power. Those submissions are graded alone the next time, and never skipped for
    /// that.
    pub fn forgive_unseen(&self) {
        for (mark, deaths) in self.marks() {
            let is_seen = fs::read_to_string(&mark).is_ok_and(|text| text.trim().ends_with(SEEN));
            if !is_seen {
                let _ = fs::write(mark, format!("{}{SEEN}", deaths.saturating_sub(1).max(1)));
            }
        }
    }

    /// Whether something was being graded when the grader was ended after there were the
    /// marks `before`. What was beside it may have been graded since, so that the marks
    /// need not be more.
    pub fn were_left_since(&self, before: &BTreeMap<PathBuf, u32>) -> bool {
        let mut marks = self.marks().into_iter();
        marks.any(|(mark, deaths)| deaths > before.get(&mark).copied().unwrap_or(0))
    }

    /// How often the grader was ended while it graded this.
    pub(super) fn deaths(&self, key: &Key) -> u32 {
        count(&self.mark(key))
    }

    /// The file that says so.
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

    /// What `grade` makes of a submission; nothing if it panics, or if the submission has ended the
    /// grader before.
    pub fn guarded<T>(&self, key: &Key, grade: impl FnOnce() -> T) -> Option<T> {
        if self.deaths(key) >= DEATHS {
            return None;
        }
        let _attempt = self.begin(key).ok()?;
        catch_unwind(AssertUnwindSafe(grade)).ok()
    }

    /// Takes back the present marks, because the grader is being ended on purpose.
    pub fn take_back(&self) {
        for (mark, before) in std::mem::take(&mut *self.under_way()) {
            // At worst it is graded alone the next time.
            let _ = match before {
                0 => fs::remove_file(mark),
                before => fs::write(mark, format!("{before}{SEEN}")),
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
        Ok(text) => text.trim().trim_end_matches(SEEN).parse().unwrap_or(1),
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
        assert_eq!(attempts().marks().into_values().sum::<u32>(), 3);
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
        // One that came to its end.
        drop(attempts().begin(&key("a")).expect("it is ours"));
        assert!(attempts().marks().is_empty());
        assert!(!out.path().join(FOLDER).exists());
        // A mark that was being written.
        fs::create_dir(out.path().join(FOLDER)).expect("it is ours");
        fs::write(attempts().mark(&key("a")), "").expect("it is ours");
        assert_eq!(attempts().deaths(&key("a")), 1);
    }

    #[test]
    fn a_death_counts_whatever_was_graded_beside_it() {
        let out = tempfile::tempdir().expect("there is space");
        let attempts = || Attempts::of(out.path());
        let leave = |rules: &str| {
            std::mem::forget(attempts().begin(&key(rules)).expect("it is ours"));
        };
        // Two at a time, and the grader is ended.
        let none = attempts().marks();
        leave("a");
        leave("b");
        assert!(attempts().were_left_since(&none));
        // One of them is graded, the other one ends it again.
        let two = attempts().marks();
        assert!(!attempts().were_left_since(&two));
        drop(attempts().begin(&key("a")).expect("it is ours"));
        assert!(!attempts().were_left_since(&two));
        leave("b");
        assert!(attempts().were_left_since(&two));
    }

    #[test]
    fn only_deaths_that_were_seen_skip_a_submission() {
        let out = tempfile::tempdir().expect("there is space");
        let attempts = || Attempts::of(out.path());
        let dies = || std::mem::forget(attempts().begin(&key("a")).expect("it is ours"));
        // The power fails, again and again.
        for _ in 0..3 {
            dies();
            attempts().forgive_unseen();
            assert_eq!(attempts().deaths(&key("a")), 1);
        }
        // Then it is graded alone, and ends the grader.
        dies();
        attempts().confirm();
        attempts().forgive_unseen();
        assert_eq!(attempts().deaths(&key("a")), DEATHS);
    }
}
