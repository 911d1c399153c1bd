//! How `grade` writes verdicts, and how much of them.

use clap::{Args, ValueEnum};

use crate::grade::feedback::Level;

/// How verdicts are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum VerdictFormat {
    /// For people
    #[default]
    Human,
    /// An array of verdicts, whole, stable and versioned: for teachers and programs
    Json,
    /// JUnit's XML, as build servers read it
    Junit,
    /// Gradescope's results.json
    Gradescope,
    /// PrairieLearn's results.json
    Prairielearn,
    /// Exercism's results.json, version 3; the exit code is 0 when it was written
    Exercism,
    /// Annotations for GitHub Actions, and its step summary
    Github,
    /// A page of Markdown
    Markdown,
}

/// How much students are told.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Told {
    /// How much students are told; JSON is for teachers and always whole
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    pub feedback: Level,
}
