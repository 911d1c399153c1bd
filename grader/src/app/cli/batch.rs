//! The arguments of `batch`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Grade a whole class, and go on where it was stopped
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo grader batch class/ --list                       what would be graded, and what not
  cargo grader batch class/ --out results/               class/ada/offload.zip, class/bob/offload/ …
  cargo grader batch class/ --out results/ --drill offload         class/ada.zip, class/bob/ …
  cargo grader batch export/ --out results/ --layout moodle --drill offload
  cargo grader batch cache_race=hw1.zip offload=hw2.zip --out results/ --layout canvas
  cargo grader batch hw1/ --out results/ --pattern '{student}_{drill}'

Run it again, and only what changed is graded: other content, another drill's limits, another
grader. Stop it with Ctrl-C, and the same command goes on. Identical submissions are graded once.

Exit codes: 0 every submission passed; 1 graded, something failed; 2 something could not be graded.")]
pub struct Batch {
    /// The folder with all hand-ins, or a system's export as a .zip; several, with
    /// `DRILL=` before each if names do not say the drill
    #[arg(value_name = "[DRILL=]DIR", required = true)]
    pub sources: Vec<PathBuf>,

    /// Where the results go: a new folder, or the one of an earlier run
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    pub out: Option<PathBuf>,

    /// How hand-ins are named: `{student}`, `{id}`, `{drill}`, `*` and `/`
    /// [default: {student}/{drill}, or {student} with `--drill`]
    #[arg(long, conflicts_with = "layout")]
    pub pattern: Option<String>,

    /// The hand-ins are named as in this learning system's export
    #[arg(long, value_enum)]
    pub layout: Option<ExportLayout>,

    /// The drill of hand-ins whose names do not say it
    #[arg(long, value_name = "DRILL")]
    pub drill: Option<String>,

    /// Everybody who is enrolled, as CSV: students who handed in nothing get a row as well
    #[arg(long, value_name = "FILE")]
    pub roster: Option<PathBuf>,

    /// The members of each team, as CSV, if teams hand in: the columns `team`, `name`, `id`, `email`
    #[arg(long, value_name = "FILE")]
    pub teams: Option<PathBuf>,

    /// Deadlines, what lateness costs, extensions, what is excused and how much each drill weighs
    #[arg(long = "class", value_name = "FILE")]
    pub policy: Option<PathBuf>,

    /// Everybody's files go to this new folder, as JPlag and Dolos read them
    #[arg(long, value_name = "DIR", conflicts_with = "list")]
    pub similar: Option<PathBuf>,

    /// Which attempt counts if a student handed in several [default: none, unless all are the same]
    #[arg(long, value_enum)]
    pub attempt: Option<Which>,

    /// Show what was understood and what was passed over, and grade nothing
    #[arg(long)]
    pub list: bool,

    /// The seed of the batch; each submission's own seed comes from it, the drill and the content
    /// [default: the one of the run before, or a new one]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,

    /// Gradings at the same time, at most one for each processor
    #[arg(long, value_name = "N", default_value_t = super::default_jobs())]
    pub jobs: usize,

    /// How much students are told, in `feedback/`.
    #[command(flatten)]
    pub told: super::Told,

    /// Run strangers' code even where the sandbox is not full; see `doctor`
    #[arg(long)]
    pub allow_degraded: bool,
}

/// The known exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportLayout {
    /// Canvas, "Download Submissions", unpacked
    Canvas,
    /// Moodle, "Download all submissions", unpacked; with folders or without
    Moodle,
    /// Gradescope, "Export Submissions", unpacked
    Gradescope,
    /// Blackboard, "Download Assignments", unpacked
    Blackboard,
}

/// Which of several attempts counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// The last, by the dates and numbers in their names
    Latest,
    /// The first, by the same
    First,
    /// The one with the most points
    Best,
}
