//! The remembered state of one learner: hints shown, results, passes, backups.
//!
//! Its main type is [`Learner`]. It lies in `.learner/` in the course's folder, is
//! written whole or not at all, and never stops other work: a damaged file is set aside
//! with a message, and rows of drills that the course no longer has are kept and
//! ignored. A row belongs to a drill's slug and holds results by the hash of the graded
//! text and the grader's version, so neither a newer course nor a moved folder loses it.

mod backup;
mod row;
mod store;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::build::submission::Submission;
use crate::course::language::Language;
use crate::course::{Course, aloud};
use crate::grade::verdict::{Status, Verdict};
use crate::learn::stub::Stub;

use row::{Pass, Points, Row};
pub use store::LearnerError;
use store::{Found, Store};

/// The remembered state of one learner.
#[derive(Debug)]
pub struct Learner {
    store: Store,
    state: store::State,
    /// What was wrong with the file.
    word: Option<String>,
}

impl Learner {
    /// The state remembered in `course`'s folder, empty at first. A damaged file is set
    /// aside; this, or a file that cannot be read, is reported on standard error.
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

    /// The same, but sets nothing aside and reports nothing.
    pub fn read(course: &Course) -> Learner {
        let store = Store::of(course);
        let (state, word) = match store.load() {
            Found::Whole(state) => (state, None),
            Found::Damaged(_) => (store::State::default(), None),
            Found::Unreadable(error) => (store::State::default(), Some(error.to_string())),
        };
        Learner { store, state, word }
    }

    /// Reads the state, lets `change` change it and writes it back. No other grader
    /// writes in between. A damaged file is set aside, and this is reported on
    /// standard error.
    ///
    /// # Errors
    /// When it cannot be read or written: an unreadable file is not overwritten.
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

    /// The same, but returns the report with the result.
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

    /// What was wrong with its file, if anything.
    pub fn word(&self) -> Option<&str> {
        self.word.as_deref()
    }

    /// Whether the learner's own crate of that drill has passed once, by any version
    /// of the grader.
    pub fn has_passed(&self, slug: &str) -> bool {
        self.has_passed_in(slug, Language::Rust)
    }

    /// The same for the learner's own file in a language.
    pub fn has_passed_in(&self, slug: &str, language: Language) -> bool {
        let row = self.row(&language.of_drill(slug));
        row.is_some_and(|row| row.passed.is_some())
    }

    /// Whether the drill has passed in any language: then it is done.
    pub fn has_passed_in_any(&self, slug: &str) -> bool {
        let mut all = Language::ALL.into_iter();
        all.any(|language| self.has_passed_in(slug, language))
    }

    /// The best result so far: the points, and the most points at that time.
    pub fn best(&self, slug: &str) -> Option<(u32, u32)> {
        self.best_in(slug, Language::Rust)
    }

    /// The same in a language.
    pub fn best_in(&self, slug: &str, language: Language) -> Option<(u32, u32)> {
        let best = self.row(&language.of_drill(slug))?.best?;
        Some((best.score, best.max_score))
    }

    /// The same for a drill in all languages together.
    pub fn worked_in_all(&self, slug: &str) -> Duration {
        let all = Language::ALL.into_iter();
        all.map(|language| self.worked(&language.of_drill(slug)))
            .sum()
    }

    /// How long the learner has worked on a drill, as far as gradings show it: the time
    /// between two of them, without long pauses.
    pub fn worked(&self, slug: &str) -> Duration {
        Duration::from_secs(self.row(slug).map_or(0, |row| row.worked_seconds))
    }

    /// When a drill first passed, in seconds since 1970, if that was noted.
    pub fn first_passed_at(&self, slug: &str) -> Option<u64> {
        self.row(slug)?.passed.as_ref()?.first_at
    }

    /// How many hints were shown.
    pub fn hints_shown(&self, slug: &str) -> usize {
        self.row(slug).map_or(0, |row| row.hints_shown)
    }

    /// The hash of the stub that the learner began with, once they have begun.
    pub fn begun_with(&self, slug: &str) -> Option<&str> {
        self.row(slug)?.stub.as_deref()
    }

    /// Whether the learner has begun a drill: it has passed, or their file is not the stub.
    pub fn has_begun(&self, course: &Course, slug: &str) -> bool {
        self.has_begun_in(course, slug, Language::Rust)
    }

