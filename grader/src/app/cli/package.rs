//! The arguments of `package`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Told;
use crate::course::language::Language;

/// Make what another system needs to grade with this course
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grader package gradescope                        one autograder.zip for every drill
  cargo grader package gradescope offload                for this one
  cargo grader package gradescope offload --feedback checks --out gradescope/
  cargo grader package github offload --course-repository ada/between-awaits --course-ref v1
  cargo grader package github cache_race --language python --course-repository … --course-ref v1

For a container, and for PrairieLearn, there is a Containerfile in the course.")]
pub struct Package {
    /// The system.
    #[command(subcommand)]
    pub system: System,
}

/// The systems that have packages.
#[derive(Debug, Subcommand)]
pub enum System {
    /// A zip to upload as the autograder of a Gradescope assignment
    Gradescope(Gradescope),
    /// A workflow for a student's repository on GitHub
    Github(Github),
    /// Print the drill that a Gradescope assignment is about
    #[command(hide = true)]
    Drill(DrillOf),
}

/// A zip to upload as the autograder of a Gradescope assignment
#[derive(Debug, Args)]
pub struct Gradescope {
    /// The drill to hand in; without it, the assignment's title says which
    pub drill: Option<String>,

    /// The options of all packages.
    #[command(flatten)]
    pub packed: Packed,
}

/// Print the drill that a Gradescope assignment is about
#[derive(Debug, Args)]
pub struct DrillOf {
    /// Gradescope's `submission_metadata.json`
    pub metadata: PathBuf,
}

/// The options of all packages.
#[derive(Debug, Args)]
pub struct Packed {
    /// What students are told.
    #[command(flatten)]
    pub told: Told,

    /// Grade there even where the sandbox is not full; see `doctor`
    #[arg(long)]
    pub allow_degraded: bool,

    /// The folder to write into
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub out: PathBuf,
}

/// A workflow for a student's repository on GitHub
#[derive(Debug, Args)]
pub struct Github {
    /// The drill to hand in
    pub drill: String,

    /// The language the class writes in: of a repository that holds a whole course, only
    /// this language's folder is graded
    #[arg(long, value_enum, value_name = "NAME")]
    pub language: Option<Language>,

    /// The options of all packages.
    #[command(flatten)]
    pub packed: Packed,

    /// Where the course is on GitHub: fetched by the workflow, never part of a
    /// student's repository
    #[arg(long, value_name = "OWNER/NAME")]
    pub course_repository: String,

    /// The commit, tag or branch of it that grades; a commit cannot change later
    #[arg(long, value_name = "REF")]
    pub course_ref: String,
}
