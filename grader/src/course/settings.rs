//! What an `exercise.toml` can set: limits, and what students are shown of a check.

use serde::Deserialize;

/// The `[limits]` of an `exercise.toml`; the grader has a default for each limit left out. The
/// seconds are those of a compiled submission: an interpreted one may run twice as long.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrillLimits {
    /// All runs of one submission together, in seconds: 13. Time in which a busy machine
    /// ran other processes does not count.
    pub wall_seconds: Option<u64>,
    /// CPU time of one worker process, in seconds: 9. All workers of a submission together
    /// may use two seconds more.
    pub cpu_seconds: Option<u64>,
    /// What a submission may hold on its heap, in MiB: 512.
    pub memory_mib: Option<u64>,
    /// Threads of a submission, the loop's own counted: 256. Many runs share a
    /// process, so they wait for each other's threads to end.
    pub threads: Option<u64>,
    /// How much of a submission's output is kept, in KiB: 16.
    pub output_kib: Option<u64>,
    /// A submission's Rust files together, in KiB: 1024.
    pub source_kib: Option<u64>,
}

/// How much of one check a student is shown, whatever the level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Nothing; its points still count.
    Hidden,
    /// Its title, whether it holds, and its points.
    Title,
    /// All there is.
    #[default]
    Full,
}

/// What `[checks.ID]` in an `exercise.toml` says of a check.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckSettings {
    /// How much of it a student is shown: `full`, `title` or `hidden`.
    #[serde(default)]
    pub visibility: Visibility,
}
