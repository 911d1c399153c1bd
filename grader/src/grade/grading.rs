//! Grading: from a path to a verdict.
//!
//! Its main type is [`Grader`], which holds everything that gradings share.

#[cfg(test)]
mod begun;
mod by_hand;
mod mutants;
mod settled;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use thiserror::Error;

use crate::build::compile::{CompileError, Compiled, Control, Workshop, compile};
use crate::build::interpreted;
use crate::build::prepared::{Audience, PrepareError, Prepared};
use crate::build::submission::{Caps, Part, Submission, SubmissionError, Wanted};
use crate::course::language::Language;
use crate::course::{Course, CourseError, Exercise};
use crate::drills::{self, Drill};
use crate::drive::driver::Driver;
use crate::drive::interpreter::{Interpreter, NoInterpreter};
use crate::drive::interrupt;
use crate::drive::limits::Limits;
use crate::drive::policies::Places;
use crate::drive::sandbox::{Sandbox, Tier};
use crate::drive::stop::Stop;
use crate::drive::tight::tight;
use crate::drive::toolchain::{Toolchain, ToolchainError};
use crate::exam::Exam;
use crate::grade::latency::LoopLatency;
use crate::grade::verdict::{CheckResult, CheckStatus, Metrics, SCHEMA, Status, Verdict};
use play::check::Decision;
use play::timeline;

pub use mutants::Examined;
use settled::settled;

/// How many passwords are hashed for a picture.
const PASSWORDS: u32 = 2;

/// Grades submissions of one course.
#[derive(Clone, Debug)]
pub struct Grader {
    course: Course,
    prepared: Prepared,
    places: Places,
    sandbox: Sandbox,
    allow_degraded: bool,
    pictures: bool,
    stop: Stop,
    control: Arc<Control>,
    repairing: Arc<Mutex<()>>,
    jobs: usize,
}

/// Why there is no verdict. Nothing here is the submission's fault.
#[derive(Debug, Error)]
pub enum GradeError {
    /// Something is wrong with the course.
    #[error(transparent)]
    Course(#[from] CourseError),
    /// There is no Rust toolchain.
    #[error(transparent)]
    Toolchain(#[from] ToolchainError),
    /// There is no interpreter that is new enough.
    #[error(transparent)]
    Interpreter(#[from] NoInterpreter),
    /// The crates to link with could not be built.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The path does not lead to a submission.
    #[error(transparent)]
    Submission(SubmissionError),
    /// The machine failed us.
    #[error("cannot compile or run submissions: {}; {}", .0, what_to_do())]
    Machine(std::io::Error),
    /// The grader did not survive earlier attempts.
    #[error(
        "grading it has ended the grader {deaths} times, so it is skipped; delete `{}` to try it again", mark.display()
    )]
    PassedBy {
        /// How often.
        deaths: u32,
        /// The file that records this.
        mark: PathBuf,
    },
    /// The grader did not survive it.
    #[error(
        "grading it ended the grader by signal {signal}; that says nothing of it, but look at it before you grade it again"
    )]
    Ended {
        /// Which.
        signal: i32,
    },
    /// The grader could not begin; the text says it all.
    #[error("{0}")]
    Begin(String),
    /// The code is a stranger's, and the sandbox is not full.
    #[error(
        "the sandbox is {} here, so strangers' code is not run; `cargo grader doctor` says what is missing, `--allow-degraded` runs it all the same", .0.name()
    )]
    Sandbox(Tier),
}

/// Advice for a machine on which nothing can be graded.
fn what_to_do() -> String {
    match tight().join("; ") {
        none if none.is_empty() => {
            "is there space below `target/`, and may programs be started?".to_owned()
        }
        limits => limits,
    }
}

