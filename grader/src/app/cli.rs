//! The command line, as clap reads it. Every flag carries its own docs.

pub mod batch;
mod format;
mod learn;
pub mod package;
mod usage;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::course::language::Language;
pub use format::{Told, VerdictFormat};
pub use learn::{Book, Learn, UpdateCheck};
use play::schedule::ReplayKey;
pub use usage::{in_words, one_line};

/// Grades the drills of this course from outside: it drives your code through
/// every schedule that matters and believes only what it saw.
#[derive(Debug, Parser)]
#[command(
    name = "cargo grader",
    bin_name = "cargo grader",
    version,
    max_term_width = 100
)]
#[command(after_help = EXAMPLES)]
pub struct Cli {
    /// The course's folder [default: the one you are in]
    #[arg(long, global = true, value_name = "DIR")]
    pub course: Option<PathBuf>,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  cargo grader list                          the drills, and how far you are
  cargo grader grade cache_race              grade exercises/cache_race
  cargo grader hint cache_race               one more hint
  cargo grader batch class/ --out results/   a whole class
  cargo grade                                short for `cargo grader grade`: every drill

Exit codes: 0 every submission passed; 1 graded, something failed; 2 could not grade.";

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the book on this machine and grade a drill whenever it is saved
    // Learners who look for a command that grades on every save may call it `watch`.
    #[command(alias = "watch")]
    Learn(Learn),
    /// Grade a drill, or every drill
    Grade(Grade),
    /// Play one failing schedule again and show its timeline
    Replay(Replay),
    /// Show how long a loop stops while real passwords are hashed
    Latency(Latency),
    /// Record every schedule of a few requests, for the book's figures
    Trace(Trace),
    /// Make what another system needs to grade with this course
    Package(package::Package),
    /// List the drills
    #[command(after_help = "\
Examples:
  cargo grader list                                 what you have passed, and the most points so far
  cargo grader list --course ../another-course")]
    List,
    /// Show one more hint for a drill
    #[command(after_help = "\
Examples:
  cargo grader hint inflight_fix                    the first one; run it again for the next

All hints shown so far are repeated. The last one is nearly the answer.")]
    Hint(OneDrill),
    /// Put a drill's stub back; your work is kept in a backup
    #[command(after_help = "\
Examples:
  cargo grader reset inflight_fix                   your src/ goes to .learner/backups/inflight_fix/")]
    Reset(OneDrill),
    /// Show a drill's reference solution, once you have passed it
    Solution(Solution),
    /// Begin a new drill: its files in their four places, and its lines in the lists
    New(New),
    /// Say which drills' stubs have changed since you began
    UpdateCheck(UpdateCheck),
    /// Build the book
    Book(Book),
    /// Grade a whole class, and go on where it was stopped
    Batch(batch::Batch),
    /// Check the course itself: solutions pass, stubs fail, wrong ones are caught
    Audit(Audit),
    /// Say what this machine's sandbox can and cannot enforce
    Doctor(Doctor),
}

/// Grade a drill, or every drill
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grade                                       every drill in exercises/
  cargo grade inflight_fix                          exercises/inflight_fix
  cargo grade inflight_fix ada.rs bob.zip carol/    three submissions
  cargo grade inflight_fix --format json --out v.json
  cargo grade inflight_fix --seed 7                 the same schedules, the same words
  cargo grade inflight_fix --format github          annotations, in a workflow")]
pub struct Grade {
    /// The drill [default: every drill in exercises/]
    pub drill: Option<String>,

    /// Submissions: crate folders, .rs, .py, .mjs, .js or .cjs files, .tar.gz or .zip archives
    /// [default: exercises/DRILL]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// The language to grade in exercises/ [default: the one that the drill was begun in]
    #[arg(long, value_enum, value_name = "NAME", conflicts_with = "paths")]
    pub language: Option<Language>,

    /// How the verdicts are written
    #[arg(long, value_enum, default_value_t)]
    pub format: VerdictFormat,

    /// How much students are told.
    #[command(flatten)]
    pub told: Told,

    /// Write them to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// Makes the run repeatable: rows and random schedules come from it
    /// [default: a new one each time]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Run strangers' code even where the sandbox is not full; see `doctor`
    #[arg(long)]
    pub allow_degraded: bool,
}

/// How the result is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
    /// For programs, stable
    Json,
}

/// Play one failing schedule again and show its timeline
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grader replay inflight_fix exercises/inflight_fix 7:leader_dropped:q7.q7.x1.t60000000

A verdict shows the key below the check that failed.")]
pub struct Replay {
    /// The drill
    pub drill: String,
    /// The submission
    pub path: PathBuf,
    /// The key, as a verdict shows it
    pub key: String,

    /// Run strangers' code even where the sandbox is not full; see `doctor`
    #[arg(long)]
    pub allow_degraded: bool,
}

/// Show how long a loop stops while real passwords are hashed
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grader latency offload                      your service, and the stub
  cargo grader latency offload ada.rs --format json

