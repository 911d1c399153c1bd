//! Why there is no verdict, and why a submission has no worker.

use std::path::PathBuf;

use thiserror::Error;

use crate::build::prepared::PrepareError;
use crate::build::submission::SubmissionError;
use crate::course::CourseError;
use crate::drive::interpreter::NoInterpreter;
use crate::drive::sandbox::Tier;
use crate::drive::tight::advice;
use crate::drive::toolchain::ToolchainError;

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
    advice("is there space below `target/`, and may programs be started?")
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
