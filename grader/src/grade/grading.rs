//! Grading: from a path to a verdict.
//!
//! Its main type is [`Grader`], which holds everything that gradings share.

#[cfg(test)]
mod begun;
mod blank;
mod by_hand;
mod error;
mod examining;
mod mutants;
mod pictures;
mod settled;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::build::compile::{CompileError, Compiled, Control, Workshop, compile};
use crate::build::interpreted;
use crate::build::prepared::Prepared;
use crate::build::progress::Audience;
use crate::build::submission::{Caps, Part, Shipped, Submission, SubmissionError, Wanted};
use crate::course::language::Language;
use crate::course::{Course, Exercise};
use crate::drills::{self, Drill};
use crate::drive::driver::Driver;
use crate::drive::interpreter::Interpreter;
use crate::drive::interrupt;
use crate::drive::limits::Limits;
use crate::drive::policies::Places;
use crate::drive::sandbox::{Sandbox, Tier};
use crate::drive::stop::Stop;
use crate::drive::toolchain::Toolchain;
use crate::grade::verdict::{Status, Verdict};

use blank::blank_in;
pub use blank::{not_graded, rejected};
pub use error::{GradeError, NoWorker};
pub use mutants::Examined;
use settled::settled;

/// Grades submissions of one course.
#[derive(Clone, Debug)]
pub struct Grader {
    course: Course,
    prepared: Prepared,
    places: Places,
    sandbox: Sandbox,
    allow_degraded: bool,
    pictures: bool,
    patient: bool,
    enough: Vec<&'static str>,
    stop: Stop,
    control: Arc<Control>,
    repairing: Arc<Mutex<()>>,
    jobs: usize,
}

impl Grader {
    /// A grader for `course`; builds what submissions are linked with, if needed.
    ///
    /// # Errors
    /// When there is no toolchain or the build fails.
    pub fn new(course: Course) -> Result<Grader, GradeError> {
        Grader::prepared_for(course, Audience::Terminal)
    }

    /// The same, telling `audience` how far the build is.
    ///
    /// # Errors
    /// As [`Grader::new`].
    pub fn prepared_for(course: Course, audience: Audience<'_>) -> Result<Grader, GradeError> {
        let toolchain = Toolchain::find(course.root())?;
        let prepared = Prepared::get_for(&course, &toolchain, audience)?;
        let grader = course.target().join("grader");
        interrupt::sweep(&grader.join("jobs"));
        let loaded = prepared
            .loaded_by_rustc(&toolchain)
            .map_err(GradeError::Machine)?;
        let places = Places::find(
            &toolchain,
            loaded,
            prepared.deps(),
            prepared.shared(),
            grader.join("root"),
        )
        .map_err(GradeError::Machine)?;
        let sandbox = Sandbox::of_this_machine(prepared.launcher(), &places, &grader)
            .map_err(GradeError::Machine)?;
        Ok(Grader {
            course,
            prepared,
            places,
            sandbox,
            allow_degraded: false,
            pictures: true,
            patient: false,
            enough: Vec::new(),
            stop: Stop::new(),
            control: Arc::default(),
            repairing: Arc::default(),
            jobs: 1,
        })
    }

    /// The same grader, for this many gradings at a time.
    #[must_use]
    pub fn sharing_with(mut self, jobs: usize) -> Grader {
        self.jobs = jobs;
        self
    }

    /// The same grader without a picture of the loop, which no check needs.
    #[must_use]
    pub fn without_pictures(mut self) -> Grader {
        self.pictures = false;
        self
    }

    /// The same grader, which gives every submission twice the time.
    #[must_use]
    pub fn patient(mut self) -> Grader {
        self.patient = true;
        self
    }

