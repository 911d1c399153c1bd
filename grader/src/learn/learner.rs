//! What is remembered of one learner: hints shown, results, passes, backups.
//!
//! Its main type is [`Learner`]. All of it lies in `.learner/` in the course's folder,
//! is written whole or not at all, and is never in the way: a damaged file is set aside
//! with a word, and rows of drills that the course no longer has stay and are not looked
//! at. A row belongs to a drill's slug and holds results by the hash of what was graded
//! and the grader's version, so neither a newer course nor a moved folder loses it.

mod backup;
mod row;
mod store;

use std::path::{Path, PathBuf};

use crate::build::submission::Submission;
use crate::course::{Course, aloud};
use crate::grade::verdict::{Status, Verdict};
use crate::learn::stub::Stub;

use row::{Pass, Points, Row};
pub use store::LearnerError;
use store::{Found, Store};

/// What is remembered.
#[derive(Debug)]
pub struct Learner {
    store: Store,
    state: store::State,
    /// What was wrong with what was found.
    word: Option<String>,
}

impl Learner {
    /// What is remembered in `course`'s folder; nothing, when nothing was. A damaged
    /// file is set aside; that, and one that cannot be read, is told on standard error.
    pub fn of(course: &Course) -> Learner {
        let learner = match Store::of(course).load() {
            Found::Damaged(path) => Learner {
                word: Some(store::set_aside(&path)),
                ..Learner::read(course)
            },
            _ => Learner::read(course),
        };
        if let Some(word) = &learner.word {
            aloud::say(word);
        }
        learner
    }

    /// The same; nothing is set aside and nothing told.
    pub fn read(course: &Course) -> Learner {
        let store = Store::of(course);
        let (state, word) = match store.load() {
            Found::Whole(state) => (state, None),
            Found::Damaged(_) => (store::State::default(), None),
            Found::Unreadable(error) => (store::State::default(), Some(error.to_string())),
        };
        Learner { store, state, word }
    }

    /// Reads what is remembered, lets `change` change it and writes it back. No other
    /// grader writes in between. That a damaged file was set aside is told on standard
    /// error.
    ///
    /// # Errors
    /// When it cannot be read or written: what is not known is not written over.
    pub fn change<T>(
        course: &Course,
        change: impl FnOnce(&mut Learner) -> T,
    ) -> Result<T, LearnerError> {
        let (result, word) = Learner::change_quietly(course, change)?;
        if let Some(word) = word {
            aloud::say(&word);
        }
        Ok(result)
    }

    /// The same; what there is to tell comes with the result.
    ///
    /// # Errors
    /// As [`Learner::change`].
    pub fn change_quietly<T>(
        course: &Course,
        change: impl FnOnce(&mut Learner) -> T,
    ) -> Result<(T, Option<String>), LearnerError> {
        let store = Store::of(course);
        let _lock = store.lock()?;
        let (before, word) = match store.load() {
            Found::Whole(state) => (state, None),
            Found::Damaged(path) => (store::State::default(), Some(store::set_aside(&path))),
            Found::Unreadable(error) => return Err(error),
        };
        let mut learner = Learner {
            store,
            state: before.clone(),
            word: None,
        };
        let result = change(&mut learner);
        if learner.state != before {
            learner.store.save(&learner.state)?;
        }
        Ok((result, word))
    }

    /// What was wrong with the file it was read from, if something was.
    pub fn word(&self) -> Option<&str> {
        self.word.as_deref()
    }

    /// Whether the learner's own crate of that drill has passed once, whichever grader
    /// said so.
    pub fn has_passed(&self, slug: &str) -> bool {
        self.row(slug).is_some_and(|row| row.passed.is_some())
    }

    /// The best result so far: points, and points there were then.
    pub fn best(&self, slug: &str) -> Option<(u32, u32)> {
        let best = self.row(slug)?.best?;
        Some((best.score, best.max_score))
    }

    /// How many hints were shown.
    pub fn hints_shown(&self, slug: &str) -> usize {
        self.row(slug).map_or(0, |row| row.hints_shown)
    }

    /// The hash of the stub the learner began with, once they have begun.
    pub fn begun_with(&self, slug: &str) -> Option<&str> {
        self.row(slug)?.stub.as_deref()
    }

