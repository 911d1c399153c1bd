//! The grader: drives a submission from outside and reports what it saw.
//!
//! A verdict rests on evidence that this process gathered; the submission's own
//! process holds no test and no verdict.
//!
//! # As a library
//!
//! [`grade()`] is all it takes:
//!
//! ```
//! use std::path::Path;
//!
//! use grader::{Course, Status, Submission, grade};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The folder of the course, or any folder in it.
//! let course = Course::find(None, Path::new(env!("CARGO_MANIFEST_DIR")))?;
//! // A crate folder, a `.rs` file, a `.zip` or a `.tar.gz`.
//! let stub = course.root().join("solutions/cache_race/stub.rs");
//! let submission = Submission::read(&stub)?;
//!
//! let verdict = grade(&course, "cache_race", &submission, 7)?;
//!
//! assert_eq!(verdict.status, Status::Failed);
//! assert_eq!((verdict.score, verdict.max_score), (0, 100));
//! assert!(verdict.checks[0].message.contains("not yet implemented"));
//! # Ok(())
//! # }
//! ```
//!
//! The same submission, seed and version of the grader give the same verdict, but for
//! times. A bad submission gets a verdict; an error means that nothing was found
//! out about it. Strangers' code is refused unless the sandbox is full.
//!
//! Only the items at this root follow semantic versioning: [`Course::find`] and
//! [`Course::root`], [`Submission`], [`grade()`], [`GradeError`], and [`Verdict`] with
//! its parts. A new version may add fields to a verdict, statuses and errors; so read
//! them, keep a branch for what you do not know, and build none yourself. The JSON
//! forms of a verdict and of a batch's record carry a `schema` of their own. The
//! modules are public for the program, its tests and its examples, and change as they
//! must.
//!
//! Its modules are rooms, each above all that it uses; the lowest comes first. Those of
//! the crate `examiner` are below the others, and the crate `play` is below all of them:

// What is on the disk, processes, and the hidden tests.
pub use examiner::{catalogue, course, drills, drive, exam};

// From files to a program that can be started.
pub mod build;
// What a drill is made of.
pub mod authors;
// From a path to a verdict, and on to its readers.
pub mod grade;
// The book beside the editor.
pub mod learn;
// A whole class.
pub mod class;
// The program.
pub mod app;

pub use play::text;

pub use build::submission::Submission;
pub use course::Course;
pub use grade::grading::GradeError;
pub use grade::verdict::{CheckResult, Metrics, Status, Verdict};
pub use play::check::CheckStatus;

/// Grades a submission for the drill of that name.
///
/// Builds the crates that submissions are linked with first, if they are missing. To
/// grade many, keep a [`grade::grading::Grader`], which prepares everything only once.
///
/// # Errors
/// When there is no such drill, when the machine fails, or when the code is a
/// stranger's and the sandbox is not full.
pub fn grade(
    course: &Course,
    drill: &str,
    submission: &Submission,
    seed: u64,
) -> Result<Verdict, GradeError> {
    let drill = course.drill(drill)?;
    grade::grading::Grader::new(course.clone())?
        .without_pictures()
        .grade_submission(drill, submission, seed)
}