    /// The same grader, whose gradings end once one of these checks has failed: what comes
    /// after it is not judged then.
    #[must_use]
    pub fn until_one_fails(&self, checks: &[&'static str]) -> Grader {
        Grader {
            enough: checks.to_vec(),
            ..self.clone()
        }
    }

    /// The same grader, whose gradings end when `stop` asks for it. What they return
    /// then says nothing.
    #[must_use]
    pub fn until(&self, stop: &Stop) -> Grader {
        Grader {
            stop: stop.clone(),
            ..self.clone()
        }
    }

    /// Runs strangers' code even where the sandbox is not full.
    pub fn allow_degraded(mut self, yes: bool) -> Grader {
        self.allow_degraded = yes;
        self
    }

    /// The sandbox of submissions.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The same grader with another sandbox, to measure the cost of one.
    pub fn within(mut self, sandbox: Sandbox) -> Grader {
        self.sandbox = sandbox;
        self
    }

    /// Whether code at `path` may be run here.
    ///
    /// # Errors
    /// When it is a stranger's code and the sandbox is not full.
    pub fn may_run(&self, path: &Path) -> Result<(), GradeError> {
        let tier = self.sandbox.tier();
        match tier == Tier::Full || self.allow_degraded || self.course.is_own(path) {
            true => Ok(()),
            false => Err(GradeError::Sandbox(tier)),
        }
    }

    /// The course.
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// Grades the submission at `path` for `drill`.
    ///
    /// # Errors
    /// When the path cannot be read or the machine fails; a bad submission is a
    /// verdict.
    pub fn grade(&self, drill: &dyn Drill, path: &Path, seed: u64) -> Result<Verdict, GradeError> {
        self.grade_and_keep(drill, path, seed)
            .map(|(verdict, _)| verdict)
    }

    /// The same, and the worker the verdict is about, if there was one: to play one of
    /// its schedules again without compiling anything.
    ///
    /// # Errors
    /// As [`Grader::grade`].
    pub fn grade_and_keep(
        &self,
        drill: &dyn Drill,
        path: &Path,
        seed: u64,
    ) -> Result<(Verdict, Option<Compiled>), GradeError> {
        self.may_run(path)?;
        let exercise = self.course.exercise(drill.slug())?;
        match self.read_within(&caps(&exercise), drill, path) {
            Ok(submission) => self.examine_submission(drill, &exercise, &submission, seed),
            Err(GradeError::Submission(error)) if error.is_rejection() => {
                let mut verdict = rejected(drill, path, seed, error.to_string());
                verdict.sandbox = self.sandbox.tier();
                Ok((verdict, None))
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the submission for `drill` at `path`, no more of it than the drill takes.
    ///
    /// # Errors
    /// When it cannot be read or taken.
    pub fn read(&self, drill: &dyn Drill, path: &Path) -> Result<Submission, GradeError> {
        self.read_within(&caps(&self.course.exercise(drill.slug())?), drill, path)
    }

    fn read_within(
        &self,
        caps: &Caps,
        drill: &dyn Drill,
        path: &Path,
    ) -> Result<Submission, GradeError> {
        let read = || read_submission(&self.course, drill, path, caps);
        // Into a folder somebody may write meanwhile: half of it is nobody's submission.
        let read = match path.is_dir() {
            true => settled(read, |one, other| one.sha256() == other.sha256()),
            false => read(),
        };
        read.map_err(GradeError::Submission)
    }

    /// Reads a submission that consists of several files; `path` is their common name.
    ///
    /// # Errors
    /// As [`Grader::read`].
    pub fn read_parts(
        &self,
        drill: &dyn Drill,
        path: &Path,
        parts: &[Part],
    ) -> Result<Submission, GradeError> {
        let caps = caps(&self.course.exercise(drill.slug())?);
        let wanted = Wanted {
            drill: Some(drill.slug()),
            drills: &drills::slugs(),
            shipped: &Shipped::of(&self.course, drill.slug()),
        };
        let read = Submission::read_parts(path, parts, &wanted, &caps);
        read.map_err(GradeError::Submission)
    }

    /// Grades a submission that was read for `drill`.
    ///
    /// # Errors
    /// When the machine fails; a bad submission is a verdict.
    pub fn grade_submission(
        &self,
        drill: &dyn Drill,
        submission: &Submission,
        seed: u64,
    ) -> Result<Verdict, GradeError> {
        let exercise = self.course.exercise(drill.slug())?;
        self.examine_submission(drill, &exercise, submission, seed)
            .map(|(verdict, _)| verdict)
    }

    /// Examines it, and again if the prepared crates turn out to be damaged.
    fn examine_submission(
        &self,
        drill: &dyn Drill,
        exercise: &Exercise,
        submission: &Submission,
        seed: u64,
    ) -> Result<(Verdict, Option<Compiled>), GradeError> {
        match self.examine_once(drill, exercise, submission, seed) {
            Err(GradeError::Machine(_)) if self.repair(true)? => {
                self.examine_once(drill, exercise, submission, seed)
            }
            other => other,
        }
    }

    /// Repairs damaged crates, and returns whether any were. Reads every file if
    /// `thorough` is set.
    fn repair(&self, thorough: bool) -> Result<bool, GradeError> {
        if self.prepared.damage(thorough).is_none() {
            return Ok(false);
        }
        // One thread at a time; the next may find it done.
        let _one = self
            .repairing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(damaged) = self.prepared.damage(thorough) else {
            return Ok(true);
        };
        let toolchain = Toolchain::find(self.course.root())?;
        if self.prepared.repair(&self.course, &toolchain, thorough)? {
            return Ok(true);
        }
        let damaged = damaged.display();
        let why = format!("`{damaged}` was damaged and is prepared anew; start again");
        Err(GradeError::Machine(std::io::Error::other(why)))
    }

    fn examine_once(
        &self,
        drill: &dyn Drill,
        exercise: &Exercise,
        submission: &Submission,
        seed: u64,
    ) -> Result<(Verdict, Option<Compiled>), GradeError> {
        let mut verdict = blank_in(drill, submission.path(), seed, submission.language());
        verdict.sandbox = self.sandbox.tier();
        submission.sha256().clone_into(&mut verdict.sha256);
        let begun = Instant::now();
        let compiled = self.compile_by(drill, exercise, submission)?;
        verdict.metrics.compile_ms = millis(begun);
        let worker = match compiled {
            Ok(compiled) => {
                let compiled_in = (&compiled, submission.language());
                self.examine(drill, compiled_in, seed, &mut verdict)?;
                if verdict.passed() && verdict.language.is_rust() {
                    verdict.metrics.by_hand = by_hand::is_by_hand(submission, drill.ready_made());
                }
                Some(compiled)
            }
            Err(NoWorker::Refused(diagnostics)) => {
                verdict.status = Status::CompileError;
                verdict.diagnostics = diagnostics;
                None
            }
            Err(NoWorker::Rejected(why)) => {
                verdict.status = Status::Rejected;
                verdict.diagnostics = why;
                None
            }
        };
        Ok((verdict, worker))
    }

    /// Compiles a submission; the inner error is the submission's own fault.
    ///
    /// # Errors
    /// When the course or the machine fails.
    pub fn compile(
        &self,
        drill: &dyn Drill,
        submission: &Submission,
    ) -> Result<Result<Compiled, NoWorker>, GradeError> {
        let exercise = self.course.exercise(drill.slug())?;
        self.compile_by(drill, &exercise, submission)
    }

    fn compile_by(
        &self,
        drill: &dyn Drill,
        exercise: &Exercise,
        submission: &Submission,
    ) -> Result<Result<Compiled, NoWorker>, GradeError> {
        self.may_run(submission.path())?;
        self.repair(false)?;
        let workshop = Workshop {
            course: &self.course,
            prepared: &self.prepared,
            places: &self.places,
            sandbox: &self.sandbox,
            stop: &self.stop,
            control: &self.control,
            jobs: self.jobs,
        };
        let compiled = match submission.language() {
            Language::Rust => compile(workshop, drill, exercise, submission),
            language => {
                let Some(spoken) = drill.spoken(language) else {
                    let why = drills::not_in(drill, language);
                    return Ok(Err(NoWorker::Rejected(why)));
                };
                Interpreter::find(language)?;
                interpreted::prepare(workshop, drill.slug(), spoken, exercise, submission)
            }
        };
        match compiled {
            Ok(compiled) if self.patient => Ok(Ok(compiled.patient())),
            Ok(compiled) => Ok(Ok(compiled)),
            Err(CompileError::Submission(text)) => Ok(Err(NoWorker::Refused(text))),
            Err(CompileError::Rejected(text)) => Ok(Err(NoWorker::Rejected(text))),
            Err(CompileError::Infrastructure(error)) => Err(GradeError::Machine(error)),
        }
    }

    /// A driver for a submission that was compiled for `drill`.
    pub fn driver<'a>(
        &'a self,
        drill: &dyn Drill,
        compiled: &'a Compiled,
        seed: u64,
    ) -> Driver<'a> {
        Driver::new(compiled.program(), compiled.limits(), drill.world(), seed)
    }
}

/// Reads the submission for `drill` at `path`, within `caps`.
///
/// # Errors
/// As [`Submission::read_for`].
pub fn read_submission(
    course: &Course,
    drill: &dyn Drill,
    path: &Path,
    caps: &Caps,
) -> Result<Submission, SubmissionError> {
    // In the course itself somebody has said which language is meant.
    let shipped = match course.is_own(path) {
        true => Vec::new(),
        false => Shipped::of(course, drill.slug()),
    };
    let wanted = Wanted {
        drill: Some(drill.slug()),
        drills: &drills::slugs(),
        shipped: &shipped,
    };
    Submission::read_for(path, &wanted, caps)
}

/// What may be read of a submission for a drill.
fn caps(exercise: &Exercise) -> Caps {
    Caps {
        bytes: Limits::of_drill(&exercise.limits).source_bytes,
        ..Caps::default()
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
