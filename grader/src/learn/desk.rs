//! Answers what a learner can ask for, from a page or from the terminal: a hint, another
//! grading, the stub, the reference, a failing schedule to walk through.
//!
//! Its main type is [`Desk`], which everything in learn mode shares. Only files in
//! `exercises/` are ever graded.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde::Serialize;
use thiserror::Error;

use super::editor::Editor;
use super::queue::Queue;
use super::state::{Board, Phase};
use crate::build::compile::Compiled;
use crate::course::language::Language;
use crate::course::{Course, CourseError};
use crate::drills;
use crate::exam::trace::{Origin, Trace};
use crate::grade::grading::Grader;
use crate::grade::verdict::Verdict;
use crate::learn::learner::{Learner, LearnerError};
use crate::learn::put_back::{PutBack, StubError};
use crate::learn::stub::Stub;
use play::schedule::ReplayKey;

/// Why a request was refused.
#[derive(Debug, Error)]
pub enum Refused {
    /// The thing does not exist.
    #[error("{0}")]
    Unknown(String),
    /// It is too early for it.
    #[error("{0}")]
    NotYet(String),
    /// It could not be done.
    #[error("{0}")]
    Failed(String),
}

impl From<CourseError> for Refused {
    fn from(error: CourseError) -> Refused {
        Refused::Failed(error.to_string())
    }
}

impl From<LearnerError> for Refused {
    fn from(error: LearnerError) -> Refused {
        Refused::Failed(error.to_string())
    }
}

impl From<StubError> for Refused {
    fn from(error: StubError) -> Refused {
        Refused::Failed(error.to_string())
    }
}

/// The reference beside the learner's own.
#[derive(Debug, Serialize)]
pub struct Solutions {
    /// The course's solution.
    pub reference: String,
    /// The learner's file.
    pub yours: String,
}

/// The rest of a drill's last grading: its worker, and the schedules that fail.
#[derive(Debug)]
struct Kept {
    compiled: Compiled,
    schedules: HashMap<String, ReplayKey>,
}

/// The state that everything in learn mode shares.
#[derive(Debug)]
pub struct Desk {
    /// The course.
    pub course: Course,
    /// The state that is shown.
    pub board: Arc<Board>,
    /// The drills to grade.
    pub queue: Queue,
    /// How places are opened, if they can be.
    pub editor: Option<Editor>,
    /// What was wrong with the remembered state, and which drills have not reported it yet.
    word: Mutex<(String, Vec<String>)>,
    grader: OnceLock<Grader>,
    kept: Mutex<HashMap<String, Arc<Kept>>>,
    replaying: Mutex<()>,
}

impl Desk {
    /// A desk with nothing graded yet.
    pub fn new(course: Course, board: Board, editor: Option<Editor>) -> Desk {
        Desk {
            course,
            board: Arc::new(board),
            queue: Queue::default(),
            editor,
            word: Mutex::default(),
            grader: OnceLock::new(),
            kept: Mutex::default(),
            replaying: Mutex::default(),
        }
    }

    /// The file that is edited, of the drill of that name.
    pub fn file(&self, id: &str) -> PathBuf {
        let (slug, language) = Language::and_drill(id);
        self.course.path_in(slug, language)
    }

    /// The grader, once it is ready.
    pub fn grader(&self) -> Option<&Grader> {
        self.grader.get()
    }

    /// Makes every drill show this with its first verdict, so that a learner sees it with any drill.
    pub(super) fn say(&self, word: String) {
        let all = self.board.read(super::names);
        *lock(&self.word) = (word, all);
    }

    /// The note that this drill has to show, once.
    pub(super) fn word_for(&self, id: &str) -> Option<String> {
        let mut word = lock(&self.word);
        let (words, left) = &mut *word;
        let at = left.iter().position(|it| it == id)?;
        left.swap_remove(at);
        Some(words.clone())
    }

    /// Gradings can begin.
    pub(super) fn set_grader(&self, grader: Grader) {
        // No other thread prepares one.
        let _ = self.grader.set(grader);
    }

    /// Keeps the worker of a verdict, so that its schedules can be played again.
    pub(super) fn keep(&self, verdict: &Verdict, compiled: Option<Compiled>) {
        let mut kept = lock(&self.kept);
        // The kept worker belongs to an older text.
        let id = verdict.language.of_drill(&verdict.drill);
        kept.remove(&id);
        if let Some(compiled) = compiled {
            let key = |check: &crate::grade::verdict::CheckResult| {
                let key = check.schedule.as_ref()?.parse().ok()?;
                Some((check.id.clone(), key))
            };
            let schedules = verdict.checks.iter().filter_map(key).collect();
            let of_now = Kept {
                compiled,
                schedules,
            };
            kept.insert(id, Arc::new(of_now));
        }
    }

    /// Shows the remembered state of the drill.
    pub fn show_progress(&self, id: &str) {
        let learner = Learner::read(&self.course);
        self.board
            .change_drill(id, |drill| self.write_progress(&learner, drill));
    }