It measures in real time, so keep the machine quiet. No check rests on it.")]
pub struct Latency {
    /// The drill
    pub drill: String,

    /// The submission [default: exercises/DRILL]
    pub path: Option<PathBuf>,

    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Record every schedule of a few requests, for the book's figures
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grader trace inflight_fix solutions/inflight_fix --out real_fix.json
  cargo grader trace inflight_fix naive.rs --callers 2 --drops 0
  cargo grader trace inflight_fix naive.rs --key 7:one_fetch:q7.q7
  cargo grader trace inflight_fix naive.rs --mark 'fetch=.fetch_user('

All requests ask for one user. The numbers say how much may happen in one schedule. A key, as
a verdict shows it, names one schedule and takes their place.")]
pub struct Trace {
    /// The drill whose contract and rules apply to the code
    pub drill: String,
    /// The code, as a submission
    pub path: PathBuf,

    /// Requests that start
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub callers: usize,

    /// Fetches that may fail
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub errors: usize,

    /// Callers that may be dropped
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub drops: usize,

    /// Turns after which no task may run before the next one
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub holds: usize,

    /// Rows come from it, and replay keys name it
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub seed: u64,

    /// Only the schedule of this replay key
    #[arg(long, value_name = "KEY", conflicts_with_all = ["callers", "errors", "drops", "holds", "seed"])]
    pub key: Option<ReplayKey>,

    /// Keep the code too, and mark where a request is suspended while an operation is under
    /// way (`read`), at another await (`pause`), or while it waits without one (`other`): on
    /// the line that holds the text
    #[arg(long = "mark", value_name = "NOUN=TEXT", value_parser = mark)]
    pub marks: Vec<(String, String)>,

    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// A mark in the code beside a figure: a noun and a piece of a line.
fn mark(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((noun, text)) if !text.is_empty() => Ok((noun.to_owned(), text.to_owned())),
        _ => Err("expected NOUN=TEXT, as in `read=.read(`".to_owned()),
    }
}

/// The drill a command is about.
#[derive(Debug, Args)]
pub struct OneDrill {
    /// The drill; `cargo grader list` shows them all
    pub drill: String,

    /// The language [default: the one that the drill was begun in]
    #[arg(long, value_enum, value_name = "NAME")]
    pub language: Option<Language>,
}

/// Show a drill's reference solution, once you have passed it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grader solution cache_race
  cargo grader solution cache_race --peek           before you have passed it")]
pub struct Solution {
    /// The drill
    pub drill: String,

    /// Show it even though you have not passed the drill
    #[arg(long)]
    pub peek: bool,

    /// The language [default: the one that the drill was begun in]
    #[arg(long, value_enum, value_name = "NAME")]
    pub language: Option<Language>,
}

/// Begin a new drill: its files in their four places, and its lines in the lists
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grader new read_through --title \"Read through\"
  cargo grader new two_accounts --world bank        deposits in place of fetches
  cargo grader new two_accounts --language python   its part in Python
  cargo grader audit read_through                   what it still lacks

It compiles and can be graded at once. CONTRIBUTING.md says how to go on.")]
pub struct New {
    /// Its name everywhere: lower case, with underscores
    pub slug: String,

    /// The title of its page [default: made from the name]
    #[arg(long)]
    pub title: Option<String>,

    /// Its world: users, passwords, bank, audit, server, bulk, sink, work or clock
    #[arg(long, value_name = "NAME", default_value = "users")]
    pub world: String,

    /// Its part in this language as well; a drill that is there gets only this part
    #[arg(long, value_enum, value_name = "NAME")]
    pub language: Option<Language>,
}

/// Check the course itself: solutions pass, stubs fail, wrong ones are caught
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grader audit                                all of it
  cargo grader audit offload --jobs 1 --seed 8      one drill, other schedules
  cargo grader audit --format json > before.json    to be compared with another version's
  cargo grader audit lost_update --mutants          which of its rules no wrong solution needs

Exit codes: 0 all is as it should be; 1 something is not; 2 it could not be found out.")]
pub struct Audit {
    /// Only this drill
    pub drill: Option<String>,

    /// Gradings at the same time
    #[arg(long, value_name = "N", default_value_t = default_jobs())]
    pub jobs: usize,

    /// The seed of every grading
    #[arg(long, value_name = "N", default_value_t = 7)]
    pub seed: u64,

    /// Instead, switch off every check and every kind of violation in turn: some wrong
    /// solution must go uncaught each time
    #[arg(long, conflicts_with_all = ["format", "jobs"])]
    pub mutants: bool,

    /// How it is written: JSON has the status, points and failed checks of every grading, and
    /// plays all schedules of a wrong solution, not only those that decide its check
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// Say what this machine's sandbox can and cannot enforce
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grader doctor
  cargo grader doctor --format json                 for a program

Exit codes: 0 the sandbox is full; 1 it is not.")]
pub struct Doctor {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

pub(crate) fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
