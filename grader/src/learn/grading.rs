//! The grading thread: prepares the grader, then grades whatever the queue gives.
//!
//! A verdict is shown first and remembered afterwards. A failure here is shown as well,
//! and never ends the program.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::desk::{Desk, gone};
use super::places::{place_in, places};
use super::queue::Job;
use super::state::{DrillNow, Phase, PreparePhase};
use super::submission_of;
use crate::build::compile::Compiled;
use crate::build::progress::{Audience, Progress};
use crate::course::CourseError;
use crate::course::language::Language;
use crate::drills::Drill;
use crate::drive::sandbox::Tier;
use crate::grade::grading::{GradeError, Grader};
use crate::grade::verdict::{Status, Verdict};
use crate::learn::learner::Learner;
use play::text::one_line;

/// Seeds are drawn below this: short enough to copy.
const SEEDS: u64 = 1 << 40;

/// Grades until the program ends.
pub(super) fn run(desk: &Desk) -> ! {
    loop {
        let requests = desk.queue.requests();
        if prepare(desk) {
            break;
        }
        // Most often the network was missing. A save or a request is a reason to try again.
        desk.queue.await_request(requests);
    }
    loop {
        let job = desk.queue.take();
        grade(desk, &job);
    }
}

/// Prepares the grader; returns whether that worked.
fn prepare(desk: &Desk) -> bool {
    desk.board.change_prepare(|prepare| {
        prepare.phase = PreparePhase::Building;
        prepare.words.clear();
    });
    let mut tell = |Progress { done, total, words }| {
        desk.board.change_prepare(|prepare| {
            (prepare.done, prepare.total, prepare.words) = (done, total, words);
        });
    };
    let audience = Audience::Program(&mut tell);
    match Grader::prepared_for(desk.course.clone(), audience) {
        Ok(grader) => {
            // Reported once: the code is the learner's own, and runs all the same.
            let words = match grader.sandbox().tier() {
                Tier::Full => String::new(),
                tier => format!(
                    "the sandbox is {} here; `cargo grader doctor` says what is missing",
                    tier.name()
                ),
            };
            desk.set_grader(grader);
            desk.board.change_prepare(|prepare| {
                prepare.phase = PreparePhase::Ready;
                prepare.done = prepare.total;
                prepare.words = words;
            });
            true
        }
        Err(error) => {
            let words = one_line(&error.to_string(), 2_000);
            desk.board.change_prepare(|prepare| {
                prepare.phase = PreparePhase::Failed;
                prepare.words = words;
            });
            false
        }
    }
}

fn grade(desk: &Desk, job: &Job) {
    let id = &*job.id;
    let (slug, language) = Language::and_drill(id);
    let (Some(drill), Some(grader)) = (crate::drills::find(slug), desk.grader()) else {
        return;
    };
    if !desk.file(id).is_file() {
        let words = match desk.course.exercise(slug) {
            Ok(_) => {
                let file = desk.course.file_in(slug, language);
                let said = match language.is_rust() {
                    true => String::new(),
                    false => format!(" --language {}", language.folder()),
                };
                format!(
                    "`{file}` is not there; `cargo grader reset {slug}{said}` puts the stub back"
                )
            }
            Err(_) => gone(slug),
        };
        desk.queue
            .finish(job, || show_words(desk, id, Phase::Missing, words));
        return;
    }
    let was_missing = |drill: &DrillNow| drill.phase == Phase::Missing;
    if desk.board.drill(id, was_missing) == Some(true) {
        // Its title and hints are there again, too.
        desk.show_progress(id);
    }
    desk.board.change_drill(id, |drill| {
        drill.phase = Phase::Grading;
        drill.run += 1;
    });
    let grader = grader.until(&job.stop);
    let graded = catch_unwind(AssertUnwindSafe(|| graded(desk, &grader, drill, language)));
    let mut remembered = None;
    let counts = desk.queue.finish(job, || match graded {
        Ok(Ok((verdict, compiled))) => {
            remembered = Some(verdict.clone());
            show(desk, job, verdict, compiled);
        }
        Ok(Err(GradeError::Course(CourseError::NoDrill { .. }))) => {
            show_words(desk, id, Phase::Missing, gone(slug));
        }
        Ok(Err(error)) => {
            let words = one_line(&error.to_string(), 2_000);
            show_words(desk, id, Phase::Error, words);
        }
        Err(_) => {
            let words = "the grader itself failed; see the terminal. Save again to try again";
            show_words(desk, id, Phase::Error, words.to_owned());
        }
    });
    if !counts && desk.queue.is_waiting(id) {
        desk.will_be_graded(id);
    }
    if let Some(verdict) = remembered {
        remember(desk, id, &verdict);
    }
}

fn graded(
    desk: &Desk,
    grader: &Grader,
    drill: &'static dyn Drill,
    language: Language,
) -> Result<(Verdict, Option<Compiled>), GradeError> {
    let path = desk.course.submission_in(drill.slug(), language);
    let seed = fastrand::u64(..SEEDS);
    let (mut verdict, compiled) = grader.grade_and_keep(drill, &path, seed)?;
    // Its name relative to the course's folder, wherever that is.
    verdict.submission = submission_of(&language.of_drill(drill.slug()));
    Ok((verdict, compiled))
}

fn show(desk: &Desk, job: &Job, verdict: Verdict, compiled: Option<Compiled>) {
    desk.keep(&verdict, compiled);
    let editor = desk.editor.as_ref();
    let errors = match verdict.status {
        Status::CompileError | Status::Rejected if verdict.language.is_rust() => {
            let dir = desk.course.exercise_dir(&verdict.drill);
            places(&verdict.diagnostics, &dir, editor)
        }
        Status::CompileError | Status::Rejected => {
            place_in(&verdict.diagnostics, &desk.file(&job.id), editor)
        }
        _ => Vec::new(),
    };
    let took = job.saved.map(|saved| saved.elapsed());
    desk.board.change_drill(&job.id, |drill| {
        drill.phase = Phase::Graded;
        drill.words.clear();
        drill.errors = errors;
        // The record will say the same in a moment; the page need not wait for the disk.
        drill.passed |= verdict.passed();
        drill.best = drill.best.max(verdict.score.min(drill.max));
        if drill.passed {
            drill.next = desk.next(&drill.slug);
        }
        drill.took_ms = took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        drill.verdict = Some(verdict);
    });
}

/// Records the verdict, after everyone has seen it.
fn remember(desk: &Desk, id: &str, verdict: &Verdict) {
    let course = &desk.course;
    let words = match Learner::change_quietly(course, |learner| learner.note(course, verdict)) {
        Ok(((), word)) => {
            desk.show_progress(id);
            word.or_else(|| desk.word_for(id))
        }
        Err(error) => Some(format!("your result is not remembered: {error}")),
    };
    if let Some(words) = words {
        desk.board.change_drill(id, |drill| drill.words = words);
    }
}

fn show_words(desk: &Desk, id: &str, phase: Phase, words: String) {
    desk.board.change_drill(id, |drill| {
        drill.phase = phase;
        drill.words = words;
    });
}