/// Why a submission has no worker, through its own fault, in words for its author.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoWorker {
    /// rustc refused it.
    #[error("{0}")]
    Refused(String),
    /// It contains something that is not allowed.
    #[error("{0}")]
    Rejected(String),
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
        match self.read(drill, path) {
            Ok(submission) => self.examine_submission(drill, &submission, seed),
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
        let caps = self.caps(drill)?;
        let read = || read_submission(drill, path, &caps);
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
        let caps = self.caps(drill)?;
        let wanted = Wanted {
            drill: Some(drill.slug()),
            drills: &drills::slugs(),
        };
        let read = Submission::read_parts(path, parts, &wanted, &caps);
        read.map_err(GradeError::Submission)
    }

    fn caps(&self, drill: &dyn Drill) -> Result<Caps, GradeError> {
        Ok(Caps {
            bytes: self.limits(drill)?.source_bytes,
            ..Caps::default()
        })
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
        self.examine_submission(drill, submission, seed)
            .map(|(verdict, _)| verdict)
    }

    /// Examines it, and again if the prepared crates turn out to be damaged.
    fn examine_submission(
        &self,
        drill: &dyn Drill,
        submission: &Submission,
        seed: u64,
    ) -> Result<(Verdict, Option<Compiled>), GradeError> {
        match self.examine_once(drill, submission, seed) {
            Err(GradeError::Machine(_)) if self.repair(true)? => {
                self.examine_once(drill, submission, seed)
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
        submission: &Submission,
        seed: u64,
    ) -> Result<(Verdict, Option<Compiled>), GradeError> {
        let mut verdict = blank_in(drill, submission.path(), seed, submission.language());
        for check in &mut verdict.checks {
            in_words_of(verdict.language, check);
        }
        verdict.sandbox = self.sandbox.tier();
        submission.sha256().clone_into(&mut verdict.sha256);
        let begun = Instant::now();
        let compiled = self.compile(drill, submission)?;
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

    /// The limits of a submission for `drill`.
    fn limits(&self, drill: &dyn Drill) -> Result<Limits, GradeError> {
        let exercise = self.course.exercise(drill.slug())?;
        Ok(Limits::of_drill(&exercise.limits))
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
        self.may_run(submission.path())?;
        self.repair(false)?;
        let exercise = self.course.exercise(drill.slug())?;
        self.compile_by(drill, &exercise, submission)
    }

    fn compile_by(
        &self,
        drill: &dyn Drill,
        exercise: &Exercise,
        submission: &Submission,
    ) -> Result<Result<Compiled, NoWorker>, GradeError> {
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

    /// Watches the loop of the submission at `path` while passwords are hashed.
    ///
    /// # Errors
    /// When the path cannot be read or the machine fails. The inner error says why
    /// there is no picture, in rustc's words or the supervisor's.
    pub fn watch(
        &self,
        drill: &dyn Drill,
        path: &Path,
    ) -> Result<Result<LoopLatency, String>, GradeError> {
        let submission = Submission::read(path).map_err(GradeError::Submission)?;
        let compiled = match self.compile(drill, &submission)? {
            Ok(compiled) => compiled,
            Err(refused) => return Ok(Err(refused.to_string())),
        };
        let picture = self
            .driver(drill, &compiled, fastrand::u64(..))
            .watch(PASSWORDS);
        Ok(match picture {
            Ok(picture) => Ok(LoopLatency::from(picture)),
            Err(failure) => Err(failure.to_string()),
        })
    }

    /// The picture of the drill's stub on this machine, taken once.
    pub fn stub_latency(&self, drill: &dyn Drill) -> Option<LoopLatency> {
        let name = format!("{}_stub_latency.json", drill.slug());
        let known = self.prepared.folder().join(name);
        let read = || serde_json::from_slice(&std::fs::read(&known).ok()?).ok();
        read().or_else(|| {
            let latency = self.watch_stub(drill)?;
            // If it cannot be kept, it is measured again next time.
            let _ = serde_json::to_vec(&latency).map(|text| std::fs::write(&known, text));
            Some(latency)
        })
    }

    /// The picture of the drill's stub, taken now.
    pub fn watch_stub(&self, drill: &dyn Drill) -> Option<LoopLatency> {
        let stub = self.course.solution_dir(drill.slug()).join("stub.rs");
        self.watch(drill, &stub).ok()?.ok()
    }

    fn examine(
        &self,
        drill: &dyn Drill,
        (compiled, language): (&Compiled, Language),
        seed: u64,
        verdict: &mut Verdict,
    ) -> Result<(), GradeError> {
        let begun = Instant::now();
        let driver = self.driver(drill, compiled, seed);
        let mut exam = Exam::new(driver)
            .ending_early(drill.checks())
            .speaking(language);
        exam.put_through(drill.rules(), |exam| drill.examine(exam));
        let (crashed, out_of_time) = (exam.crashed(), exam.is_out_of_time());
        verdict.metrics.unnamed = exam.unnamed().to_vec();
        let (mut driver, decisions, coverage) = exam.finish();
        if self.pictures && drill.world().uses_threads() {
            // The verdict is the same without a picture.
            let picture = driver.watch(PASSWORDS).ok().map(LoopLatency::from);
            verdict.metrics.loop_stall_max_ms = picture.as_ref().map(|it| it.max_ms);
            verdict.metrics.loop_latency = picture;
            verdict.metrics.stub_loop_latency = self.stub_latency(drill);
        }
        if let Some(error) = driver.broken() {
            let error = std::io::Error::new(error.kind(), error.to_string());
            return Err(GradeError::Machine(error));
        }
        verdict.metrics.run_ms = millis(begun);
        verdict.metrics.operations = driver.tally().operations;
        if drill
            .world()
            .kinds()
            .iter()
            .any(|kind| kind.noun == "fetch")
        {
            verdict.metrics.fetches = driver.tally().operations;
        }
        verdict.metrics.schedules = driver.tally().runs;
        verdict.metrics.unexplored = coverage.unexplored as u64;
        verdict.output = driver.output();
        let checks = drills::checks_in(drill, language);
        for (result, check) in verdict.checks.iter_mut().zip(checks.iter()) {
            if let Some(decision) = decisions.get(check.id) {
                let hint = drills::hint(drill, check, language);
                fill(result, decision, &hint, compiled.limits());
            }
            in_words_of(language, result);
        }
        let held = |result: &CheckResult| result.status == CheckStatus::Passed;
        let failed = |result: &CheckResult| result.required && result.status == CheckStatus::Failed;
        verdict.score = verdict.checks.iter().map(|result| result.points).sum();
        verdict.status = if verdict
            .checks
            .iter()
            .all(|result| held(result) || !result.required)
        {
            Status::Passed
        } else if out_of_time && !verdict.checks.iter().any(failed) {
            Status::TimedOut
        } else if crashed {
            Status::Crashed
        } else {
            Status::Failed
        };
        if !verdict.passed() && (crashed || ran_short(verdict)) && !tight().is_empty() {
            let why = "the submission ran into a limit, which may be the machine's";
            return Err(GradeError::Machine(std::io::Error::other(why)));
        }
        Ok(())
    }
}

/// Whether the system refused a resource.
fn ran_short(verdict: &Verdict) -> bool {
    let words = [
        "Resource temporarily unavailable",
        "Too many open files",
        "Cannot allocate memory",
    ];
    let short = |check: &CheckResult| words.iter().any(|words| check.message.contains(words));
    verdict.checks.iter().any(short)
}

/// Reads the submission for `drill` at `path`, within `caps`.
///
/// # Errors
/// As [`Submission::read_for`].
pub fn read_submission(
    drill: &dyn Drill,
    path: &Path,
    caps: &Caps,
) -> Result<Submission, SubmissionError> {
    let wanted = Wanted {
        drill: Some(drill.slug()),
        drills: &drills::slugs(),
    };
    Submission::read_for(path, &wanted, caps)
}

fn fill(result: &mut CheckResult, decision: &Decision, hint: &str, limits: &Limits) {
    result.status = decision.status;
    result.message.clone_from(&decision.message);
    // What a refused thread looks like from inside the submission.
    if decision
        .message
        .contains("Resource temporarily unavailable")
    {
        let limit = format!(" (a submission may have {} threads here)", limits.threads);
        result.message.push_str(&limit);
    }
    result.timeline = timeline::in_words(&decision.timeline);
    result.moments = decision
        .timeline
        .iter()
        .map(|line| line.moment.clone())
        .collect();
    result.schedule = decision.schedule.as_ref().map(ToString::to_string);
    match decision.status {
        CheckStatus::Passed => result.points = result.max_points,
        CheckStatus::Failed => decision.hint.unwrap_or(hint).clone_into(&mut result.hint),
        CheckStatus::Skipped => {}
    }
}

/// The check's texts in the words of the submission's language.
fn in_words_of(language: Language, result: &mut CheckResult) {
    let texts = [&mut result.title, &mut result.message];
    for text in texts.into_iter().chain(&mut result.timeline) {
        *text = language.says(text);
    }
}

/// A verdict in which nothing has been judged yet: missing evidence is not a pass.
fn blank(drill: &dyn Drill, path: &Path, seed: u64) -> Verdict {
    blank_in(
        drill,
        path,
        seed,
        Language::of_file(&path.to_string_lossy()),
    )
}

/// The same for a submission in that language.
fn blank_in(drill: &dyn Drill, path: &Path, seed: u64, language: Language) -> Verdict {
    let check = |check: &play::check::Check| CheckResult {
        id: check.id.to_owned(),
        title: check.title.to_owned(),
        required: check.required,
        status: CheckStatus::Skipped,
        points: 0,
        max_points: check.points,
        message: "not judged".to_owned(),
        hint: String::new(),
        schedule: None,
        timeline: Vec::new(),
        moments: Vec::new(),
    };
    Verdict {
        schema: SCHEMA,
        drill: drill.slug().to_owned(),
        submission: path.display().to_string(),
        language,
        sha256: String::new(),
        status: Status::Failed,
        score: 0,
        max_score: drill.checks().iter().map(|check| check.points).sum(),
        seed,
        grader: env!("CARGO_PKG_VERSION").to_owned(),
        sandbox: Tier::None,
        checks: drills::checks_in(drill, language)
            .iter()
            .map(check)
            .collect(),
        metrics: Metrics::default(),
        diagnostics: String::new(),
        output: String::new(),
    }
}

/// The verdict on a submission that cannot be taken.
pub fn rejected(drill: &dyn Drill, path: &Path, seed: u64, why: String) -> Verdict {
    let mut verdict = blank(drill, path, seed);
    verdict.status = Status::Rejected;
    verdict.diagnostics = why;
    verdict
}

/// The verdict on a submission that could not be graded; it says nothing about the submission.
pub fn not_graded(drill: &dyn Drill, path: &Path, seed: u64, why: &GradeError) -> Verdict {
    let mut verdict = blank(drill, path, seed);
    verdict.status = Status::InfraError;
    verdict.diagnostics = why.to_string();
    verdict
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}