    /// Whether a drill's stub is another one than when the learner began, and the
    /// learner's file is not the new one.
    pub fn is_behind(&self, course: &Course, slug: &str) -> bool {
        let Ok(stub) = Stub::of(course, slug) else {
            return false;
        };
        let began = self.begun_with(slug);
        began.is_some_and(|began| began != stub.sha256()) && !stub.is_untouched()
    }

    /// Where the stub the learner began with is kept.
    pub fn old_stub(&self, slug: &str) -> PathBuf {
        self.store.dir().join("stubs").join(format!("{slug}.rs"))
    }

    /// Notes with which stub the learner begins, unless they have begun already. Not
    /// being able to keep its text is no reason to stop.
    pub fn begin(&mut self, course: &Course, slug: &str) {
        let Ok(stub) = Stub::of(course, slug) else {
            return;
        };
        let behind = self.is_behind(course, slug);
        let row = self.row_mut(slug);
        if behind || row.stub.as_deref() == Some(stub.sha256()) {
            return;
        }
        row.stub = Some(stub.sha256().to_owned());
        let _ = self.store.keep(&self.old_stub(slug), stub.text());
    }

    /// Takes a drill's present stub for the one the learner began with.
    pub fn begin_anew(&mut self, course: &Course, slug: &str) {
        self.row_mut(slug).stub = None;
        self.begin(course, slug);
    }

    /// Notes a verdict on the learner's own crate; others are nobody's progress.
    /// Not being able to must not keep the verdict from being shown.
    pub fn remember(course: &Course, verdict: &Verdict) {
        let own = course.exercise_dir(&verdict.drill).canonicalize();
        let is_own = own.is_ok_and(|own| {
            Path::new(&verdict.submission)
                .canonicalize()
                .is_ok_and(|path| path == own)
        });
        if !is_own {
            return;
        }
        if let Err(error) = Learner::change(course, |learner| learner.note(course, verdict)) {
            aloud::say(&format!("your result is not remembered: {error}"));
        }
    }

    /// Notes a verdict on the learner's own crate.
    pub fn note(&mut self, course: &Course, verdict: &Verdict) {
        if verdict.status == Status::InfraError {
            return;
        }
        self.begin(course, &verdict.drill);
        self.row_mut(&verdict.drill).note(verdict);
    }

    /// Counts one more hint as shown, up to `all`; how many that makes.
    pub fn show_one_more_hint(&mut self, slug: &str, all: usize) -> usize {
        let row = self.row_mut(slug);
        row.hints_shown = (row.hints_shown + 1).min(all);
        row.hints_shown
    }

    /// Finds rows of drills that the course has renamed: what the learner has in a drill
    /// without a row was graded under a slug that is gone.
    pub fn follow_renames(&mut self, course: &Course) {
        let slugs = course.slugs().unwrap_or_default();
        for slug in &slugs {
            if self.row(slug).is_some_and(|row| !row.results.is_empty()) {
                continue;
            }
            let Ok(submission) = Submission::read(&course.exercise_dir(slug)) else {
                continue;
            };
            let of_old = |(old, row): (&String, &Row)| {
                let gone = !slugs.contains(old);
                (gone && row.has(submission.sha256())).then(|| old.clone())
            };
            if let Some(old) = self.state.drills.iter().find_map(of_old)
                && let Some(row) = self.state.drills.remove(&old)
            {
                self.state.drills.insert(slug.clone(), row);
            }
        }
    }

    fn row(&self, slug: &str) -> Option<&Row> {
        self.state.drills.get(slug)
    }

    fn row_mut(&mut self, slug: &str) -> &mut Row {
        self.state.drills.entry(slug.to_owned()).or_default()
    }
}

impl Row {
    /// Adds a result: the best one and the first pass stay whatever comes later.
    fn note(&mut self, verdict: &Verdict) {
        let points = Points {
            score: verdict.score,
            max_score: verdict.max_score,
        };
        if self.best.is_none_or(|best| points.beats(best)) {
            self.best = Some(points);
        }
        if verdict.passed() {
            self.passed = Some(Pass {
                sha256: verdict.sha256.clone(),
                grader: verdict.grader.clone(),
            });
        }
        self.add(verdict);
    }
}