    /// The same in a language.
    pub fn has_begun_in(&self, course: &Course, slug: &str, language: Language) -> bool {
        let stub = Stub::in_language(course, slug, language);
        self.has_passed_in(slug, language)
            || stub.is_ok_and(|stub| {
                let is_there = language.is_rust() || stub.file().exists();
                is_there && !stub.is_untouched()
            })
    }

    /// Whether a drill's stub has changed since the learner began in that language, and the
    /// learner's file is not the new stub.
    pub fn is_behind_in(&self, course: &Course, slug: &str, language: Language) -> bool {
        let Ok(stub) = Stub::in_language(course, slug, language) else {
            return false;
        };
        let began = self.begun_with(&language.of_drill(slug));
        began.is_some_and(|began| began != stub.sha256()) && !stub.is_untouched()
    }

    /// Where the stub that the learner began with is kept.
    pub fn old_stub(&self, slug: &str, language: Language) -> PathBuf {
        let name = format!("{slug}.{}", language.ending());
        self.store.dir().join("stubs").join(name)
    }

    /// Notes with which stub the learner begins, unless they have begun already. A
    /// failure to keep its text is ignored.
    pub fn begin(&mut self, course: &Course, slug: &str) {
        self.begin_in(course, slug, Language::Rust);
    }

    /// The same in a language.
    pub fn begin_in(&mut self, course: &Course, slug: &str, language: Language) {
        let Ok(stub) = Stub::in_language(course, slug, language) else {
            return;
        };
        let behind = self.is_behind_in(course, slug, language);
        let row = self.row_mut(&language.of_drill(slug));
        if behind || row.stub.as_deref() == Some(stub.sha256()) {
            return;
        }
        row.stub = Some(stub.sha256().to_owned());
        let _ = self.store.keep(&self.old_stub(slug, language), stub.text());
    }

    /// Takes a drill's present stub in a language as the one that the learner began with.
    pub fn begin_anew_in(&mut self, course: &Course, slug: &str, language: Language) {
        self.row_mut(&language.of_drill(slug)).stub = None;
        self.begin_in(course, slug, language);
    }

    /// Notes a verdict on the learner's own crate; verdicts on other code are
    /// not progress. A failure must not keep the verdict from being shown.
    pub fn remember(course: &Course, verdict: &Verdict) {
        let (slug, language) = (&verdict.drill, verdict.language);
        let mut own = vec![course.exercise_in(slug, language)];
        if !language.is_rust() {
            own.push(course.path_in(slug, language));
        }
        let given = Path::new(&verdict.submission).canonicalize();
        let is_given = |own: &PathBuf| own.canonicalize().ok() == given.as_ref().ok().cloned();
        let is_own = given.is_ok() && own.iter().any(is_given);
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
        self.begin_in(course, &verdict.drill, verdict.language);
        let rows = self.state.drills.values();
        let before = rows.filter_map(|row| row.graded_at).max();
        let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let now = since_1970.as_secs();
        let row = self.row_mut(&verdict.language.of_drill(&verdict.drill));
        row.work(before, now, &verdict.sha256);
        row.note(verdict, now);
    }

    /// Counts one more hint as shown, up to `all`, and returns how many are shown now.
    pub fn show_one_more_hint(&mut self, slug: &str, all: usize) -> usize {
        let row = self.row_mut(slug);
        row.hints_shown = (row.hints_shown + 1).min(all);
        row.hints_shown
    }

    /// Finds rows of drills that the course has renamed: a drill without a row whose
    /// text was graded under a slug that is gone.
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
                let gone = !slugs.contains(old) && !old.contains('/');
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
    fn note(&mut self, verdict: &Verdict, now: u64) {
        let points = Points {
            score: verdict.score,
            max_score: verdict.max_score,
        };
        if self.best.is_none_or(|best| points.beats(best)) {
            self.best = Some(points);
        }
        if verdict.passed() {
            let first_at = match &self.passed {
                Some(pass) => pass.first_at,
                None => Some(now),
            };
            self.passed = Some(Pass {
                sha256: verdict.sha256.clone(),
                grader: verdict.grader.clone(),
                first_at,
            });
        }
        self.add(verdict);
    }
}