    /// Copies the remembered state into what is shown.
    pub(super) fn write_progress(&self, learner: &Learner, drill: &mut super::state::DrillNow) {
        let (slug, language) = (&*drill.slug, drill.language);
        if let Ok(exercise) = self.course.exercise(slug) {
            drill.title = exercise.title;
            drill.minutes = exercise.minutes;
        }
        let hints = self.course.hints_in(slug, language).unwrap_or_default();
        let shown = learner.hints_shown(&drill.id).min(hints.len());
        drill.more_hints = shown < hints.len();
        drill.hints = hints[..shown].to_vec();
        drill.passed = learner.has_passed_in(slug, language);
        drill.best = learner
            .best_in(slug, language)
            .map_or(0, |(score, _)| score.min(drill.max));
        drill.first_passed_at = learner.first_passed_at(&drill.id);
        drill.worked_seconds = learner.worked(&drill.id).as_secs();
        drill.started = learner.has_begun_in(&self.course, slug, language);
        drill.changed_upstream = learner.is_behind_in(&self.course, slug, language);
        drill.next = match drill.passed {
            true => self.next(slug),
            false => None,
        };
    }

    /// The drill after this one.
    pub fn next(&self, slug: &str) -> Option<String> {
        let mut drills = drills::ALL.iter().map(|drill| drill.slug());
        drills.find(|it| *it == slug)?;
        drills.next().map(str::to_owned)
    }

    fn known(&self, id: &str) -> Result<(), Refused> {
        match self.board.drill(id, |_| ()) {
            Some(()) => Ok(()),
            None => Err(Refused::Unknown("no such drill".to_owned())),
        }
    }

    /// Shows one more hint.
    ///
    /// # Errors
    /// When it cannot be remembered, or no drill has that name.
    pub fn hint(&self, id: &str) -> Result<(), Refused> {
        self.known(id)?;
        let (slug, language) = Language::and_drill(id);
        let hints = self.course.hints_in(slug, language)?.len();
        Learner::change(&self.course, |learner| {
            learner.begin_in(&self.course, slug, language);
            learner.show_one_more_hint(id, hints)
        })?;
        self.show_progress(id);
        Ok(())
    }

    /// Grades the files on the disk again.
    ///
    /// # Errors
    /// When no drill has that name.
    pub fn grade(&self, id: &str) -> Result<(), Refused> {
        self.known(id)?;
        self.queue.grade_now(id, None);
        Ok(())
    }

    /// Puts the stub back, and keeps the learner's file in a backup.
    ///
    /// # Errors
    /// When that fails, or no drill has that name.
    pub fn reset(&self, id: &str) -> Result<PutBack, Refused> {
        self.known(id)?;
        let (slug, language) = Language::and_drill(id);
        if self.course.exercise(slug).is_err() {
            return Err(Refused::Failed(gone(slug)));
        }
        let done = Stub::in_language(&self.course, slug, language)
            .map_err(StubError::from)?
            .put_back(&self.course)?;
        self.show_progress(id);
        // The watcher would find out, but the learner should not wait for that.
        self.queue.grade_now(id, None);
        Ok(done)
    }

    /// The reference beside the learner's own, once they have passed.
    ///
    /// # Errors
    /// Before that; when a file cannot be read; when no drill has that name.
    pub fn solutions(&self, id: &str) -> Result<Solutions, Refused> {
        self.known(id)?;
        let (slug, language) = Language::and_drill(id);
        if !Learner::read(&self.course).has_passed_in(slug, language) {
            let words = "you have not passed this drill yet; the reference is shown once you have";
            return Err(Refused::NotYet(words.to_owned()));
        }
        let read = |path: PathBuf| {
            let text = std::fs::read(&path);
            let text = text.map_err(|source| CourseError::Read { path, source })?;
            Ok::<_, CourseError>(String::from_utf8_lossy(&text).into_owned())
        };
        Ok(Solutions {
            reference: read(self.course.reference_in(slug, language))?,
            yours: read(self.file(id))?,
        })
    }

    /// The failing schedule of a check of the last verdict, played again for a figure, as
    /// JSON.
    ///
    /// # Errors
    /// When there is no schedule that a figure can walk.
    pub fn trace(&self, id: &str, check: &str) -> Result<String, Refused> {
        self.known(id)?;
        let (slug, _) = Language::and_drill(id);
        let none = || Refused::Unknown("no schedule to walk through".to_owned());
        let kept = lock(&self.kept).get(id).cloned().ok_or_else(none)?;
        let key = kept.schedules.get(check).ok_or_else(none)?;
        let drill = drills::find(slug).ok_or_else(none)?;
        let grader = self.grader().ok_or_else(none)?;
        if drill.world().uses_threads() {
            // Figures do not draw threads.
            return Err(none());
        }
        // Played one after the other, because each request starts a process.
        let _alone = lock(&self.replaying);
        let mut driver = grader.driver(drill, &kept.compiled, key.seed);
        let origin = Origin {
            drill: slug.to_owned(),
            source: super::submission_of(id),
            check: check.to_owned(),
        };
        driver.look_for_threads();
        let trace = Trace::replay(&mut driver, drill.rules(), &key.turns, origin);
        Ok(trace.map_err(|_| none())?.to_json())
    }

    /// Says that a drill will be graded.
    pub(super) fn will_be_graded(&self, id: &str) {
        self.board.change_drill(id, |drill| {
            drill.phase = Phase::Waiting;
            drill.words.clear();
        });
    }
}

/// The message for a drill whose folder is missing or incomplete.
pub(super) fn gone(slug: &str) -> String {
    format!(
        "`exercises/{slug}/exercise.toml` is not there; `git checkout -- exercises/{slug}` brings the drill back, and your file as you last committed it"
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
